"""Precision and recall by account."""

from __future__ import annotations

import pytest

from evaluate.sheets import hostile, sheet
from iolaus.evaluate.detection import detection, reweighted
from iolaus.evaluate.rates import rate


def test_precision_recall_and_groups() -> None:
    rows = [
        *[hostile("A", taken_conversations=10)] * 3,
        hostile("A", accused=False),
        hostile("B", true_role="mixed", taken_conversations=3),
        {"accused": True, "membership": 0.95, "found": "campaign-A"},
        *[{}] * 4,
    ]
    found = detection(sheet(*rows))
    assert (found.precision.hits, found.precision.of) == (4, 5)
    assert (found.recall.hits, found.recall.of) == (4, 5)
    assert (found.false_positives.hits, found.false_positives.of) == (1, 5)
    assert {group.name: group.recall.value for group in found.by_campaign} == {"A": 0.75, "B": 1.0}
    assert {group.name: group.recall.of for group in found.by_role} == {"mixed": 1, "operated": 4}
    assert {group.name: group.recall.of for group in found.by_share} == {"17.5 to 37.5 %": 1, "99.9 to 100 %": 4}


def test_accounts_without_traffic_are_not_counted() -> None:
    found = detection(sheet(hostile(accused=False, exchanges=0), {"exchanges": 0}, hostile()))
    assert found.recall.of == 1
    assert found.false_positives.of == 0


def test_precision_falls_with_prevalence() -> None:
    found = reweighted(rate(8, 10), rate(1, 100), 0.01)
    assert found.precision == pytest.approx(0.01 * 0.8 / (0.01 * 0.8 + 0.99 * 0.01), abs=1e-6)
    assert found.low < found.precision, "the lower bound takes the worse end of both rates"
    assert reweighted(rate(8, 10), rate(1, 100), 0.0001).precision < 0.02


def test_precision_without_accusations_is_unknown() -> None:
    assert reweighted(rate(0, 10), rate(0, 100), 0.01).precision is None
