"""The sheet of one world: what a scan said beside what is true, an account a row, and the counts of exchanges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from iolaus.engine.embedded import Embedded
from iolaus.errors import InputError
from iolaus.evaluate.scanning import COHORTS
from iolaus.evaluate.worlds import World
from iolaus.findings import Campaign, Cohorts, ErrorControl, RunRecord

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Names = npt.NDArray[np.object_]

WEEK = 7 * 86_400_000_000
"""Microseconds of a week."""


class ExchangeCounts(msgspec.Struct, frozen=True, kw_only=True):
    """Exchanges and conversations of one true campaign, or of honest people ('') on honest or hostile accounts."""

    campaign: str
    hostile_account: bool
    exchanges: int
    flagged: int
    conversations: int
    flagged_conversations: int


class CohortFact(msgspec.Struct, frozen=True, kw_only=True):
    """A tested cohort: what was believed of it, and how many of its accounts belong to which true campaign."""

    id: str
    verdict: str
    probability: float
    accounts: int
    hostile: int
    main_campaign: str
    main_accounts: int

    @property
    def true(self) -> bool:
        """Whether at least half of its accounts are hostile, be it to one campaign or to several."""
        return 2 * self.hostile >= self.accounts

    @property
    def is_mainly_one(self) -> bool:
        """Whether at least half of its accounts belong to one true campaign, as an alarm of it asks."""
        return 2 * self.main_accounts >= self.accounts

    @property
    def may_alarm(self) -> bool:
        """Whether some probability would make it an alarm; a declared or a watched cohort is none at any."""
        return self.verdict not in ("declared_harvest", "concealed_pool")


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one world beside its sheet of accounts.

    ``promised``: false campaigns per million account-weeks that the scan said it keeps to; None where it did not say.
    ``tested``: cohorts. ``scores``: level.score of each that nothing but its level could keep from being accused.
    """

    world: str
    scenario: str
    seed: int
    days: int
    exchanges: int
    accounts: int
    hostile: int
    honest_world: bool
    counts: list[ExchangeCounts]
    cohorts: list[CohortFact]
    promised: float | None = None
    tested: int = 0
    scores: list[float] = msgspec.field(default_factory=list)


@dataclass(frozen=True)
class Sheet:
    """Accounts of one or more worlds, a row each."""

    table: pa.Table

    def __len__(self) -> int:
        return len(self.table)

    def numbers(self, name: str) -> Floats:
        """float64[n]; NaN where null."""
        found: Floats = self.table[name].to_numpy(zero_copy_only=False).astype(np.float64)
        return found

    def flags(self, name: str) -> Flags:
        """bool[n]; false where null."""
        found: Flags = np.asarray(self.table[name].fill_null(False).to_numpy(zero_copy_only=False), bool)
        return found

    def names(self, name: str) -> Names:
        """object[n] of text, '' where null."""
        found: Names = self.table[name].fill_null("").to_numpy(zero_copy_only=False).astype(object)
        return found

    def where(self, rows: Flags) -> Sheet:
        """The rows that are true in ``rows`` (bool[n])."""
        return Sheet(self.table.filter(pa.array(rows)))


_ACCOUNTS = """
WITH traffic AS (
    SELECT account_id, count(*) AS exchanges, count(DISTINCT talk) AS conversations,
        count(campaign_id) AS taken, count(DISTINCT CASE WHEN campaign_id IS NOT NULL THEN talk END) AS taken_talks,
        count(DISTINCT (epoch_us(ts) - {start}) // {week}) AS weeks
    FROM logged GROUP BY account_id
)
SELECT '{world}' AS world, t.account_id, t.crowd, k.organization_id AS organisation, t.hostile,
    t.campaign_id AS campaign, t.role AS true_role,
    CAST(coalesce(w.exchanges, 0) AS BIGINT) AS exchanges,
    CAST(coalesce(w.conversations, 0) AS BIGINT) AS conversations,
    CAST(coalesce(w.taken, 0) AS BIGINT) AS taken, CAST(coalesce(w.taken_talks, 0) AS BIGINT) AS taken_conversations,
    CAST(coalesce(w.weeks, 0) AS BIGINT) AS weeks,
    coalesce(r.membership, 0) AS membership, coalesce(r.accused, false) AS accused, r.campaign_id AS found,
    r.role AS found_role, r.distillation_share AS share, r.share_low, r.share_high,
    coalesce(r.assessed, false) AS assessed
FROM true_accounts AS t LEFT JOIN traffic AS w USING (account_id)
LEFT JOIN said AS r USING (account_id) LEFT JOIN known AS k USING (account_id)
ORDER BY t.account_id
"""

_EXCHANGES = """
SELECT coalesce(campaign_id, '') AS campaign, hostile AS hostile_account, count(*) AS exchanges,
    count(flagged_id) AS flagged, count(DISTINCT talk) AS conversations,
    count(DISTINCT CASE WHEN flagged_id IS NOT NULL THEN talk END) AS flagged_conversations
FROM logged JOIN (SELECT account_id, hostile FROM true_accounts) AS t USING (account_id)
LEFT JOIN (SELECT exchange_id, exchange_id AS flagged_id FROM flagged) AS f USING (exchange_id)
GROUP BY campaign, hostile ORDER BY campaign, hostile
"""

_COHORTS = """
SELECT cohort, count(*) AS accounts, count(CASE WHEN hostile THEN 1 END) AS hostile
FROM tested JOIN true_accounts USING (account_id) GROUP BY cohort
"""


def write_down(world: World, results: Path, engine: Embedded) -> tuple[Sheet, Facts]:
    """Join a scan's results with the truth of its world.

    Raises InputError where the results are of another world: none of its accounts is in them.
    """
    _views(world, results, engine)
    start = int(datetime.fromisoformat(world.meta.start).timestamp() * 1e6)
    sheet = Sheet(engine.table(_ACCOUNTS.format(start=start, week=WEEK, world=world.label)))
    known = int(engine.value("SELECT count(*) FROM said SEMI JOIN true_accounts USING (account_id)"))
    if known == 0 and len(sheet):
        raise InputError(f"{results}: holds none of the accounts of {world.path}. Give the results of that world.")
    counts = [ExchangeCounts(**row) for row in engine.table(_EXCHANGES).to_pylist()]
    hostile = sheet.flags("hostile")
    said = msgspec.json.decode((results / "cohorts.json").read_bytes(), type=Cohorts).cohorts
    control = _control(results)
    facts = Facts(
        world=world.label,
        scenario=world.meta.scenario,
        seed=world.meta.seed,
        days=world.meta.days,
        exchanges=sum(count.exchanges for count in counts),
        accounts=len(sheet),
        hostile=int(hostile.sum()),
        honest_world=not world.meta.campaigns,
        counts=counts,
        cohorts=_cohorts(said, results, engine, sheet),
        promised=None if control is None else control.promised,
        tested=len(said) if control is None else control.cohorts,
        scores=[cohort.level.score for cohort in said if cohort.level is not None],
    )
    return sheet, facts


def _views(world: World, results: Path, engine: Embedded) -> None:
    engine.view("true_accounts", world.path / "truth" / "accounts.parquet")
    engine.view("true_exchanges", world.path / "truth" / "exchanges.parquet")
    engine.view("sent", world.exchanges)
    engine.view("said", results / "accounts.parquet")
    engine.view("flagged", results / "exchanges.parquet")
    accounts = world.path / "accounts.parquet"
    if accounts.exists() and "organization_id" in pq.read_schema(accounts).names:
        engine.view("known", accounts)
    else:
        engine.run(
            "CREATE OR REPLACE TEMP VIEW known AS"
            " SELECT account_id, NULL::VARCHAR AS organization_id FROM true_accounts"
        )
    engine.run(
        "CREATE OR REPLACE TEMP VIEW logged AS SELECT exchange_id, account_id, ts, t.campaign_id,"
        " hash(account_id, coalesce(conversation_id, exchange_id)) AS talk"
        " FROM sent JOIN true_exchanges AS t USING (exchange_id)"
    )


def _control(results: Path) -> ErrorControl | None:
    """What the scan promised; None where the results do not say."""
    path = results / "run.json"
    if not path.is_file():
        return None
    return msgspec.json.decode(path.read_bytes(), type=RunRecord).error_control


def _cohorts(said: Sequence[Campaign], results: Path, engine: Embedded, sheet: Sheet) -> list[CohortFact]:
    """Every tested cohort, where its accounts are known; else only the accused ones, by their members."""
    if (results / COHORTS).is_file():
        engine.view("tested", results / COHORTS)
    else:
        engine.register("tested", sheet.table.select(["account_id"]).append_column("cohort", sheet.table["found"]))
    rows: dict[str, dict[str, Any]] = {row["cohort"]: row for row in engine.table(_COHORTS).to_pylist()}
    counted = engine.table(
        "SELECT cohort, campaign_id AS campaign, count(*) AS n FROM tested JOIN true_accounts USING (account_id)"
        " WHERE campaign_id IS NOT NULL GROUP BY cohort, campaign_id"
    ).to_pylist()
    main: dict[str, tuple[int, str]] = {}
    for row in counted:
        main[row["cohort"]] = max(main.get(row["cohort"], (0, "")), (row["n"], row["campaign"]))
    return [
        CohortFact(
            id=cohort.id,
            verdict=cohort.verdict,
            probability=cohort.probability,
            accounts=rows[cohort.id]["accounts"],
            hostile=rows[cohort.id]["hostile"],
            main_campaign=main.get(cohort.id, (0, ""))[1],
            main_accounts=main.get(cohort.id, (0, ""))[0],
        )
        for cohort in said
        if cohort.id in rows
    ]
