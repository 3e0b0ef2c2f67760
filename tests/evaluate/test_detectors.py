"""Detectors side by side at thresholds that were learnt elsewhere."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from evaluate.sheets import hostile, sheet
from iolaus.evaluate.detectors import auroc, detectors, left_out, measurable, threshold
from iolaus.evaluate.sheet import Sheet


def scored(honest: list[float], guilty: list[float], crowd: str = "individuals") -> Sheet:
    rows = [*({"crowd": crowd} for _ in honest), *(hostile(accused=False) for _ in guilty)]
    values = [*honest, *guilty]
    return sheet(*rows, extra={"score:toy": values, "own:toy": [value > 5 for value in values]})


def test_auroc_counts_ties_half() -> None:
    draws = np.random.default_rng(1)
    score, label = draws.integers(0, 6, 500).astype(float), draws.random(500) < 0.3
    assert auroc(score, label) == pytest.approx(roc_auc_score(label, score), abs=1e-6)
    assert auroc(score, np.zeros(500, bool)) is None


def test_threshold_lets_at_most_the_rate_pass() -> None:
    values = np.arange(1000.0)
    assert (values > threshold(values, 0.01)).sum() == 10
    assert (np.ones(50) > threshold(np.ones(50), 0.01)).sum() == 0
    assert threshold(np.zeros(0), 0.01) == float("inf")


def test_recall_at_a_rate_needs_enough_honest_accounts() -> None:
    assert measurable(0.01, (10_000, 12_000))
    assert not measurable(0.01, (10_000, 9_999))
    assert not measurable(0.001, (99_999, 200_000))


def test_thresholds_come_from_the_calibration() -> None:
    calibration = scored([float(n) for n in range(200)], [])
    (scan, toy) = detectors(scored([1.0, 300.0], [150.0, 199.0, 400.0]), calibration)
    assert (scan.name, toy.name) == ("scan", "toy")
    at = toy.at[0]
    assert (at.threshold, at.recall.hits, at.false_positives.hits, at.measurable) == (197.0, 2, 1, False)
    assert (toy.own_recall.hits, toy.own_false_positives.hits) == (3, 1)


def test_what_a_detector_cannot_say_is_never_flagged() -> None:
    judged = scored([1.0, 2.0], [float("nan")])
    (_, toy) = detectors(judged, judged)
    assert toy.at[0].recall.hits == 0
    assert toy.auroc == 0.0


def test_leave_one_crowd_out_does_not_learn_from_the_crowd() -> None:
    rows = [{"crowd": "quiet"}] * 100 + [{"crowd": "loud"}] * 100
    values = [float(n) for n in range(100)] + [1000.0 + n for n in range(100)]
    judged = sheet(*rows, extra={"score:toy": values, "own:toy": [False] * 200})
    found = {(each.detector, each.crowd): each.flagged for each in left_out(judged, judged, 0.01)}
    assert found["toy", "loud"].hits == 100, "a threshold that never saw the loud crowd accuses all of it"
    assert found["toy", "quiet"].hits == 0
