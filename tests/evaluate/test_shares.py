"""Errors of the distillation share."""

from __future__ import annotations

from evaluate.sheets import hostile, sheet
from iolaus.evaluate.shares import share_errors


def test_error_and_coverage_by_role() -> None:
    rows = [
        hostile(true_role="mixed", taken_conversations=5, share=0.7, share_low=0.4, share_high=0.9),
        hostile(true_role="mixed", taken_conversations=5, share=0.9, share_low=0.6, share_high=1.0),
        hostile(share=1.0, share_low=0.8, share_high=1.0),
        {"accused": True, "found": "campaign-C", "share": 0.2, "share_low": 0.1, "share_high": 0.4},
        hostile(accused=False),
    ]
    found = {each.name: each for each in share_errors(sheet(*rows))}
    assert set(found) == {"all", "mixed", "operated", "honest"}
    assert found["all"].accounts == 4
    assert found["mixed"].mean_absolute_error == 0.3
    assert (found["mixed"].coverage.hits, found["mixed"].coverage.of) == (1, 2)
    assert found["operated"].coverage.hits == 1
    assert found["honest"].mean_error == 0.2, "the true share of an honest account is nothing"


def test_nobody_accused_has_no_error() -> None:
    (whole,) = share_errors(sheet({}, hostile(accused=False)))
    assert whole.mean_absolute_error is None
