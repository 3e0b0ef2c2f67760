"""How the mix moved from one baseline to another: which cells, which numbers, and by how much.

A number moved where the difference is beyond what chance gives (``BEYOND`` standard errors of both). Whether hostile
accounts within the stated share could have moved it so far is said beside: they could where the ranges meet.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from iolaus.content.baseline import Baseline, Cell, Place
from iolaus.content.levels import Level

BEYOND = 3.0
"""Standard errors from which a difference is no chance: one false alarm in 370 numbers."""


@dataclass(frozen=True)
class Movement:
    """One number of one cell. ``within``: whether the stated share of hostile accounts could explain it."""

    place: Place
    what: str
    before: float
    after: float
    moved: bool
    within: bool


def movements(before: Baseline, after: Baseline) -> list[Movement]:
    """Every number of every cell that stands in both, the largest difference first."""
    found = [
        movement
        for place, cell in before.by_place.items()
        if (other := after.by_place.get(place)) is not None
        for movement in _of_cell(place, cell, other, before, after)
    ]
    return sorted(found, key=lambda m: (-abs(m.after - m.before), m.place, m.what))


def come_and_gone(before: Baseline, after: Baseline) -> tuple[list[Place], list[Place]]:
    """Cells that only the later one keeps, and cells that only the earlier one keeps."""
    mine, other = set(before.by_place), set(after.by_place)
    return sorted(other - mine), sorted(mine - other)


def share_moved(before: Baseline, after: Baseline) -> float:
    """Share of the accounts that stand in another narrowest cell: half the sum of differences; 0 to 1."""
    mine, other = _shares(before), _shares(after)
    return sum(abs(mine.get(place, 0.0) - other.get(place, 0.0)) for place in sorted(mine | other)) / 2


def _shares(baseline: Baseline) -> dict[Place, float]:
    """Share of the accounts of each cell of all three parts; those of none of them as ``()``."""
    whole = baseline.by_place[()].accounts
    found: dict[Place, float] = {
        place: cell.accounts / whole for place, cell in baseline.by_place.items() if len(place) == 3
    }
    return {**found, (): 1 - sum(found.values())}


def _of_cell(place: Place, cell: Cell, other: Cell, before: Baseline, after: Baseline) -> Iterator[Movement]:
    whole, others = before.by_place[()].accounts, after.by_place[()].accounts
    if place:
        yield _share(place, cell.accounts, whole, other.accounts, others)
    for kind, mine, theirs in (
        ("intent", cell.intents, other.intents),
        ("capability", cell.capability, other.capability),
    ):
        for name in mine:
            if name in theirs:
                yield _movement(place, f"{kind} {name.replace('_', ' ')}", mine[name], theirs[name])
    yield _movement(place, "cosine of strangers", cell.cosine, other.cosine)


def _share(place: Place, held: int, whole: int, later: int, others: int) -> Movement:
    before, after = held / whole, later / others
    error = math.sqrt(before * (1 - before) / whole + after * (1 - after) / others)
    return Movement(place, "share of accounts", before, after, abs(after - before) > BEYOND * error, False)


def _movement(place: Place, what: str, one: Level, other: Level) -> Movement:
    error = math.hypot(one.error, other.error)
    moved = abs(other.trimmed - one.trimmed) > BEYOND * error
    within = one.low <= other.high and other.low <= one.high
    return Movement(place, what, one.trimmed, other.trimmed, moved, within)
