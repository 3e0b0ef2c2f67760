"""Levels: what hostile accounts can move, and by how much at most."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iolaus.content.levels import level, trimmed

VALUES = st.lists(st.floats(0, 1, width=32), min_size=1, max_size=60)
SLACK = 2e-6
"""Levels are rounded to six places."""


@settings(max_examples=300, deadline=None)
@given(VALUES, st.lists(st.floats(-1, 2, width=32), max_size=20), st.floats(0, 0.45))
def test_honest_level_lies_in_the_range_whatever_the_stated_share_sends(
    honest: list[float], hostile: list[float], share: float
) -> None:
    few = hostile[: int(share * len(honest))]
    whole = np.array([*honest, *few])
    assert len(few) <= share * len(whole) or not few
    found = level(whole, share)
    clean = trimmed(np.array(honest), share)
    assert found.low - SLACK <= clean <= found.high + SLACK, f"{clean} is outside {found.low} to {found.high}"
    assert found.low - SLACK <= found.trimmed <= found.high + SLACK


def test_more_than_the_stated_share_breaks_the_promise() -> None:
    honest, hostile = np.full(80, 0.1), np.ones(20)
    found = level(np.concatenate([honest, hostile]), 0.05)
    assert not found.low <= trimmed(honest, 0.05) <= found.high


def test_ends_are_cut_and_the_error_is_that_of_the_rest() -> None:
    values = np.concatenate([np.full(90, 0.2), np.ones(5), np.zeros(5)])
    found = level(values, 0.05)
    assert found.trimmed == pytest.approx(0.2)
    assert found.mean == pytest.approx(0.23)
    assert found.error == 0
    wide = np.random.default_rng(1).normal(0, 1, 4_000)
    assert level(wide, 0.0).error == pytest.approx(wide.std() / np.sqrt(4_000), rel=0.01)
    assert level(wide, 0.0, 1_000).error == pytest.approx(2 * level(wide, 0.0).error, rel=0.01)


def test_one_value_is_its_own_level_and_none_is_an_error() -> None:
    found = level(np.array([0.4]), 0.45)
    assert (found.mean, found.trimmed, found.low, found.high, found.error) == (0.4, 0.4, 0.4, 0.4, 0.0)
    with pytest.raises(ValueError, match="needs one value"):
        level(np.zeros(0), 0.1)
