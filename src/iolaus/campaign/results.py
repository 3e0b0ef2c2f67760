"""Writes what a scan found, as the contract lists it: two JSON files and two Parquet tables."""

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

from iolaus.campaign.identity import Identity
from iolaus.campaign.run import Judged, Outcome, top_phrases
from iolaus.campaign.settings import VerdictSettings
from iolaus.engine import Engine
from iolaus.findings import SCHEMA_VERSION, Campaign, Campaigns, Cohorts, Day, Phrase
from iolaus.tables import RESULT_ACCOUNTS, RESULT_EXCHANGES, check
from iolaus.workspace import Workspace, write_atomically, write_table


def write(
    outcome: Outcome,
    work: Workspace,
    engine: Engine,
    settings: VerdictSettings,
    out: Path,
    named_before: Mapping[str, Identity] = MappingProxyType({}),
) -> None:
    """Write campaigns.json, cohorts.json, accounts.parquet and exchanges.parquet into ``out``.

    named_before: candidate id -> identity of a campaign, where a state knows the campaigns of earlier scans.
    """
    at = end_of(engine)
    described = [
        (judged, _describe(judged, engine, at, named_before.get(judged.tested.candidate.id)))
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
    check(accounts, RESULT_ACCOUNTS)
    write_table(accounts, out / "accounts.parquet")
    exchanges = _exchanges(named, work, engine)
    check(exchanges, RESULT_EXCHANGES)
    write_table(exchanges, out / "exchanges.parquet")


def _json(content: msgspec.Struct, path: Path) -> None:
    write_atomically(path, msgspec.json.format(msgspec.json.encode(content), indent=1) + b"\n")


def end_of(engine: Engine) -> str:
    """The end of a scan: when the last conversation ended. Needs conversations."""
    return _time(engine.value("SELECT max(ended) FROM conversations"))


def minted(judged: Judged) -> str:
    """The id of a cohort that no earlier scan accused."""
    return f"{'campaign' if judged.judgement.verdict == 'campaign' else 'cohort'}-{judged.tested.candidate.id}"


def _describe(judged: Judged, engine: Engine, at: str, identity: Identity | None) -> Campaign:
    """One cohort in the shape of the contract. Counts are of the whole candidate, not of a tested sample."""
    candidate, judgement = judged.tested.candidate, judged.judgement
    engine.register("chosen", pa.table({"account": candidate.accounts}))
    days = engine.table(
        "SELECT ts // 86400000000 AS day, CAST(sum(exchanges) AS BIGINT) AS exchanges,"
        " count(DISTINCT account) AS accounts, min(ts) AS first, max(ended) AS last"
        " FROM (SELECT DISTINCT account, conversation, ts, ended, exchanges"
        " FROM phrase_conversations SEMI JOIN chosen USING (account)"
        f" WHERE phrase IN ({','.join(map(str, candidate.phrases))})) AS told GROUP BY day ORDER BY day"
    ).to_pylist()
    accused = judgement.verdict == "campaign"
    return Campaign(
        id=minted(judged) if identity is None else identity.id,
        verdict=judgement.verdict,
        verdict_sentence=judgement.sentence,
        question_to_ask=judgement.question_to_ask,
        lineage=[] if identity is None else list(identity.lineage),
        first_seen=_time(min((day["first"] for day in days), default=None)),
        last_seen=_time(max((day["last"] for day in days), default=None)),
        first_alarm_at=(at if identity is None else identity.first_alarm_at) if accused else "",
        accounts=len(candidate.accounts),
        exchanges=sum(day["exchanges"] for day in days),
        probability=judgement.probability,
        questions=judgement.questions,
        evidence=list(judgement.evidence),
        honest_explanations=list(judgement.explanations),
        phrases=_phrases(judged, engine),
        timeline=[Day(date=_time(d["day"] * 86_400_000_000)[:10], **_counts(d)) for d in days],
        level=judged.level,
    )


def _counts(day: dict[str, int]) -> dict[str, int]:
    return {"exchanges": day["exchanges"], "accounts": day["accounts"]}


def _time(microseconds: int | None) -> str:
    if microseconds is None:
        return ""
    return datetime.fromtimestamp(microseconds / 1e6, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _phrases(judged: Judged, engine: Engine) -> list[Phrase]:
    phrases = judged.published or dict.fromkeys(top_phrases(engine, judged.tested.candidate), "")
    if not phrases:
        return []
    counts = engine.table(
        "SELECT phrase, count(DISTINCT account) AS accounts, CAST(sum(exchanges) AS BIGINT) AS exchanges"
        f" FROM phrase_conversations WHERE phrase IN ({','.join(map(str, phrases))}) GROUP BY phrase"
        " ORDER BY exchanges DESC, phrase"
    ).to_pylist()
    return [
        Phrase(
            id=f"{row['phrase'] & 0xFFFFFFFFFFFFFFFF:016x}",
            text=phrases[row["phrase"]],
            accounts=row["accounts"],
            exchanges=row["exchanges"],
        )
        for row in counts
    ]


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
            pa.array(role, pa.string(), mask=~shown),
            *spans,
            pa.array(exchanges),
            known["assessed"].combine_chunks(),
        ],
        schema=RESULT_ACCOUNTS.schema,
    ).sort_by("account_id")


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


LEAST_SHOWN = 0.05
"""Membership below which an account is not mentioned with a campaign at all."""


def _exchanges(named: list[tuple[Judged, str]], work: Workspace, engine: Engine) -> pa.Table:
    """Exchanges of the campaigns' conversations, of accounts that are more likely members than not."""
    engine.view("ingested", work.folder("ingest") / "exchanges" / "part-*.parquet")
    engine.view("marks", work.folder("sketch") / "marks" / "part-*.parquet")
    tables = [RESULT_EXCHANGES.schema.empty_table()]
    taken = np.zeros(0, np.int64)
    for judged, name in named:
        if judged.members is None:
            continue
        sure = judged.members.membership >= 0.5
        engine.register(
            "members",
            pa.table({"account": judged.members.numbers[sure], "probability": judged.members.membership[sure]}),
        )
        found = engine.table(
            f"""SELECT m.seq, i.exchange_id, i.account_id, '{name}' AS campaign_id, p.probability
            FROM marks AS m
            JOIN (SELECT DISTINCT conversation FROM phrase_uses
                WHERE phrase IN ({",".join(map(str, judged.tested.candidate.phrases))})) AS c USING (conversation)
            JOIN members AS p USING (account)
            JOIN ingested AS i ON i.seq = m.seq
            ORDER BY m.seq"""
        )
        found = found.filter(pa.array(~np.isin(found["seq"].to_numpy(), taken)))
        taken = np.union1d(taken, found["seq"].to_numpy())
        tables.append(found.drop_columns(["seq"]).cast(RESULT_EXCHANGES.schema))
    return pa.concat_tables(tables)
