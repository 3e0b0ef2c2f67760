"""Uses of shingles: written with each part of the sketch, and of these what k accounts share.

Shingles are worked through in slices of the space of their hashes, as many as keep a slice's table sparse: what the
table forgets then does not grow with the input, nor does what must be held at once. Each use is read once a slice.

Files: ``shingles/part-N.arrow`` (one row a counted exchange: account, conversation, its shingles), removed afterwards,
and ``uses.parquet`` (shingle, account, conversation; one row a conversation).
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from iolaus.sketch.groups import Counts, Held, Numbers, distinct, gathered
from iolaus.sketch.popular import SharedFilter, Words
from iolaus.sketch.settings import SketchSettings
from iolaus.workspace import renamed_into

USES = pa.schema([("shingle", pa.int64()), ("account", pa.int32()), ("conversation", pa.int64())])

FULL = 2
"""Uses a cell of the table beyond which shingles are worked through in more slices."""

AT_ONCE = 1 << 24
"""Uses that are gathered at once; those of one shingle may be more."""


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
    with (
        renamed_into(path) as partial,
        pa.OSFile(str(partial), "wb") as sink,
        pa.ipc.new_file(sink, table.schema) as writer,
    ):
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
    slices, bits = slices_of(sum(len(part.shingles) for part in held), settings.filter_bits), settings.filter_bits
    if slices == 1:
        # Two halves of one table, cell for cell, so that two cores work on it.
        slices, bits = 2, bits - 1
    threads = min(slices, os.cpu_count() or 1)
    with (
        renamed_into(place / "uses.parquet") as path,
        pq.ParquetWriter(path, USES, compression="zstd", compression_level=1, use_dictionary=False) as out,
        ThreadPoolExecutor(threads) as pool,
    ):
        lock = Lock()
        list(pool.map(lambda number: _write_slice(held, slices, number, bits, settings.k, out, lock), range(slices)))


def slices_of(uses: int, bits: int) -> int:
    """In how many slices so many uses are worked through: a power of two, 1 where the table takes all of them."""
    cells = FULL << bits
    return 1 << (max(-(-uses // cells), 1) - 1).bit_length()


def _write_slice(
    held: Sequence[Held], slices: int, number: int, bits: int, k: int, out: pq.ParquetWriter, lock: Lock
) -> None:
    """Write the uses of one slice's shingles that k accounts share; what is sorted at once is bounded."""
    shared = SharedFilter(bits, k, slices, number)
    for part in held:
        shared.add(part.offsets, part.shingles, part.accounts)
    counted = Counts(shared)
    for part in held:
        counted.add(part)
    names, counts = counted.at_least(k)
    del shared, counted
    for run in _at_once(counts):
        found = _shared(held, names[run], counts[run], k)
        with lock:
            out.write_table(found)


def _at_once(counts: Numbers) -> Iterator[slice]:
    """Runs of shingles of about :data:`AT_ONCE` uses, or of one that alone has more."""
    run = np.cumsum(counts) // AT_ONCE
    ends = np.append(np.flatnonzero(np.diff(run)) + 1, len(counts))
    for first, end in itertools.pairwise(np.append(0, ends).tolist()):
        if first < end:
            yield slice(first, end)


def _shared(held: Sequence[Held], names: Words, counts: Numbers, k: int) -> pa.Table:
    """The distinct uses of these shingles, as far as k accounts share them. counts: int64[g], uses of each."""
    bounds, accounts, said = gathered(held, names, counts)
    kept = np.zeros(len(names), np.int64)
    size = distinct(bounds, accounts, said, k, kept)
    shingles = np.repeat(names.view(np.int64), kept)
    return pa.table([pa.array(column) for column in (shingles, accounts[:size], said[:size])], schema=USES)
