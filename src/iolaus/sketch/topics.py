"""Topics of exchanges in files that are mapped: of all rows of a part, or of those that somebody asks for.

``topics/part-N.npy``: int8[t, WIDTH], a direction and names (:mod:`iolaus.sketch.topic`). Where they are not of all
rows of the part ``topics/rows-N.arrow`` says of each its ``seq``, account, and whether it opens a conversation with
turn 0, counts and can be read.
"""

from __future__ import annotations

import itertools
import mmap
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from iolaus.sketch.topic import DIMENSIONS, NAMES, WIDTH
from iolaus.workspace import renamed_into

Numbers = npt.NDArray[np.int64]
Vectors = npt.NDArray[np.int8]
Names = npt.NDArray[np.uint32]


class Topics:
    """Topic vectors of exchanges by ``seq``, read from the sketch's files as they are needed."""

    def __init__(self, place: Path) -> None:
        paths = sorted(place.glob("part-*.npy"))
        self._parts = [np.load(path, mmap_mode="r") for path in paths]
        self._rows = [opening_rows(path) for path in paths]
        self._ends = np.cumsum([len(part) for part in self._parts])
        if any(rows is not None for rows in self._rows):
            known = np.array([-1 if rows is None or not len(rows) else rows["seq"][-1].as_py() for rows in self._rows])
            # A part of which nothing is kept ends where the one before it ends.
            self._ends = np.maximum.accumulate(known) + 1

    def __getitem__(self, seq: Numbers) -> Vectors:
        """int8[len(seq), DIMENSIONS], directions."""
        return self.with_names(seq)[0]

    def with_names(self, seq: Numbers) -> tuple[Vectors, Names]:
        """int8[len(seq), DIMENSIONS], directions; uint32[len(seq), NAMES], hashes of rare words, 0 where there are
        fewer.
        """
        found = self._bytes(seq)
        names = np.ascontiguousarray(found[:, DIMENSIONS:]).view("<u4").reshape(len(seq), NAMES)
        return np.ascontiguousarray(found[:, :DIMENSIONS]), names

    def _bytes(self, seq: Numbers) -> Vectors:
        found = np.zeros((len(seq), WIDTH), np.int8)
        order = np.argsort(seq, kind="stable")
        bounds = np.searchsorted(seq[order], self._ends)
        for number, (low, high) in enumerate(itertools.pairwise([0, *bounds.tolist()])):
            if low < high:
                rows = order[low:high]
                found[rows] = self._parts[number][self._places(number, seq[rows])]
                _let_go(self._parts[number])
        return found

    def _places(self, number: int, seq: Numbers) -> Numbers:
        """Where the topics of rows stand in their part."""
        rows = self._rows[number]
        if rows is None:
            first: int = self._ends[number] - len(self._parts[number])
            return seq - first
        found: Numbers = np.searchsorted(rows["seq"].to_numpy(), seq)
        return found


def _let_go(part: Vectors) -> None:
    """Count the pages of a mapped part as nobody's again: what was read once would stay ours to the end of the scan."""
    pages: object = part.base
    if isinstance(pages, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        pages.madvise(mmap.MADV_DONTNEED)


def write_topics(
    vectors: Vectors,
    seq: Numbers,
    account: npt.NDArray[np.int32],
    opening: npt.NDArray[np.bool_],
    place: Path,
    number: int,
) -> None:
    """Write topics of some rows of a part. seq: ascending."""
    rows = pa.table({"seq": seq, "account": account, "opening": opening})
    with (
        renamed_into(place / f"rows-{number:05}.arrow") as partial,
        pa.OSFile(str(partial), "wb") as sink,
        pa.ipc.new_file(sink, rows.schema) as writer,
    ):
        writer.write_table(rows)
    with renamed_into(place / f"part-{number:05}.npy") as partial, partial.open("wb") as file:
        np.save(file, vectors)


def opening_rows(topics: Path) -> pa.Table | None:
    """seq, account, opening of the rows of a file of topics; None where it holds those of all rows of its part."""
    path = topics.with_name(topics.name.replace("part-", "rows-")).with_suffix(".arrow")
    if not path.exists():
        return None
    return pa.ipc.open_file(pa.memory_map(str(path))).read_all().combine_chunks()
