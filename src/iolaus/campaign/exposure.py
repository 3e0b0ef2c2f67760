"""Active account-weeks: an account that sent anything in a week, of seven UTC days from a first day on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from iolaus.engine import Engine
from iolaus.workspace import Workspace

DAY = 86_400_000_000
"""Microseconds."""
WEEK = 7


def of_scan(work: Workspace, engine: Engine) -> int:
    """Account-weeks of all that one scan looks at; weeks begin on the day of the first exchange."""
    engine.view("marks", work.folder("sketch") / "marks" / "part-*.parquet")
    first = engine.value("SELECT min(ts) FROM marks")
    if first is None:
        return 0
    began = first // DAY * DAY
    return int(
        engine.value(
            "SELECT count(*) FROM (SELECT DISTINCT account,"
            f" (ts - {began}) // {WEEK * DAY} AS week FROM marks) AS active"
        )
    )


def of_days(days: Iterable[tuple[str, bool, pa.Array]], first: str, oldest: str) -> tuple[int, int]:
    """(account-weeks, those of them that are new), given who was active on which day.

    days: (UTC day YYYY-MM-DD, whether these rows are new, account ids: string[n], each once or more often).
    first: a day on which a week begins. A week that begins before ``oldest``, the first day that is kept, is never
    new: who was seen in its other days is not known any more.
    """
    tables = [_seen(day, new, accounts, first, oldest) for day, new, accounts in days]
    if not tables:
        return 0, 0
    found = pa.concat_tables(tables).group_by(["account", "week"]).aggregate([("known", "max")])
    return len(found), int(len(found) - (pc.sum(found["known_max"]).as_py() or 0))


def _seen(day: str, new: bool, accounts: pa.Array, first: str, oldest: str) -> pa.Table:
    once = pc.unique(accounts)
    began = date.fromisoformat(first).toordinal()
    week = (date.fromisoformat(day).toordinal() - began) // WEEK
    known = not new or date.fromordinal(began + WEEK * week).isoformat() < oldest
    return pa.table(
        {
            "account": once.cast(pa.string()),
            "week": np.full(len(once), week, np.int64),
            "known": np.full(len(once), known, np.int8),
        }
    )
