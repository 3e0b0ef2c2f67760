"""Writes what a scan found, as the contract lists it: two JSON files and three Parquet tables."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from iolaus.campaign.grown import MORE_LIKELY
from iolaus.campaign.identity import Identity
from iolaus.campaign.judged import Judged, Outcome
from iolaus.campaign.publish import top_phrases, word_ranks
from iolaus.campaign.settings import VerdictSettings
from iolaus.campaign.timeline import DAY, by_day
from iolaus.engine import Engine
from iolaus.findings import SCHEMA_VERSION, Campaign, Campaigns, Cohorts, Day, Phrase
from iolaus.link.uses import Uses
from iolaus.tables import RESULT_ACCOUNTS, RESULT_COHORT_ACCOUNTS, RESULT_EXCHANGES, Table, check
from iolaus.workspace import Workspace, write_atomically, write_table

TO_LOOK_INTO = ("undetermined", "concealed_pool", "declared_harvest")
"""Verdicts that accuse nobody and leave a person something to do, for which she must know the accounts."""


def write(
    outcome: Outcome,
    work: Workspace,
    engine: Engine,
    settings: VerdictSettings,
    out: Path,
    named_before: Mapping[str, Identity] = MappingProxyType({}),
) -> None:
    """Write campaigns.json, cohorts.json, accounts.parquet, exchanges.parquet and cohort_accounts.parquet into ``out``.

    named_before: candidate id -> identity of a campaign, where a state knows the campaigns of earlier scans.
    """
    at, ranks = end_of(engine), word_ranks(engine)
    described = [
        (judged, _describe(judged, outcome.uses, ranks, at, named_before.get(judged.tested.candidate.id)))
        for judged in outcome.cohorts
    ]
    accused = [campaign for _, campaign in described if campaign.verdict == "campaign"]
    _json(Campaigns(schema_version=SCHEMA_VERSION, campaigns=accused), out / "campaigns.json")
    _json(
        Cohorts(schema_version=SCHEMA_VERSION, cohorts=[campaign for _, campaign in described]),
        out / "cohorts.json",
    )
    named = [(judged, campaign.id) for judged, campaign in described if campaign.verdict == "campaign"]
    accounts = _accounts(named, work, engine, settings, outcome.population.cleared)
    _table(accounts, RESULT_ACCOUNTS, out / "accounts.parquet")
    _table(_exchanges(named, outcome.uses, work, engine), RESULT_EXCHANGES, out / "exchanges.parquet")
    asked = [(judged, campaign) for judged, campaign in described if campaign.verdict in TO_LOOK_INTO]
    listed = _cohort_accounts(asked, outcome.population.accounts["account_id"])
    _table(listed, RESULT_COHORT_ACCOUNTS, out / "cohort_accounts.parquet")


def _json(content: msgspec.Struct, path: Path) -> None:
    write_atomically(path, msgspec.json.format(msgspec.json.encode(content), indent=1) + b"\n")


def _table(content: pa.Table, form: Table, path: Path) -> None:
    check(content, form)
    write_table(content, path)


def end_of(engine: Engine) -> str:
    """The end of a scan: when the last conversation ended. Needs conversations."""
    return _time(engine.value("SELECT max(ended) FROM conversations"))


def minted(judged: Judged) -> str:
    """The id of a cohort that no earlier scan accused."""
    return f"{'campaign' if judged.judgement.verdict == 'campaign' else 'cohort'}-{judged.tested.candidate.id}"


def _describe(judged: Judged, uses: Uses, ranks: Mapping[int, int], at: str, identity: Identity | None) -> Campaign:
    """One cohort in the shape of the contract. Counts are of the whole candidate, not of a tested sample."""
    candidate, judgement = judged.tested.candidate, judged.judgement
    days = by_day(uses, candidate.phrases, candidate.accounts)
    accused = judgement.verdict == "campaign"
    return Campaign(
        id=minted(judged) if identity is None else identity.id,
        verdict=judgement.verdict,
        verdict_sentence=judgement.sentence,
        question_to_ask=judgement.question_to_ask,
        lineage=[] if identity is None else list(identity.lineage),
        first_seen=_time(min((day.first for day in days), default=None)),
        last_seen=_time(max((day.last for day in days), default=None)),
        first_alarm_at=(at if identity is None else identity.first_alarm_at) if accused else "",
        accounts=len(candidate.accounts),
        exchanges=sum(day.exchanges for day in days),
        probability=judgement.probability,
        questions=judgement.questions,
        evidence=list(judgement.evidence),
        honest_explanations=list(judgement.explanations),
        phrases=_phrases(judged, uses, ranks),
        timeline=[Day(date=_time(d.day * DAY)[:10], exchanges=d.exchanges, accounts=d.accounts) for d in days],
        level=judged.level,
    )


def _time(microseconds: int | None) -> str:
    if microseconds is None:
        return ""
    return datetime.fromtimestamp(microseconds / 1e6, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _phrases(judged: Judged, uses: Uses, ranks: Mapping[int, int]) -> list[Phrase]:
    published = judged.published or dict.fromkeys(top_phrases(ranks, judged.tested.candidate), "")
    phrases = [
        Phrase(
            id=f"{phrase & 0xFFFFFFFFFFFFFFFF:016x}",
            text=text,
            accounts=int(np.count_nonzero(np.diff(uses.columns["account"][uses.each(phrase)], prepend=-1))),
            exchanges=int(uses.columns["exchanges"][uses.each(phrase)].sum()),
        )
        for phrase, text in sorted(published.items())
    ]
    return sorted(phrases, key=lambda phrase: -phrase.exchanges)


def _accounts(
    named: list[tuple[Judged, str]],
    work: Workspace,
    engine: Engine,
    settings: VerdictSettings,
    cleared: npt.NDArray[np.int32],
) -> pa.Table:
    """One row for each account, with the highest membership where campaigns overlap. Cleared ones are not accused."""
    known = pq.read_table(work.folder("fingerprint") / "accounts.parquet")
    count = len(known)
    membership, campaign, role = np.zeros(count), np.full(count, -1), np.full(count, None, object)
    share = np.full((count, 3), np.nan)
    for place, (judged, _) in enumerate(named):
        members = judged.members
        if members is None:
            continue
        better = members.membership > membership[members.numbers]
        rows = members.numbers[better]
        membership[rows] = members.membership[better]
        campaign[rows] = place
        role[rows] = np.array(members.role, object)[better]
        share[rows] = np.stack([members.share, members.share_low, members.share_high], 1)[better]
    shown = membership >= LEAST_SHOWN
    names = np.array([name for _, name in named] + [None], object)
    spans = [
        pa.array(np.round(np.where(shown, share[:, i], np.nan), 6), pa.float64(), from_pandas=True) for i in range(3)
    ]
    exchanges = _exchanges_of_all(count, work, engine)
    return pa.Table.from_arrays(
        [
            known["account_id"].combine_chunks(),
            pa.array(names[np.where(shown, campaign, -1)], pa.string()),
            pa.array(np.where(shown, membership, 0.0), pa.float64()),
            pa.array((membership >= settings.accuse_membership) & ~np.isin(np.arange(count), cleared)),
            pa.array(role, pa.string(), mask=membership < MORE_LIKELY),
            *spans,
            pa.array(exchanges),
            known["assessed"].combine_chunks(),
        ],
        schema=RESULT_ACCOUNTS.schema,
    ).sort_by("account_id")


def _cohort_accounts(asked: list[tuple[Judged, Campaign]], names: pa.ChunkedArray) -> pa.Table:
    """One row for each account of each of these cohorts, in their order, then by id. names: ids by account number."""
    parts = []
    for judged, campaign in asked:
        ids = names.take(pa.array(judged.tested.candidate.accounts)).combine_chunks().cast(pa.string()).sort()
        cohort, verdict = (pa.repeat(said, len(ids)) for said in (campaign.id, campaign.verdict))
        parts.append(pa.Table.from_arrays([cohort, ids, verdict], schema=RESULT_COHORT_ACCOUNTS.schema))
    return pa.concat_tables([RESULT_COHORT_ACCOUNTS.schema.empty_table(), *parts])


def _exchanges_of_all(accounts: int, work: Workspace, engine: Engine) -> npt.NDArray[np.int64]:
    """int64[accounts]: all exchanges of each account, retries too; a duplicated id counts once."""
    engine.view("marks", work.folder("sketch") / "marks" / "part-*.parquet")
    engine.view("derived", work.folder("ingest") / "derived.parquet")
    counts = engine.table(
        "SELECT account, count(*) AS exchanges FROM marks"
        " ANTI JOIN (SELECT seq FROM derived WHERE duplicate) AS twice USING (seq) GROUP BY account"
    )
    found = np.zeros(accounts, np.int64)
    found[counts["account"].to_numpy()] = counts["exchanges"].to_numpy()
    return found


_NONE_HELD = pa.schema(
    [("conversation", pa.int64()), ("number", pa.int64()), ("probability", pa.float64())]
).empty_table()
"""Conversations of campaigns: the number of the campaign, and how likely its account is a member."""

LEAST_SHOWN = 0.05
"""Membership below which an account is not mentioned with a campaign at all."""


def _exchanges(named: list[tuple[Judged, str]], uses: Uses, work: Workspace, engine: Engine) -> pa.Table:
    """Exchanges of the campaigns' conversations, of accounts that are more likely members than not.

    A conversation that two campaigns share is of the first.
    """
    engine.view("ingested", work.folder("ingest") / "exchanges" / "part-*.parquet")
    engine.view("marks", work.folder("sketch") / "marks" / "part-*.parquet")
    taken = np.zeros(len(uses.columns["conversation"]), bool)
    found = [_NONE_HELD]
    for number, (judged, _) in enumerate(named):
        if judged.members is None:
            continue
        sure = judged.members.membership >= MORE_LIKELY
        accounts, probability = judged.members.numbers[sure], judged.members.membership[sure]
        places = uses.distinct(judged.tested.candidate.phrases, accounts)
        places = places[~taken[places]]
        taken[places] = True
        member = np.searchsorted(accounts, uses.columns["account"][places])
        columns = (uses.columns["conversation"][places], np.full(len(places), number), probability[member])
        found.append(pa.table(list(columns), _NONE_HELD.schema))
    engine.register("held", pa.concat_tables(found).combine_chunks())
    rows = engine.table(
        "SELECT m.seq, i.exchange_id, i.account_id, h.number, h.probability FROM marks AS m"
        " JOIN held AS h USING (conversation) JOIN ingested AS i ON i.seq = m.seq ORDER BY h.number, m.seq"
    )
    names = pa.array([name for _, name in named], pa.string()).take(rows["number"])
    rows = rows.set_column(rows.schema.get_field_index("number"), "campaign_id", names)
    return rows.drop_columns(["seq"]).cast(RESULT_EXCHANGES.schema)
