"""Volume and prompt length."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ks_2samp

from evaluate.baselines.logs import log
from iolaus.evaluate.baselines import prompt_length, volume


def test_only_the_far_outlier_is_loud() -> None:
    exchanges = np.r_[np.random.default_rng(0).integers(5, 40, 200), 90_000, 0]
    found = volume.judge(log(202, exchanges=exchanges, active_days=np.ones(202, np.int64)))["volume"]
    assert np.flatnonzero(found.own).tolist() == [200]
    assert np.isnan(found.score[201]), "who sent nothing has no volume"


def test_volume_is_by_active_day() -> None:
    found = volume.judge(log(2, exchanges=np.array([70, 10]), active_days=np.array([7, 1])))["volume"]
    assert found.score.tolist() == [10, 10]


def test_the_account_with_one_length_stands_out() -> None:
    base = log(100, 20)
    length = base.length.copy()
    length[:20] = 999
    found = prompt_length.judge(log(100, 20, length=length))["prompt_length_ks"]
    assert int(np.nanargmax(found.score)) == 0
    assert found.own[0]
    assert found.own[1:].sum() <= 2


def test_the_p_value_is_that_of_the_two_sample_test() -> None:
    draws = np.random.default_rng(4)
    mine, everybody = np.sort(draws.integers(50, 500, 40)), np.sort(draws.integers(1, 300, 4000))
    exact = -np.log10(ks_2samp(mine, everybody, method="asymp").pvalue)
    assert prompt_length._surprise(mine, everybody) == pytest.approx(exact, rel=0.15)


def test_few_prompts_say_nothing() -> None:
    assert np.isnan(prompt_length.judge(log(10, 4))["prompt_length_ks"].score).all()
