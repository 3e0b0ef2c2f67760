"""Uses of shingles, dealt into bins by hash, so that all uses of one shingle lie in one bin of every part.

What is looked for in a bin needs a table of a bin's size, which stays near the processor, and each use is read once. A
bin is the first ten bits of a mixed shingle, as are the cells of the filter of what is shared.

Files: ``shingles/texts-N.arrow`` (one row a counted exchange: account, conversation, how many shingles) and
``shingles/bins-N.arrow`` (one row a bin: its shingles, and of which of those exchanges each is).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numba
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from iolaus.sketch.groups import BIN_BITS, Accounts, Held, Numbers
from iolaus.sketch.popular import MIX, Words
from iolaus.workspace import renamed_into

BINS = 1 << BIN_BITS


@dataclass(frozen=True)
class Binned:
    """Uses of n exchanges. accounts: int32[n], conversations: int64[n], lengths: int32[n], of each one.

    bounds: int64[BINS + 1], where the uses of each bin begin and end. shingles: uint64[u]. texts: int32[u], of which
    exchange each use is, ascending within a bin.
    """

    accounts: Accounts
    conversations: Numbers
    lengths: Accounts
    bounds: Numbers
    shingles: Words
    texts: Accounts


def binned(held: Held, counted: npt.NDArray[np.bool_]) -> Binned:
    """The shingles of those exchanges that count (bool[n]), in bins."""
    lengths = np.diff(held.offsets)[counted]
    bounds = np.zeros(BINS + 1, np.int64)
    shingles, texts = np.zeros(int(lengths.sum()), np.uint64), np.zeros(int(lengths.sum()), np.int32)
    _deal(held.offsets, held.shingles.view(np.uint64), counted, bounds, shingles, texts)
    return Binned(
        held.accounts[counted], held.conversations[counted], lengths.astype(np.int32), bounds, shingles, texts
    )


def write_binned(held: Held, counted: npt.NDArray[np.bool_], place: Path, number: int) -> None:
    """Write the shingles of one part into the folder ``place``; nothing is compressed, so that it can be mapped."""
    found = binned(held, counted)
    bounds = pa.array(found.bounds)
    lists = {"shingles": found.shingles.view(np.int64), "texts": found.texts}
    uses = {name: pa.LargeListArray.from_arrays(bounds, pa.array(values)) for name, values in lists.items()}
    texts = {name: getattr(found, name) for name in ("accounts", "conversations", "lengths")}
    _write(pa.table(uses), place / f"bins-{number:05}.arrow")
    _write(pa.table(texts), place / f"texts-{number:05}.arrow")


def read_binned(place: Path, number: int) -> Binned:
    """What :func:`write_binned` wrote of a part, mapped into memory and not copied."""
    texts, uses = _mapped(place / f"texts-{number:05}.arrow"), _mapped(place / f"bins-{number:05}.arrow")
    shingles, owners = (uses[name].chunk(0) for name in ("shingles", "texts"))
    accounts, conversations, lengths = (
        texts[name].combine_chunks().to_numpy() for name in ("accounts", "conversations", "lengths")
    )
    return Binned(
        accounts,
        conversations,
        lengths,
        shingles.offsets.to_numpy(),
        shingles.values.to_numpy().view(np.uint64),
        owners.values.to_numpy(),
    )


def _write(table: pa.Table, path: Path) -> None:
    with (
        renamed_into(path) as partial,
        pa.OSFile(str(partial), "wb") as sink,
        pa.ipc.new_file(sink, table.schema) as writer,
    ):
        writer.write_table(table)


def _mapped(path: Path) -> pa.Table:
    return pa.ipc.open_file(pa.memory_map(str(path))).read_all()


@numba.njit(cache=True, nogil=True)
def _deal(
    offsets: Numbers,
    shingles: Words,
    counted: npt.NDArray[np.bool_],
    bounds: Numbers,
    dealt: Words,
    texts: Accounts,
) -> None:
    """Sets ``bounds``, and puts each use and the rank of its exchange among those that count into its bin."""
    shift = np.uint64(64 - BIN_BITS)
    for text in range(counted.size):
        if counted[text]:
            for use in range(offsets[text], offsets[text + 1]):
                bounds[np.int64((shingles[use] * MIX) >> shift) + 1] += 1
    for place in range(1, bounds.size):
        bounds[place] += bounds[place - 1]
    following, rank = bounds[:-1].copy(), np.int32(0)
    for text in range(counted.size):
        if counted[text]:
            for use in range(offsets[text], offsets[text + 1]):
                own = np.int64((shingles[use] * MIX) >> shift)
                dealt[following[own]], texts[following[own]] = shingles[use], rank
                following[own] += 1
            rank += np.int32(1)
