"""Campaigns found against campaigns true: purity of the found, pieces of the true, and false ones by exposure."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec
import numpy as np

from iolaus.evaluate.rates import LEVEL, clopper_pearson
from iolaus.evaluate.sheet import Facts, Sheet

MOSTLY = 0.5
"""Share of its accused that must be hostile, else a found campaign is false; of one campaign, else it is none's."""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A campaign that the scan reports. ``purity``: share of its accused that belong to ``main``.

    One that puts several true campaigns together may be impure without being false.
    """

    world: str
    id: str
    accused: int
    hostile: int
    main: str
    purity: float
    false: bool


class Pieces(msgspec.Struct, frozen=True, kw_only=True):
    """A true campaign over worlds: in how many it was found at all, and in how many pieces.

    ``merged_in``: worlds in which its accounts are accused, but only together with more of other campaigns.
    """

    campaign: str
    worlds: int
    found_in: int
    merged_in: int
    mean_pieces: float
    mean_purity: float | None
    mean_largest_share: float


class Exposure(msgspec.Struct, frozen=True, kw_only=True):
    """False campaigns over the accounts and weeks in which there was something to accuse wrongly.

    ``promised``: the most that scans said they keep to, per million. ``cohorts``: tested; ``score``: log10 of the sum
    of the Bayes factors (level.score) of those that no other rule kept from being accused, None where there is none.
    A provider sets the last two as verdict.honest_cohorts and verdict.honest_score.
    """

    worlds: int
    active_account_weeks: int
    false_campaigns: int
    per_million: float | None
    per_million_high: float
    promised: float | None
    cohorts: int
    score: float | None


class VerdictCount(msgspec.Struct, frozen=True, kw_only=True):
    """Tested cohorts of one verdict: how many, how many mostly one true campaign's, how many in honest worlds."""

    verdict: str
    cohorts: int
    true: int
    in_honest_worlds: int


class Matching(msgspec.Struct, frozen=True, kw_only=True):
    """How found and true campaigns match."""

    found: list[Found]
    true: list[Pieces]
    false_campaigns: Exposure
    verdicts: list[VerdictCount]


def matching(sheet: Sheet, facts: Sequence[Facts]) -> Matching:
    """Match by accused accounts; false campaigns are counted over worlds without any campaign."""
    found = _found(sheet)
    honest = [fact for fact in facts if fact.honest_world]
    weeks = int(sheet.numbers("weeks")[np.isin(sheet.names("world"), [fact.world for fact in honest])].sum())
    return Matching(
        found=found,
        true=_pieces(sheet, found),
        false_campaigns=exposure(found, honest, weeks),
        verdicts=verdict_counts(facts),
    )


def verdict_counts(facts: Sequence[Facts]) -> list[VerdictCount]:
    """Verdicts over all worlds. Cohorts overlap: a campaign's templates make several."""
    cohorts = [(cohort, fact.honest_world) for fact in facts for cohort in fact.cohorts]
    return [
        VerdictCount(
            verdict=name,
            cohorts=sum(cohort.verdict == name for cohort, _ in cohorts),
            true=sum(cohort.verdict == name and cohort.true for cohort, _ in cohorts),
            in_honest_worlds=sum(cohort.verdict == name and honest for cohort, honest in cohorts),
        )
        for name in sorted({cohort.verdict for cohort, _ in cohorts})
    ]


def _found(sheet: Sheet) -> list[Found]:
    accused = sheet.where(sheet.flags("accused"))
    members: dict[tuple[str, str], list[str]] = {}
    columns = (accused.names(name) for name in ("world", "found", "campaign"))
    for world, found, campaign in zip(*columns, strict=True):
        members.setdefault((world, found), []).append(campaign)
    rows = []
    for (world, name), theirs in sorted(members.items()):
        true = [campaign for campaign in theirs if campaign]
        main = max(sorted(set(true)), key=true.count, default="")
        purity = round(true.count(main) / len(theirs), 6) if main else 0.0
        rows.append(
            Found(
                world=world,
                id=name,
                accused=len(theirs),
                hostile=len(true),
                main=main,
                purity=purity,
                false=len(true) < MOSTLY * len(theirs),
            )
        )
    return rows


def _pieces(sheet: Sheet, found: Sequence[Found]) -> list[Pieces]:
    world, campaign, accused = sheet.names("world"), sheet.names("campaign"), sheet.flags("accused")
    hostile = sheet.flags("hostile") & (sheet.numbers("exchanges") > 0)
    into = sheet.names("found")
    rows = []
    for name in sorted(set(campaign[hostile].tolist()) - {""}):
        worlds = sorted(set(world[hostile & (campaign == name)].tolist()))
        pieces = {w: [f for f in found if f.world == w and f.main == name and f.purity >= MOSTLY] for w in worlds}
        largest = []
        for each in worlds:
            theirs = hostile & (campaign == name) & (world == each)
            _, sizes = np.unique(into[theirs & accused].astype(str), return_counts=True)
            largest.append(float(sizes.max(initial=0)) / float(theirs.sum()))
        all_pieces = [piece for each in pieces.values() for piece in each]
        rows.append(
            Pieces(
                campaign=name,
                worlds=len(worlds),
                found_in=sum(bool(each) for each in pieces.values()),
                merged_in=sum(
                    not pieces[w] and bool((hostile & accused & (campaign == name) & (world == w)).any())
                    for w in worlds
                ),
                mean_pieces=round(float(np.mean([len(each) for each in pieces.values()])), 6),
                mean_purity=round(float(np.mean([p.purity for p in all_pieces])), 6) if all_pieces else None,
                mean_largest_share=round(float(np.mean(largest)), 6),
            )
        )
    return rows


def exposure(found: Sequence[Found], honest: Sequence[Facts], weeks: int) -> Exposure:
    """False campaigns in the worlds ``honest``, per million active account-weeks.

    Each account-week counts as one trial; the bound is the upper end of the Clopper-Pearson interval.
    """
    worlds = {fact.world for fact in honest}
    false = sum(each.world in worlds for each in found)
    scores = math.fsum(10**score for fact in honest for score in fact.scores)
    high = clopper_pearson(min(false, weeks), weeks, LEVEL)[1] if weeks else 1.0
    return Exposure(
        worlds=len(honest),
        active_account_weeks=weeks,
        false_campaigns=false,
        per_million=round(1e6 * false / weeks, 3) if weeks else None,
        per_million_high=round(1e6 * high, 3),
        promised=max((fact.promised for fact in honest if fact.promised is not None), default=None),
        cohorts=sum(fact.tested for fact in honest),
        score=round(math.log10(scores), 3) if scores else None,
    )
