"""Items that accounts chose are met by chance or more often; items of a list that was dealt more seldom."""

from __future__ import annotations

import numpy as np
import pytest

from iolaus.link.repeats import Met

MEMBERS, OVERLAP = 80, 0.9


def met(items: np.ndarray) -> Met:
    return Met.of(items, np.arange(len(items)) % MEMBERS, MEMBERS)


@pytest.mark.parametrize("times", [2, 3])
def test_a_list_that_is_dealt_several_times_is_met_more_seldom_than_by_choosing(times: int) -> None:
    found = met(np.random.default_rng(times).permutation(np.repeat(np.arange(1_500), times)))
    assert found.seen < 0.8 * found.chance
    assert found.dealt(OVERLAP) > 10
    assert found.common > 0.95


@pytest.mark.parametrize("seed", range(5))
def test_choosing_evenly_is_chance_and_choosing_by_popularity_is_more(seed: int) -> None:
    draws = np.random.default_rng(seed)
    evenly, popular = draws.integers(0, 1_500, 4_000), draws.zipf(1.5, 4_000) % 5_000
    assert met(evenly).seen == pytest.approx(met(evenly).chance, rel=0.12)
    assert met(evenly).dealt(OVERLAP) < 0.5
    assert met(popular).dealt(OVERLAP) == 0


def test_who_does_everything_chose_nothing_and_was_dealt_nothing() -> None:
    found = met(np.repeat(np.arange(20), MEMBERS))
    assert found.seen == found.chance
    assert found.dealt(OVERLAP) == 0


def test_one_opening_that_everybody_sends_hides_no_list() -> None:
    dealt = np.random.default_rng(1).permutation(np.repeat(np.arange(1_500), 2))
    found = met(np.concatenate([np.full(MEMBERS, 9_999), dealt]))
    assert found.dealt(OVERLAP) > 10


def test_one_account_meets_nobody() -> None:
    alone = Met.of(np.arange(9), np.zeros(9, np.int64), 1)
    assert (alone.seen, alone.chance, alone.common, alone.dealt(OVERLAP)) == (0.0, 0.0, 0.0, 0.0)
