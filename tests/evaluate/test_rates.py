"""Exact intervals against an independent implementation, and at their ends."""

from __future__ import annotations

import pytest
from scipy.stats import binomtest

from iolaus.evaluate.rates import clopper_pearson, rate


@pytest.mark.parametrize(("hits", "of"), [(0, 5), (1, 7), (26, 30), (7, 7), (3, 1000)])
def test_interval_is_the_exact_one(hits: int, of: int) -> None:
    exact = binomtest(hits, of).proportion_ci(0.95, "exact")
    assert clopper_pearson(hits, of) == pytest.approx((exact.low, exact.high), abs=1e-9)


def test_nothing_counted_proves_nothing() -> None:
    found = rate(0, 0)
    assert (found.value, found.low, found.high) == (None, 0.0, 1.0)


@pytest.mark.parametrize(("hits", "of"), [(3, 2), (-1, 2)])
def test_more_hits_than_trials_are_refused(hits: int, of: int) -> None:
    with pytest.raises(ValueError, match="outside 0"):
        rate(hits, of)
