"""Window methods: each sees what it was made to see, and calls benign windows what they are."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest

from evaluate.baselines.logs import log, unit
from iolaus.evaluate.baselines import mahalanobis, mmd, prada, seat
from iolaus.evaluate.baselines.log import Log
from iolaus.evaluate.baselines.prada import irregularity
from iolaus.evaluate.baselines.windows import Reference

METHODS = [mmd, seat]


def shifted(narrow: int = 3) -> Log:
    """Sixty accounts of strangers' topics, of which the first ``narrow`` ask about one thing; all share a phrase."""
    base = log(60, 40)
    draws = np.random.default_rng(2)
    topics = base.topics.copy()
    rows = narrow * 40
    topics[:rows] = unit(np.r_[3.0, np.zeros(15)] + 0.3 * draws.standard_normal((rows, 16)))
    windows = [(np.arange(rows), np.arange(narrow)), (np.arange(rows, len(topics)), np.arange(narrow, 60))]
    return log(60, 40, topics=topics, phrase_windows=windows)


@pytest.mark.parametrize("method", METHODS, ids=lambda m: m.__name__.rpartition(".")[2])
def test_a_narrow_account_and_phrase_stand_out(method: ModuleType) -> None:
    name = method.__name__.rpartition(".")[2]
    found = method.judge(shifted())
    for by in ("account", "phrase"):
        scored = found[f"{name}_by_{by}"]
        assert scored.score[:3].min() > np.nanmax(scored.score[3:]), f"{name} by {by} ranks strangers above"
        assert scored.own[:3].all()


@pytest.mark.parametrize("method", [*METHODS, mahalanobis, prada], ids=lambda m: m.__name__.rpartition(".")[2])
def test_most_benign_windows_pass(method: ModuleType) -> None:
    name = method.__name__.rpartition(".")[2]
    own = method.judge(log(200, 20))[f"{name}_by_account"].own
    assert own.mean() < 0.25, "the threshold is the 95th percentile of a null of strangers"


def test_scores_are_the_same_twice() -> None:
    one, other = (mmd.judge(shifted())["mmd_by_account"].score for _ in range(2))
    assert np.array_equal(one, other, equal_nan=True)


@pytest.mark.parametrize("method", [*METHODS, mahalanobis, prada], ids=lambda m: m.__name__.rpartition(".")[2])
def test_short_windows_and_empty_logs_say_nothing(method: ModuleType) -> None:
    for made in (log(50, 3), log(3)):
        for scored in method.judge(made).values():
            assert np.isnan(scored.score).all()
            assert not scored.own.any()


def test_mmd_is_nought_between_draws_of_one_distribution() -> None:
    draws = np.random.default_rng(7)
    points = unit(draws.standard_normal((900, 16)))
    statistic = mmd.prepare(Reference(points[:500], points[500:600]))
    same = np.mean([statistic(points[600 + 50 * n : 650 + 50 * n]) for n in range(6)])
    other = statistic(unit(draws.standard_normal((50, 16)) + 1))
    assert abs(same) < 0.01
    assert other > 10 * abs(same)


def test_mahalanobis_is_the_mean_squared_distance() -> None:
    draws = np.random.default_rng(8)
    points = (draws.standard_normal((5000, 4)) * [1, 2, 3, 4]).astype(np.float32)
    statistic = mahalanobis.prepare(Reference(points, points))
    assert statistic(draws.standard_normal((4000, 4)) * [1, 2, 3, 4]) == pytest.approx(4, rel=0.1)
    assert statistic(np.tile(np.array([[3, 0, 0, 0]], np.float32), (10, 1))) == pytest.approx(9, rel=0.1)


def test_prada_of_one_text_again_and_again() -> None:
    assert irregularity(np.tile(unit(np.ones((1, 16))), (20, 1))) == 1.0
