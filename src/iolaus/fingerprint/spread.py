"""Spread of content: how far apart the things are that one account asks about."""

from __future__ import annotations

from pathlib import Path

import numba
import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from iolaus.sketch.topic import DIMENSIONS
from iolaus.sketch.topics import opening_rows
from iolaus.workspace import Workspace

Numbers = npt.NDArray[np.int64]


def topic_spread(work: Workspace, accounts: int) -> npt.NDArray[np.float64]:
    """float64[accounts]: mean cosine distance between two openings of an account; NaN below two of them.

    From the sum S of n unit vectors alone: the mean cosine of distinct pairs is (|S|^2 - n) / (n (n - 1)).
    Sums are of integers, so that no order of rows changes them.
    """
    place = work.folder("sketch")
    sums = np.zeros((accounts, DIMENSIONS), np.int64)
    squares, counts = np.zeros((2, accounts), np.int64)
    for path in sorted((place / "topics").glob("part-*.npy")):
        account, opening = _openings(path, place / "marks" / f"{path.stem}.parquet")
        _add(np.asarray(np.load(path, mmap_mode="r")), account, opening, sums, squares, counts)
    pairs = np.maximum(counts * (counts - 1), 1)
    unit = np.maximum(squares / np.maximum(counts, 1), 1)
    cosine = ((sums**2).sum(1) - squares) / (pairs * unit)
    return np.where(counts > 1, 1 - cosine, np.nan)


def _openings(topics: Path, marks: Path) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.bool_]]:
    """Account of each row of a file of topics, and whether it opens a conversation and can be read."""
    rows = opening_rows(topics)
    if rows is not None:
        return rows["account"].to_numpy(), rows["opening"].to_numpy(zero_copy_only=False)
    read = pq.read_table(marks, columns=["account", "counted", "turn", "readable"])
    opening = read["counted"].to_numpy() & read["readable"].to_numpy() & (read["turn"].to_numpy() == 0)
    return read["account"].to_numpy(), opening


@numba.njit(cache=True, nogil=True)
def _add(
    topics: npt.NDArray[np.int8],
    account: npt.NDArray[np.int32],
    opening: npt.NDArray[np.bool_],
    sums: Numbers,
    squares: Numbers,
    counts: Numbers,
) -> None:
    """Adds the rows of one part that open a conversation to the sums of their accounts."""
    for row in range(len(account)):
        if not opening[row]:
            continue
        whose = account[row]
        counts[whose] += 1
        for place in range(DIMENSIONS):
            value = np.int64(topics[row, place])
            sums[whose, place] += value
            squares[whose] += value * value
