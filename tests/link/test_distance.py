"""How far one account's mean lies from the mean of a pool."""

from __future__ import annotations

import numpy as np
import pytest

from iolaus.link.distance import fit
from iolaus.link.settings import LinkSettings
from iolaus.link.variance import Spread

from . import factories

SETTINGS = LinkSettings()
TASTES = Spread(SETTINGS.tastes_median, SETTINGS.tastes_deviation, SETTINGS.alike_share, SETTINGS.tastes_alike)


def test_strangers_in_a_queue_stand_out() -> None:
    """A few users of the same words with tastes of their own are told from the accounts of the queue."""
    rng = np.random.default_rng(1)
    member = factories.each(60, 25)
    taste = np.zeros((60, 24))
    taste[:6] = factories.tastes(rng, 6, 0.5, 24)
    found = fit(taste[member] + rng.normal(0, 1, (len(member), 24)), member, np.ones(60, bool), TASTES, SETTINGS)
    assert (found[:6] < -0.5).all(), found[:6]
    assert np.median(found[6:]) > 0
    assert (found[6:] > -0.5).mean() > 0.95


def test_few_observations_say_little() -> None:
    rng = np.random.default_rng(2)
    member = factories.each(60, 2)
    found = fit(rng.normal(0, 1, (120, 24)), member, np.ones(60, bool), TASTES, SETTINGS)
    assert np.abs(found).mean() < 0.3


def test_fit_is_capped_and_zero_where_nothing_is_known() -> None:
    rng = np.random.default_rng(3)
    member = factories.each(10, 30, 2)
    vectors = np.eye(12)[member] * 50 + rng.normal(0, 1, (300, 12))
    found = fit(vectors, member, np.ones(14, bool), TASTES, SETTINGS)
    assert found[[0, 1, 12, 13]].tolist() == [0, 0, 0, 0]
    assert (np.abs(found) <= SETTINGS.fit_cap).all()


@pytest.mark.parametrize("count", [0, 5])
def test_nothing_to_tell_is_zero(count: int) -> None:
    assert not fit(np.ones((count, 4)), np.zeros(count, np.int32), np.ones(3, bool), TASTES, SETTINGS).any()
