"""Uses by shingle, counted before they are gathered, so that only what can be shared is ever sorted.

A table names each shingle that the filter lets through, in the order of its first use, and counts its uses. Those with
fewer uses than k cannot have k accounts. The others' uses are put side by side by a second reading.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt

from iolaus.sketch.popular import MIX, SharedFilter, Words, passes

Numbers = npt.NDArray[np.int64]
Accounts = npt.NDArray[np.int32]

ROOM = 1 << 16


@dataclass(frozen=True)
class Held:
    """Shingles of n exchanges. offsets: int64[n + 1] into ``shingles``; accounts: int32[n]; conversations: int64[n]."""

    offsets: Numbers
    shingles: Numbers
    accounts: Accounts
    conversations: Numbers


class Groups:
    """The shingles that a filter names, by number, and how often each is used."""

    def __init__(self, likely: SharedFilter) -> None:
        self._likely = likely
        self._table = np.full(ROOM, -1, np.int32)
        self._names = np.zeros(ROOM // 2, np.uint64)
        self._counts = np.zeros(ROOM // 2, np.int64)
        self._size = 0

    def add(self, part: Held) -> None:
        """Count the uses of a part."""
        self._table, self._names, self._counts, self._size = _count(
            *self._likely.cells, part.shingles.view(np.uint64), self._table, self._names, self._counts, self._size
        )

    @property
    def counts(self) -> Numbers:
        """int64[g], uses of each shingle."""
        return self._counts[: self._size]

    def named(self, numbers: Numbers) -> Numbers:
        """int64: the shingles of these numbers."""
        return self._names[numbers].view(np.int64)

    def place(self, part: Held, following: Numbers, accounts: Accounts, said: Numbers) -> None:
        """Put account and conversation of each use of a part at the next free place of its shingle.

        following: int64[g], that place, -1 for shingles that are left out; it is moved on.
        """
        _place(
            self._table,
            self._names,
            part.offsets,
            part.shingles.view(np.uint64),
            part.accounts,
            part.conversations,
            following,
            accounts,
            said,
        )


@numba.njit(cache=True, nogil=True, inline="always")
def _find(table: Accounts, names: Words, shingle: np.uint64) -> np.int64:
    """The place of a shingle in the table, or the empty one where it belongs."""
    mask = table.size - 1
    place = np.int64((shingle ^ (shingle >> np.uint64(29))) * MIX >> np.uint64(20)) & mask
    while table[place] >= 0 and names[table[place]] != shingle:
        place = (place + 1) & mask
    return place


@numba.njit(cache=True, nogil=True)
def _count(
    sets: Words,
    shift: np.uint64,
    slice_bits: np.uint64,
    number: np.uint64,
    least: int,
    shingles: Words,
    table: Accounts,
    names: Words,
    counts: Numbers,
    size: int,
) -> tuple[Accounts, Words, Numbers, int]:
    for shingle in shingles:
        if not passes(sets, shift, slice_bits, number, least, shingle):
            continue
        place = _find(table, names, shingle)
        if table[place] < 0:
            if size == names.size:
                table, names, counts = _grown(names, counts)
                place = _find(table, names, shingle)
            table[place], names[size] = size, shingle
            size += 1
        counts[table[place]] += 1
    return table, names, counts, size


@numba.njit(cache=True, nogil=True)
def _grown(names: Words, counts: Numbers) -> tuple[Accounts, Words, Numbers]:
    """The table twice as large, and room for as many more names."""
    room = names.size
    table = np.full(room * 4, -1, np.int32)
    more_names, more_counts = np.zeros(room * 2, np.uint64), np.zeros(room * 2, np.int64)
    more_names[:room], more_counts[:room] = names, counts
    for number in range(room):
        table[_find(table, more_names, names[number])] = number
    return table, more_names, more_counts


@numba.njit(cache=True, nogil=True)
def _place(
    table: Accounts,
    names: Words,
    offsets: Numbers,
    shingles: Words,
    whose: Accounts,
    conversations: Numbers,
    following: Numbers,
    accounts: Accounts,
    said: Numbers,
) -> None:
    for text in range(whose.size):
        for i in range(offsets[text], offsets[text + 1]):
            number = table[_find(table, names, shingles[i])]
            if number >= 0 and following[number] >= 0:
                place = following[number]
                accounts[place], said[place] = whose[text], conversations[text]
                following[number] = place + 1


@numba.njit(cache=True, nogil=True)
def distinct(bounds: Numbers, accounts: Accounts, said: Numbers, k: int, kept: Numbers) -> int:
    """Moves the distinct uses of each group of k accounts to the front, in place; returns how many there are.

    bounds: int64[g + 1], where groups begin and end. kept: int64[g], set to how many are left of each. A conversation
    is of one account.
    """
    last = np.full(accounts.max() + 1 if accounts.size else 1, -1, np.int64)
    held = 0
    for group in range(bounds.size - 1):
        first, end, users = bounds[group], bounds[group + 1], 0
        for place in range(first, end):
            users += last[accounts[place]] != group
            last[accounts[place]] = group
        kept[group] = 0
        if users < k:
            continue
        own, whose = said[first:end].copy(), accounts[first:end].copy()
        order = np.argsort(own)
        for place in range(order.size):
            if place == 0 or own[order[place]] != own[order[place - 1]]:
                accounts[held], said[held] = whose[order[place]], own[order[place]]
                held += 1
                kept[group] += 1
    return held
