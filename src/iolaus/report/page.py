"""The report: one offline HTML file, the same bytes for the same results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from iolaus.findings import QUESTIONS, Campaign, Day, Evidence, Verdict
from iolaus.report import charts, likelihood, offline, plain, results, summary
from iolaus.workspace import write_atomically

ACCOUNTS_SHOWN = 50
"""Accounts listed for a campaign; the rest are counted and stand in accounts.parquet."""

COHORTS_SHOWN = 25
"""Cohorts listed for another verdict; the rest are counted and stand in cohorts.json."""

OTHER_VERDICTS: tuple[Verdict, ...] = ("undetermined", "declared_harvest", "concealed_pool", "explained")


@dataclass(frozen=True, slots=True)
class CampaignPart:
    """One campaign as the page shows it; ``members`` are rows of accounts.parquet."""

    place: str
    campaign: Campaign
    evidence: list[Evidence]
    days: list[Day]
    members: list[dict[str, Any]]
    members_total: int
    accused: int
    membership: list[tuple[str, int]]


def write_report(folder: Path, out: Path) -> None:
    """Read the results in ``folder`` and write the page to the file ``out``.

    Raises InputError where a result file is missing or foreign, or ``out`` cannot be written.
    """
    found = results.load(folder)
    parts: list[CampaignPart] = []
    drawn: dict[str, charts.Option] = {}
    for position, campaign in enumerate(found.campaigns, 1):
        members = found.members(campaign.id)
        place = f"campaign-{position}"
        values = members.column("membership").to_pylist()
        parts.append(_part(place, campaign, members.slice(0, ACCOUNTS_SHOWN).to_pylist(), values, members))
        drawn |= _charts(place, campaign, values)
    text = _render(found, parts, drawn)
    write_atomically(out, text.encode("utf-8", "backslashreplace"))


def _part(
    place: str, campaign: Campaign, shown: list[dict[str, Any]], membership: Sequence[float], members: Any
) -> CampaignPart:
    return CampaignPart(
        place=place,
        campaign=campaign,
        evidence=charts.in_order(campaign.evidence),
        days=charts.every_day(campaign.timeline),
        members=shown,
        members_total=members.num_rows,
        accused=sum(members.column("accused").to_pylist()),
        membership=list(zip(*charts.membership(membership), strict=True)),
    )


def _charts(place: str, campaign: Campaign, membership: Sequence[float]) -> dict[str, charts.Option]:
    drawn = {f"{place}-evidence": charts.evidence(campaign)} if campaign.evidence else {}
    if campaign.timeline:
        drawn[f"{place}-days"] = charts.timeline(campaign)
    if membership:
        drawn[f"{place}-membership"] = charts.membership_chart(membership)
    return drawn


def _render(found: results.Results, parts: list[CampaignPart], drawn: dict[str, charts.Option]) -> str:
    totals = found.account_totals()
    by_verdict = {
        verdict: sorted((c for c in found.others if c.verdict == verdict), key=lambda c: (-c.probability, c.id))
        for verdict in OTHER_VERDICTS
    }
    return offline.render(
        _template(),
        drawn,
        run=found.run,
        totals=totals,
        headline=summary.headline(found, totals),
        parts=parts,
        others=found.others,
        by_verdict=by_verdict,
        shown=COHORTS_SHOWN,
        nearest=summary.nearest_misses(found),
        rejects_by_place=found.rejects_by_place()[:COHORTS_SHOWN],
        changed=summary.changed_settings(found.run),
        hidden_phrase=summary.hidden_phrase(found.run),
        promise=summary.promise(found.run),
    )


@cache
def _template() -> jinja2.Template:
    """Escapes all text of the results and spells out characters that steer a display."""
    environment = offline.environment("iolaus.report", _shown)
    environment.filters |= {
        "count": plain.count,
        "signed": plain.signed,
        "odds": plain.odds,
        "probability": plain.probability,
        "moment": plain.moment,
        "number": plain.number,
        "in_order": charts.in_order,
    }
    environment.globals |= {
        "percent": plain.percent,
        "plural": plain.plural,
        "questions": QUESTIONS,
        "asks": summary.ASKS,
        "verdicts": summary.VERDICTS,
        "scale": likelihood.SCALE,
        "likelihood": summary.likelihood,
        "why_not": summary.why_not,
        "reached": summary.reached,
    }
    return environment.get_template("report.html")


def _shown(value: Any) -> Any:
    return plain.visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
