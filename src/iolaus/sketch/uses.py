"""Uses of shingles: written with each part of the sketch, and of these what k accounts share.

Shingles are worked through in slices of the space of their hashes, as many as keep a slice's table sparse: what the
table forgets then does not grow with the input, nor does what must be held at once. Each use is read once a slice.

Files: ``shingles/part-N.arrow`` (one row a counted exchange: account, conversation, its shingles), removed afterwards,
and ``uses.parquet`` (shingle, account, conversation; one row a conversation).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from iolaus.sketch.popular import SharedFilter
from iolaus.sketch.settings import SketchSettings
from iolaus.workspace import renamed_into

USES = pa.schema([("shingle", pa.int64()), ("account", pa.int32()), ("conversation", pa.int64())])

FULL = 2
"""Uses a cell of the table beyond which shingles are worked through in more slices."""

AT_ONCE = 1 << 23
"""Uses, about, that are sorted at once."""

Numbers = npt.NDArray[np.int64]
Accounts = npt.NDArray[np.int32]


class Held(NamedTuple):
    """Shingles of n exchanges. offsets: int64[n + 1] into ``shingles``; accounts: int32[n]; conversations: int64[n]."""

    offsets: Numbers
    shingles: Numbers
    accounts: Accounts
    conversations: Numbers


def write_held(held: Held, counted: npt.NDArray[np.bool_], path: Path) -> None:
    """Write the shingles of the exchanges that count (bool[n]); nothing is compressed, so that it can be mapped."""
    lengths = np.diff(held.offsets)
    kept = held.shingles if counted.all() else held.shingles[np.repeat(counted, lengths)]
    offsets = np.append(0, np.cumsum(lengths[counted]))
    table = pa.table(
        {
            "account": held.accounts[counted],
            "conversation": held.conversations[counted],
            "shingles": pa.LargeListArray.from_arrays(pa.array(offsets, pa.int64()), pa.array(kept)),
        }
    ).combine_chunks()
    with renamed_into(path) as partial, pa.OSFile(str(partial), "wb") as sink:
        with pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table)


def read_held(path: Path) -> Held:
    """What :func:`write_held` wrote, mapped into memory and not copied."""
    table = pa.ipc.open_file(pa.memory_map(str(path))).read_all().combine_chunks()
    if not len(table):
        return Held(np.zeros(1, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0, np.int64))
    lists = table["shingles"].chunk(0)
    return Held(
        lists.offsets.to_numpy(),
        lists.values.to_numpy(),
        table["account"].chunk(0).to_numpy(),
        table["conversation"].chunk(0).to_numpy(),
    )


def keep_shared(place: Path, parts: int, settings: SketchSettings) -> None:
    """Write ``uses.parquet``: uses of shingles that at least k accounts share, one row a conversation."""
    held = [read_held(place / "shingles" / f"part-{number:05}.arrow") for number in range(parts)]
    slices = slices_of(sum(len(part.shingles) for part in held), settings.filter_bits)
    threads = min(slices, os.cpu_count() or 1)
    with (
        renamed_into(place / "uses.parquet") as path,
        pq.ParquetWriter(path, USES, compression="zstd", compression_level=1, use_dictionary=False) as out,
        ThreadPoolExecutor(threads) as pool,
    ):
        lock = Lock()
        for written in pool.map(lambda number: _write_slice(held, slices, number, settings, out, lock), range(slices)):
            del written


def slices_of(uses: int, bits: int) -> int:
    """In how many slices so many uses are worked through: a power of two, 1 where the table takes all of them."""
    cells = FULL << bits
    return 1 << (max(-(-uses // cells), 1) - 1).bit_length()


def _write_slice(
    held: Sequence[Held], slices: int, number: int, settings: SketchSettings, out: pq.ParquetWriter, lock: Lock
) -> None:
    """Write the uses of one slice's shingles that k accounts share; what is sorted at once is bounded."""
    shared = SharedFilter(settings.filter_bits, settings.k, slices, number)
    for part in held:
        shared.add(part.offsets, part.shingles, part.accounts)
    likely = sum(shared.count(part.shingles) for part in held)
    pieces = 1 << (max(-(-likely // AT_ONCE), 1) - 1).bit_length()
    for piece in range(pieces):
        found = _shared(held, shared, pieces, piece, settings.k)
        with lock:
            out.write_table(found)


def _shared(held: Sequence[Held], likely: SharedFilter, pieces: int, piece: int, k: int) -> pa.Table:
    """Uses of shingles of one piece that k accounts share: sorted by shingle and conversation, distinct."""
    columns: tuple[list[Numbers], list[Accounts], list[Numbers]] = [], [], []
    for part in held:
        places, texts = likely.likely(part.offsets, part.shingles, pieces, piece)
        for column, values in zip(
            columns, (part.shingles[places], part.accounts[texts], part.conversations[texts]), strict=True
        ):
            column.append(values)
    shingles = np.concatenate([np.zeros(0, np.int64), *columns[0]])
    order = np.argsort(shingles)
    shingles = shingles[order]
    accounts = np.concatenate([np.zeros(0, np.int32), *columns[1]])[order]
    said = np.concatenate([np.zeros(0, np.int64), *columns[2]])[order]
    kept = _distinct(shingles, accounts, said, k, int(accounts.max(initial=0)) + 1)
    return pa.table([pa.array(column[:kept]) for column in (shingles, accounts, said)], schema=USES)


@numba.njit(cache=True, nogil=True)
def _distinct(shingles: Numbers, accounts: Accounts, said: Numbers, k: int, most: int) -> int:
    """Moves the distinct uses of shingles of k accounts to the front, in place; returns how many there are.

    shingles: ascending. A conversation is of one account.
    """
    last = np.full(most, -1, np.int64)
    kept, first = 0, 0
    while first < shingles.size:
        end, users = first, 0
        while end < shingles.size and shingles[end] == shingles[first]:
            users += last[accounts[end]] != first
            last[accounts[end]] = first
            end += 1
        if users >= k:
            own, whose = said[first:end].copy(), accounts[first:end].copy()
            order = np.argsort(own)
            for place in range(order.size):
                if place and own[order[place]] == own[order[place - 1]]:
                    continue
                shingles[kept] = shingles[first]
                accounts[kept], said[kept] = whose[order[place]], own[order[place]]
                kept += 1
        first = end
    return kept
