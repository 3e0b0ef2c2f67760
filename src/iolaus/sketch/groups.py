"""Uses by shingle, counted before they are gathered, so that only what can be shared is ever sorted.

Uses of each shingle that the filter lets through are counted. Those with fewer uses than k cannot have k accounts. The
others are few, and their uses are put side by side by a second reading.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt

from iolaus.sketch.popular import MIX, SharedFilter, Words, passes

Numbers = npt.NDArray[np.int64]
Accounts = npt.NDArray[np.int32]

ROOM = 1 << 16
"""Entries of a table before it grows."""


@dataclass(frozen=True)
class Held:
    """Shingles of n exchanges. offsets: int64[n + 1] into ``shingles``; accounts: int32[n]; conversations: int64[n]."""

    offsets: Numbers
    shingles: Numbers
    accounts: Accounts
    conversations: Numbers


class Counts:
    """How often each shingle that a filter names is used."""

    def __init__(self, likely: SharedFilter) -> None:
        self._likely = likely
        self._table = np.zeros(2 * ROOM, np.uint64)
        self._size = 0

    def add(self, part: Held) -> None:
        """Count the uses of a part."""
        self._table, self._size = _count(*self._likely.cells, part.shingles.view(np.uint64), self._table, self._size)

    def at_least(self, k: int) -> tuple[Words, Numbers]:
        """(shingles as uint64[g], uses as int64[g]) of those with at least k uses."""
        entries = self._table.reshape(-1, 2)
        entries = entries[entries[:, 1] >= k]
        return entries[:, 0].copy(), entries[:, 1].astype(np.int64)


def gathered(held: Sequence[Held], names: Words, counts: Numbers) -> tuple[Numbers, Accounts, Numbers]:
    """Uses of shingles side by side: (bounds int64[g + 1], accounts, conversations).

    names, counts: uint64[g], int64[g], the shingles and how many uses each has in what is ``held``.
    """
    bounds = np.append(0, np.cumsum(counts))
    accounts, said = np.zeros(bounds[-1], np.int32), np.zeros(bounds[-1], np.int64)
    table, following = numbered(names), bounds[:-1].copy()
    for part in held:
        _place(table, names, part, following, accounts, said)
    return bounds, accounts, said


def _place(table: Accounts, names: Words, part: Held, following: Numbers, accounts: Accounts, said: Numbers) -> None:
    """Put account and conversation of each use of a part at the next free place of its shingle."""
    _place_each(
        table,
        names,
        part.offsets,
        part.shingles.view(np.uint64),
        part.accounts,
        part.conversations,
        following,
        accounts,
        said,
    )


@numba.njit(cache=True, nogil=True, inline="always")
def _first(shingle: np.uint64, mask: np.int64) -> np.int64:
    """Where in a table of ``mask`` + 1 entries a shingle is looked for first."""
    return np.int64((shingle ^ (shingle >> np.uint64(29))) * MIX >> np.uint64(20)) & mask


@numba.njit(cache=True, nogil=True, inline="always")
def _entry(table: Words, shingle: np.uint64) -> np.int64:
    """The entry of a shingle, or the empty one where it belongs. An entry is a shingle and its uses, side by side."""
    mask = np.int64(table.size // 2 - 1)
    place = _first(shingle, mask)
    while table[2 * place + 1] != 0 and table[2 * place] != shingle:
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
    table: Words,
    size: int,
) -> tuple[Words, int]:
    for shingle in shingles:
        if not passes(sets, shift, slice_bits, number, least, shingle):
            continue
        place = _entry(table, shingle)
        if table[2 * place + 1] == 0:
            if 4 * size >= table.size:
                table = _grown(table)
                place = _entry(table, shingle)
            table[2 * place] = shingle
            size += 1
        table[2 * place + 1] += np.uint64(1)
    return table, size


@numba.njit(cache=True, nogil=True)
def _grown(table: Words) -> Words:
    """The same entries in a table twice as large."""
    grown = np.zeros(2 * table.size, np.uint64)
    for old in range(table.size // 2):
        if table[2 * old + 1] != 0:
            place = _entry(grown, table[2 * old])
            grown[2 * place], grown[2 * place + 1] = table[2 * old], table[2 * old + 1]
    return grown


@numba.njit(cache=True, nogil=True)
def numbered(names: Words) -> Accounts:
    """A table of the numbers of shingles, -1 where it is empty."""
    room = 16
    while room < 4 * names.size:
        room *= 2
    table = np.full(room, -1, np.int32)
    for number in range(names.size):
        place = _first(names[number], np.int64(room - 1))
        while table[place] >= 0:
            place = (place + 1) & (room - 1)
        table[place] = number
    return table


@numba.njit(cache=True, nogil=True, inline="always")
def find_name(table: Accounts, names: Words, shingle: np.uint64) -> np.int64:
    """The number of a shingle in the table of :func:`numbered`, -1 where it is none of the names."""
    mask = np.int64(table.size - 1)
    place = _first(shingle, mask)
    while table[place] >= 0 and names[table[place]] != shingle:
        place = (place + 1) & mask
    return np.int64(table[place])


@numba.njit(cache=True, nogil=True)
def _place_each(
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
            number = find_name(table, names, shingles[i])
            if number >= 0:
                accounts[following[number]], said[following[number]] = whose[text], conversations[text]
                following[number] += 1


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
