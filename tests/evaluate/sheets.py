"""Sheets and facts by hand: a few accounts whose right answers can be counted on fingers."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from iolaus.evaluate.sheet import CohortFact, ExchangeCounts, Facts, Sheet

TYPES: dict[str, tuple[pa.DataType, Any]] = {
    "world": (pa.string(), "w/0"),
    "account_id": (pa.string(), "a"),
    "crowd": (pa.string(), "individuals"),
    "organisation": (pa.string(), None),
    "hostile": (pa.bool_(), False),
    "campaign": (pa.string(), None),
    "true_role": (pa.string(), None),
    "exchanges": (pa.int64(), 10),
    "conversations": (pa.int64(), 10),
    "taken": (pa.int64(), 0),
    "taken_conversations": (pa.int64(), 0),
    "weeks": (pa.int64(), 1),
    "membership": (pa.float64(), 0.0),
    "accused": (pa.bool_(), False),
    "found": (pa.string(), None),
    "found_role": (pa.string(), None),
    "share": (pa.float64(), None),
    "share_low": (pa.float64(), None),
    "share_high": (pa.float64(), None),
    "assessed": (pa.bool_(), True),
}
"""Column -> type and what an honest account that nobody accuses has there."""


def sheet(*rows: dict[str, Any], extra: dict[str, list[Any]] | None = None) -> Sheet:
    """A sheet of these accounts; what a row does not name is honest and unaccused."""
    columns = {
        name: pa.array([row.get(name, default) for row in rows], kind) for name, (kind, default) in TYPES.items()
    }
    return Sheet(pa.table(columns | {name: pa.array(values) for name, values in (extra or {}).items()}))


def hostile(campaign: str = "C", accused: bool = True, **more: Any) -> dict[str, Any]:
    """A hostile account, by default accused with certainty in a campaign of its own name."""
    row = {
        "hostile": True, "campaign": campaign, "crowd": "developers", "true_role": "operated", "accused": accused,
        "membership": 0.99 if accused else 0.0, "found": f"campaign-{campaign}" if accused else None,
        "taken": 10, "taken_conversations": 10,
    }  # fmt: skip
    return row | more


def facts(
    world: str = "w/0",
    honest: bool = False,
    seed: int = 0,
    counts: tuple[ExchangeCounts, ...] = (),
    cohorts: tuple[CohortFact, ...] = (),
    promised: float | None = None,
    tested: int = 0,
    scores: tuple[float, ...] = (),
) -> Facts:
    """Facts of a world."""
    return Facts(
        world=world, scenario=world.split("/")[0], seed=seed, days=7, exchanges=100, accounts=10, hostile=0,
        honest_world=honest, counts=list(counts), cohorts=list(cohorts), promised=promised, tested=tested,
        scores=list(scores),
    )  # fmt: skip


def cohort(probability: float, main: int, accounts: int = 10, verdict: str = "campaign") -> CohortFact:
    """A tested cohort of which ``main`` accounts belong to campaign C."""
    return CohortFact(
        id="x", verdict=verdict, probability=probability, accounts=accounts, hostile=main,
        main_campaign="C" if main else "", main_accounts=main,
    )  # fmt: skip
