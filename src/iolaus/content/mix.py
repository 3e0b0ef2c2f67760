"""The mix of a sample of requests, one an account, by cells: script, programme and pathway, and what holds these.

A cell of too few entities is not kept, and neither is the smallest beside it where the difference to the wider cell
would tell of the few.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from iolaus.content.baseline import QUANTILES, Cell, Kind, Place
from iolaus.content.levels import level
from iolaus.sketch.content import CAPABILITIES, INTENTS, Content

Rows = npt.NDArray[np.int64]
NEXT = 8
"""Accounts with which each is paired, in an order that only the key knows."""

MOST_HOSTILE = 0.49
"""Largest share that levels can allow for: of one half nobody can say which half is honest."""


@dataclass(frozen=True)
class Sample:
    """n requests of n accounts, in a keyed order. ``entities``: int64[n], whose accounts are one legal entity's;
    ``lengths``: int64[n], characters; ``topics``: int8[n, d]."""

    entities: Rows
    kinds: Sequence[Kind]
    lengths: Rows
    content: Content
    topics: npt.NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.kinds)


def cells(sample: Sample, contamination: float, least: int) -> list[Cell]:
    """Everybody's cell first, then narrower ones by name; none of fewer than ``least`` entities, or of one account."""
    everyone = np.arange(len(sample))
    if not _enough(sample, everyone, least):
        return []
    found = [_cell(sample, (), everyone, contamination)]
    wider: list[tuple[Place, Rows]] = [((), everyone)]
    for _ in range(3):
        wider = [child for place, rows in wider for child in _children(sample, place, rows, least)]
        found += [_cell(sample, place, rows, contamination) for place, rows in wider]
    return found


def _children(sample: Sample, place: Place, rows: Rows, least: int) -> list[tuple[Place, Rows]]:
    """Cells within a cell that may be kept; what is not kept of it is nothing, or enough entities to hide in."""
    part = len(place)
    values = np.array([sample.kinds[row][part] for row in rows])
    children = [((*place, str(value)), rows[values == value]) for value in np.unique(values)]
    children.sort(key=lambda child: (-len(child[1]), child[0]))
    kept = [child for child in children if _enough(sample, child[1], least)]
    while kept and len(kept) < len(children) and not _enough(sample, _hidden(rows, kept), least):
        kept.pop()
    return sorted(kept)


def _hidden(rows: Rows, kept: list[tuple[Place, Rows]]) -> Rows:
    return np.setdiff1d(rows, np.concatenate([own for _, own in kept]))


def _enough(sample: Sample, rows: Rows, least: int) -> bool:
    return len(rows) > 1 and len(np.unique(sample.entities[rows])) >= least


def _cell(sample: Sample, place: Place, rows: Rows, contamination: float) -> Cell:
    intents = sample.content.intents[rows].astype(np.float64)
    capability = sample.content.capability[rows].astype(np.float64)
    return Cell(
        place=list(place),
        accounts=len(rows),
        length=[round(float(value)) for value in np.quantile(sample.lengths[rows], QUANTILES)],
        intents={name: level(intents[:, column], contamination) for column, name in enumerate(INTENTS)},
        capability={name: level(capability[:, column], contamination) for column, name in enumerate(CAPABILITIES)},
        # Each account stands in as many pairs, so that a share of accounts spoils at most twice that share of pairs.
        cosine=level(pair_cosines(sample.topics[rows]), min(2 * contamination, MOST_HOSTILE), len(rows) // 2),
    )


def pair_cosines(topics: npt.NDArray[np.int8]) -> npt.NDArray[np.float64]:
    """float64[n * m]: cosine of each row and the next m ones, the first after the last; m = min(NEXT, n - 1), n >= 2.

    0 with a row of zeros.
    """
    rows = topics.astype(np.float64)
    unit = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    steps = range(1, min(NEXT, len(unit) - 1) + 1)
    return np.concatenate([(unit * np.roll(unit, -step, axis=0)).sum(1) for step in steps])
