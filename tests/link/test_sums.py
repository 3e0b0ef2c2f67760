"""Sums by group are those of adding row after row, to the last bit."""

from __future__ import annotations

import numpy as np

from iolaus.link.sums import sums_by


def test_rows_are_added_in_their_order() -> None:
    chance = np.random.default_rng(5)
    group, vectors = chance.integers(0, 7, 500), chance.normal(size=(500, 3)) * 10.0 ** chance.integers(-9, 9, (500, 1))
    wanted = np.zeros((9, 3))
    for row, vector in zip(group, vectors, strict=True):
        wanted[row] += vector
    assert np.array_equal(sums_by(group, vectors, 9), wanted)
    backwards = sums_by(group[::-1], vectors[::-1], 9)
    assert np.allclose(backwards, wanted) and not np.array_equal(backwards, wanted)
