"""When conversations with some phrases were held: what results say of each day, and of each account."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from iolaus.link.population import Numbers
from iolaus.link.uses import Uses

DAY = 86_400_000_000
"""Microseconds of a day."""


@dataclass(frozen=True)
class Held:
    """One UTC day: its number since 1970, exchanges of conversations that began on it, accounts that held them, when
    the first began and the last ended (microseconds)."""

    day: int
    exchanges: int
    accounts: int
    first: int
    last: int


def by_day(uses: Uses, phrases: Iterable[int], accounts: npt.NDArray[np.int32]) -> list[Held]:
    """The days, ascending, on which ``accounts`` (numbers) held conversations with any of the phrases."""
    told = uses.distinct(phrases, accounts)
    ts, ended, account, exchanges = (uses.columns[name][told] for name in ("ts", "ended", "account", "exchanges"))
    day = ts // DAY
    order = np.argsort(day, kind="stable")
    days, starts = np.unique(day[order], return_index=True)
    if not len(days):
        return []
    # Places are by account: in the order of days those of one account on one day stand side by side.
    new = np.diff(account[order], prepend=-1) != 0
    new[starts] = True
    columns = (
        days,
        np.add.reduceat(exchanges[order].astype(np.int64), starts),
        np.add.reduceat(new.astype(np.int64), starts),
        np.minimum.reduceat(ts[order], starts),
        np.maximum.reduceat(ended[order], starts),
    )
    return [Held(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]


def by_account(
    uses: Uses, phrases: Iterable[int], accounts: npt.NDArray[np.int32]
) -> tuple[npt.NDArray[np.int32], Numbers]:
    """Those of ``accounts`` that held conversations with any of the phrases, ascending, and exchanges of these."""
    told = uses.distinct(phrases, accounts)
    account, exchanges = uses.columns["account"][told], uses.columns["exchanges"][told].astype(np.int64)
    starts = np.flatnonzero(np.diff(account, prepend=-1))
    return account[starts], np.add.reduceat(exchanges, starts) if len(starts) else exchanges
