"""Reliability and Brier scores."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss

from evaluate.sheets import cohort, facts, hostile, sheet
from iolaus.evaluate.calibration import calibration, membership_calibration, probability_calibration


def test_brier_and_bins_of_what_is_well_said() -> None:
    draws = np.random.default_rng(5)
    said = draws.random(20_000)
    true = draws.random(20_000) < said
    found = calibration(said, true)
    assert found.brier == pytest.approx(brier_score_loss(true, said), abs=1e-6)
    assert found.expected_error is not None
    assert found.expected_error < 0.02, "statements that are as frequent as they say have next to no error"
    assert sum(each.true.of for each in found.bins) == 20_000


def test_what_is_overstated_shows() -> None:
    found = calibration(np.full(100, 0.99), np.arange(100) < 60)
    assert found.expected_error == pytest.approx(0.39)
    assert found.brier is not None
    assert found.brier_of_base_rate is not None
    assert found.brier > found.brier_of_base_rate


def test_memberships_are_of_named_accounts() -> None:
    found = membership_calibration(sheet(hostile(), {}, {"membership": 0.3}))
    assert found.statements == 2


def test_a_cohort_is_true_where_half_of_it_is_one_campaign() -> None:
    found = probability_calibration(
        [facts(cohorts=(cohort(0.9, 5), cohort(0.2, 4), cohort(0.99, 0, verdict="declared_harvest")))]
    )
    assert (found.statements, found.base_rate) == (2, 0.5)


def test_no_statements() -> None:
    assert calibration(np.zeros(0), np.zeros(0, bool)).brier is None
