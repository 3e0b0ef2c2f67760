"""Uses by shingle, counted before they are gathered, so that only what can be shared is ever put side by side.

Uses of each shingle that the filter lets through are counted. Those with fewer uses than k cannot have k accounts. The
others are few, and their uses are put side by side by a second reading. All of it is done a bin at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from iolaus.sketch.popular import MIX, Words, passes, set_bits

Numbers = npt.NDArray[np.int64]
Accounts = npt.NDArray[np.int32]

BIN_BITS = 10
"""log2 of the bins into which shingles are dealt."""

ROOM = 1 << 12
"""Entries of a table before it grows."""


@dataclass(frozen=True)
class Held:
    """Shingles of n exchanges. offsets: int64[n + 1] into ``shingles``; accounts: int32[n]; conversations: int64[n]."""

    offsets: Numbers
    shingles: Numbers
    accounts: Accounts
    conversations: Numbers


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
    """Count each shingle that the filter lets through; (the table, which may have grown, and its entries)."""
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
def put_by(
    table: Accounts,
    names: Words,
    shingles: Words,
    whose: Accounts,
    conversations: Numbers,
    following: Numbers,
    accounts: Accounts,
    said: Numbers,
) -> None:
    """Put account and conversation of each use at the next free place of its shingle, as far as it is a name."""
    for use in range(shingles.size):
        number = find_name(table, names, shingles[use])
        if number >= 0:
            accounts[following[number]], said[following[number]] = whose[use], conversations[use]
            following[number] += 1


@numba.njit(cache=True, nogil=True, inline="always")
def _mask(size: int) -> np.int64:
    """One less than the entries of a table that so many values fill by half at most."""
    mask = np.int64(15)
    while mask < 2 * size:
        mask = 2 * mask + 1
    return mask


@numba.njit(cache=True, nogil=True)
def distinct(bounds: Numbers, accounts: Accounts, said: Numbers, k: int, kept: Numbers) -> int:
    """Moves the distinct uses of each group of k accounts to the front, in place; returns how many there are.

    bounds: int64[g + 1], where groups begin and end. kept: int64[g], set to how many are left of each. A conversation
    is of one account.
    """
    last = np.full(accounts.max() + 1 if accounts.size else 1, -1, np.int64)
    room = _mask(np.diff(bounds).max() if bounds.size > 1 else 0) + 1
    seen, of = np.zeros(room, np.int64), np.full(room, -1, np.int64)
    held = 0
    for group in range(bounds.size - 1):
        first, end, users = bounds[group], bounds[group + 1], 0
        for place in range(first, end):
            users += last[accounts[place]] != group
            last[accounts[place]] = group
        kept[group] = 0
        if users < k:
            continue
        mask = _mask(end - first)
        for place in range(first, end):
            own = said[place]
            entry = _first(np.uint64(own), mask)
            while of[entry] == group and seen[entry] != own:
                entry = (entry + 1) & mask
            if of[entry] != group:
                of[entry], seen[entry] = group, own
                accounts[held], said[held] = accounts[place], own
                held += 1
                kept[group] += 1
    return held


@numba.njit(cache=True, nogil=True)
def shared_uses(
    starts: Numbers,
    shingles: Words,
    whose: Accounts,
    conversations: Numbers,
    first: int,
    cell_bits: int,
    least: int,
    k: int,
) -> tuple[Words, Numbers, Accounts, Numbers]:
    """(shingles uint64[g], distinct uses of each int64[g], accounts and conversations of these) of those of k accounts.

    starts: int64[parts, bins + 1], where each bin of each part begins and ends; they are the bins from ``first`` on.
    cell_bits: log2 of the filter's cells of a bin. least: bits of a cell that k accounts set.
    """
    sets = np.zeros(1 << cell_bits, np.uint64)
    names, kept, groups = np.zeros(ROOM, np.uint64), np.zeros(ROOM, np.int64), 0
    accounts, said, held = np.zeros(ROOM, np.int32), np.zeros(ROOM, np.int64), 0
    for own in range(starts.shape[1] - 1):
        mine, bounds = _countable(sets, cell_bits, first + own, least, starts[:, own : own + 2], shingles, whose, k)
        found, uses = np.zeros(bounds[-1], np.int32), np.zeros(bounds[-1], np.int64)
        places, following = numbered(mine), bounds[:-1].copy()
        for part in range(starts.shape[0]):
            low, high = starts[part, own], starts[part, own + 1]
            put_by(places, mine, shingles[low:high], whose[low:high], conversations[low:high], following, found, uses)
        counts = np.zeros(mine.size, np.int64)
        many = distinct(bounds, found, uses, k, counts)
        names, kept = _with_room(names, groups + mine.size), _with_room(kept, groups + mine.size)
        accounts, said = _with_room(accounts, held + many), _with_room(said, held + many)
        names[groups : groups + mine.size], kept[groups : groups + mine.size] = mine, counts
        accounts[held : held + many], said[held : held + many] = found[:many], uses[:many]
        groups, held = groups + mine.size, held + many
    return names[:groups], kept[:groups], accounts[:held], said[:held]


@numba.njit(cache=True, nogil=True)
def _countable(
    sets: Words,
    cell_bits: int,
    number: int,
    least: int,
    starts: Numbers,
    shingles: Words,
    whose: Accounts,
    k: int,
) -> tuple[Words, Numbers]:
    """What :func:`_at_least` says of the shingles of a bin that the filter names. sets: its cells, which are set anew.

    starts: int64[parts, 2], where the bin begins and ends in each part.
    """
    cells = np.uint64(63 - cell_bits), np.uint64(BIN_BITS), np.uint64(number)
    sets[:] = 0
    for part in range(starts.shape[0]):
        low, high = starts[part]
        set_bits(sets, cells[0], cells[1], cells[2], shingles[low:high], whose[low:high])
    table, size = np.zeros(2 * ROOM, np.uint64), 0
    for part in range(starts.shape[0]):
        low, high = starts[part]
        table, size = _count(sets, cells[0], cells[1], cells[2], least, shingles[low:high], table, size)
    return _at_least(table, k)


@numba.njit(cache=True, nogil=True)
def by_account(kept: Numbers, accounts: Accounts) -> tuple[Numbers, Accounts, Numbers]:
    """(pairs of each group int64[g], their accounts, uses of each pair int64) of groups of ``kept`` uses each."""
    pairs = np.zeros(kept.size, np.int64)
    whose, used, many, first = np.zeros(accounts.size, np.int32), np.zeros(accounts.size, np.int64), 0, 0
    place = np.full(accounts.max() + 1 if accounts.size else 1, -1, np.int64)
    for group in range(kept.size):
        before = many
        for use in range(first, first + kept[group]):
            own = accounts[use]
            if place[own] < before:
                place[own], whose[many] = many, own
                many += 1
            used[place[own]] += 1
        first += kept[group]
        pairs[group] = many - before
    return pairs, whose[:many].copy(), used[:many].copy()


@numba.njit(cache=True, nogil=True)
def _at_least(table: Words, k: int) -> tuple[Words, Numbers]:
    """(shingles uint64[g] of a table with at least k uses, int64[g + 1], where the uses of each begin and end)."""
    many = 0
    for place in range(table.size // 2):
        many += table[2 * place + 1] >= np.uint64(k)
    names, bounds, many = np.zeros(many, np.uint64), np.zeros(many + 1, np.int64), 0
    for place in range(table.size // 2):
        if table[2 * place + 1] >= np.uint64(k):
            names[many], bounds[many + 1] = table[2 * place], bounds[many] + np.int64(table[2 * place + 1])
            many += 1
    return names, bounds


@numba.njit(cache=True, nogil=True)
def _with_room(values: npt.NDArray[Any], size: int) -> npt.NDArray[Any]:
    """The same values with room for at least ``size``."""
    if size <= values.size:
        return values
    grown = np.zeros(max(size, 2 * values.size), values.dtype)
    grown[: values.size] = values
    return grown
