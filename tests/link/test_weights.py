"""Weights are capped, rounded and never a number that is none."""

from __future__ import annotations

import math

import pytest

from iolaus.link.weights import piece, poisson_surplus


@pytest.mark.parametrize(
    ("weight", "expected"),
    [(9.0, 2.0), (-9.0, -2.0), (0.1234567, 0.123457), (math.nan, 0.0), (math.inf, 2.0), (-math.inf, -2.0)],
)
def test_pieces_are_capped_and_rounded(weight: float, expected: float) -> None:
    found = piece("k", "time", "control", weight, 2.0, "Said.", seen=1 / 3)
    assert found.log10_bf == expected
    assert found.numbers == {"seen": 0.333333}
    assert math.copysign(1, piece("k", "time", "control", -0.0, 2.0, "Said.").log10_bf) == 1


def test_surplus_needs_more_than_expected() -> None:
    assert poisson_surplus(3, 5) == 0
    assert poisson_surplus(5, 5) == 0
    assert 0 < poisson_surplus(8, 5) < poisson_surplus(20, 5)


def test_a_small_background_proves_no_tiny_rate() -> None:
    assert poisson_surplus(2, 0.0) == poisson_surplus(2, 0.1)


def test_surplus_is_the_ratio_of_poisson_likelihoods() -> None:
    def log(count: int, rate: float) -> float:
        return count * math.log10(rate) - rate / math.log(10)

    assert poisson_surplus(12, 4.0) == pytest.approx(log(12, 12.0) - log(12, 4.0))
