"""Uses of shingles: of what each part of the sketch holds, what k accounts share.

Shingles are worked through a bin of their hashes at a time (:mod:`iolaus.sketch.bins`), and so many bins are loaded at
once as keep what is held within bounds. Each use is read once, however large the input.

Files: ``uses.parquet`` (shingle, account, conversation; one row a conversation), ``users.parquet`` (shingle, account,
and in how many conversations the account used it).
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from iolaus.sketch.bins import BINS, Binned, read_binned
from iolaus.sketch.groups import BIN_BITS, Accounts, Numbers, by_account, shared_uses
from iolaus.sketch.popular import Words, least_bits
from iolaus.sketch.settings import SketchSettings
from iolaus.workspace import renamed_into

USES = pa.schema([("shingle", pa.int64()), ("account", pa.int32()), ("conversation", pa.int64())])
USERS = pa.schema([("shingle", pa.int64()), ("account", pa.int32()), ("used", pa.int64())])

FULL = 2
"""Uses a cell of the filter beyond which it gets more cells."""

AT_ONCE = 1 << 23
"""Uses that a thread loads at once; those of one bin may be more."""


@dataclass(frozen=True)
class _Loaded:
    """Uses of some bins of every part. starts: int64[parts, bins + 1], where each bin of each part begins and ends."""

    starts: Numbers
    shingles: Words
    accounts: Accounts
    conversations: Numbers


def read_parts(place: Path, parts: int) -> list[Binned]:
    """The shingles of every part of the sketch in the folder ``place``, mapped."""
    return [read_binned(place / "shingles", number) for number in range(parts)]


def keep_shared(place: Path, held: Sequence[Binned], settings: SketchSettings) -> None:
    """Write ``uses.parquet`` and ``users.parquet``: of shingles that at least k accounts share.

    held: the shingles of every part. place: folder of the sketch.
    """
    uses = sum(len(part.shingles) for part in held)
    bits = cells_of(uses, settings.filter_bits)
    # At least two runs, so that two cores work on them.
    width = BINS // min(max(1 << max(-(-uses // AT_ONCE) - 1, 0).bit_length(), 2), BINS)
    with (
        _table(place / "uses.parquet", USES) as out,
        _table(place / "users.parquet", USERS) as users,
        ThreadPoolExecutor(min(BINS // width, os.cpu_count() or 1)) as pool,
    ):
        lock = Lock()

        def finish(first: int) -> None:
            found = _shared(_loaded(held, first, width), first, bits, settings.k)
            with lock:
                out.write_table(found[0])
                users.write_table(found[1])

        list(pool.map(finish, range(0, BINS, width)))


@contextlib.contextmanager
def _table(path: Path, schema: pa.Schema) -> Iterator[pq.ParquetWriter]:
    """A table that is written bit by bit, and is there whole or not at all. Rows of one shingle stand together."""
    with (
        renamed_into(path) as partial,
        pq.ParquetWriter(partial, schema, compression="lz4", use_dictionary=["shingle", "used"]) as out,
    ):
        yield out


def cells_of(uses: int, bits: int) -> int:
    """log2 of the cells of the filter for so many uses: ``bits``, and more where these would crowd it."""
    return bits + (max(-(-uses // (FULL << bits)), 1) - 1).bit_length()


def _loaded(held: Sequence[Binned], first: int, width: int) -> _Loaded:
    """The uses of ``width`` bins from the bin ``first`` on."""
    starts = np.zeros((len(held), width + 1), np.int64)
    size = sum(int(part.bounds[first + width] - part.bounds[first]) for part in held)
    shingles, accounts, said, before = np.empty(size, np.uint64), np.empty(size, np.int32), np.empty(size, np.int64), 0
    for number, part in enumerate(held):
        low, high = part.bounds[first], part.bounds[first + width]
        texts, own = part.texts[low:high], slice(before, before + int(high - low))
        shingles[own] = part.shingles[low:high]
        # Every text is there; a mode that raises would make a copy first.
        np.take(part.accounts, texts, out=accounts[own], mode="clip")
        np.take(part.conversations, texts, out=said[own], mode="clip")
        starts[number] = part.bounds[first : first + width + 1] - low + before
        before = own.stop
    return _Loaded(starts, shingles, accounts, said)


def _shared(loaded: _Loaded, first: int, bits: int, k: int) -> tuple[pa.Table, pa.Table]:
    """Distinct uses of shingles that k accounts share, and their users. bits: log2 of the whole filter's cells."""
    names, kept, accounts, said = shared_uses(
        loaded.starts,
        loaded.shingles,
        loaded.accounts,
        loaded.conversations,
        first,
        bits - BIN_BITS,
        least_bits(k),
        k,
    )
    pairs, whose, used = by_account(kept, accounts)
    shingles = names.view(np.int64)
    uses, users = (np.repeat(shingles, kept), accounts, said), (np.repeat(shingles, pairs), whose, used)
    return (
        pa.table([pa.array(column) for column in uses], schema=USES),
        pa.table([pa.array(column) for column in users], schema=USERS),
    )
