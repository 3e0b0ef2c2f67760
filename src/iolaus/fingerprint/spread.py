"""Spread of content: how far apart the things are that one account asks about."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from iolaus.workspace import Workspace


def topic_spread(work: Workspace, accounts: int) -> npt.NDArray[np.float64]:
    """float64[accounts]: mean cosine distance between two openings of an account; NaN below two of them.

    From the sum S of n unit vectors alone: the mean cosine of distinct pairs is (|S|^2 - n) / (n (n - 1)).
    Sums are of integers, so that no order of rows changes them.
    """
    place = work.folder("sketch")
    sums: npt.NDArray[np.int64] | None = None
    squares = np.zeros(accounts, np.int64)
    counts = np.zeros(accounts, np.int64)
    for path in sorted((place / "marks").glob("part-*.parquet")):
        marks = pq.read_table(path, columns=["account", "counted", "turn", "readable"])
        opening = marks["counted"].to_numpy() & marks["readable"].to_numpy() & (marks["turn"].to_numpy() == 0)
        topics = np.load(place / "topics" / f"{path.stem}.npy", mmap_mode="r")
        if sums is None:
            sums = np.zeros((accounts, topics.shape[1]), np.int64)
        account = marks["account"].to_numpy()[opening]
        vectors = np.asarray(topics)[opening].astype(np.int64)
        order = np.argsort(account, kind="stable")
        starts = np.flatnonzero(np.diff(account[order], prepend=-1))
        if len(starts):
            sums[account[order][starts]] += np.add.reduceat(vectors[order], starts)
            np.add.at(squares, account, (vectors**2).sum(1))
            np.add.at(counts, account, 1)
    if sums is None:
        return np.full(accounts, np.nan)
    pairs = np.maximum(counts * (counts - 1), 1)
    unit = np.maximum(squares / np.maximum(counts, 1), 1)
    cosine = ((sums**2).sum(1) - squares) / (pairs * unit)
    return np.where(counts > 1, 1 - cosine, np.nan)
