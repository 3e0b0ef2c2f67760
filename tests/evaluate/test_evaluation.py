"""Pooling: calibration worlds set thresholds and are in no figure; the weakest results are said."""

from __future__ import annotations

from evaluate.sheets import cohort, facts, hostile, sheet
from iolaus.evaluate.evaluation import assess


def test_calibration_worlds_are_in_no_figure() -> None:
    rows = [
        *[{"world": "honest/1000", "accused": n < 3, "found": "wrong" if n < 3 else None} for n in range(50)],
        hostile(world="S2/0"), {"world": "S2/0"}, {"world": "honest/0", "membership": 0.2},
    ]  # fmt: skip
    told = [facts("honest/1000", honest=True, seed=1000), facts("S2/0"), facts("honest/0", honest=True)]
    found = assess(sheet(*rows), told, [], 0.95)
    assert not found.calibrated_in_sample
    assert found.accounts.precision.value == 1.0
    assert found.honest.accounts.of == 2
    assert found.campaigns.false_campaigns.false_campaigns == 0
    assert [line.calibration for line in found.worlds] == [True, False, False]


def test_only_calibration_worlds_are_judged_in_sample_and_said_so() -> None:
    found = assess(sheet({"world": "honest/1000"}), [facts("honest/1000", honest=True, seed=1000)], [], 0.95)
    assert found.calibrated_in_sample
    assert any("learnt where they are reported" in sentence for sentence in found.weakest)


def test_weakest_names_the_accused_crowd_the_missed_campaign_and_the_better_baseline() -> None:
    rows = [
        *[hostile("A", accused=False)] * 9, hostile("A"), *[hostile("B")] * 10,
        {"crowd": "gig_annotators", "accused": True, "membership": 0.95, "found": "x"}, *[{}] * 9,
    ]  # fmt: skip
    guilty = [1.0] * 20 + [0.0] * 10
    judged = sheet(*rows, extra={"score:oracle": guilty, "own:oracle": [value > 0 for value in guilty]})
    weak = "\n".join(assess(judged, [facts(cohorts=(cohort(0.99, 0), cohort(0.2, 9)))], [], 0.95).weakest)
    assert "Honest accounts of crowd gig_annotators are accused: 1 of 1" in weak
    assert "Of campaign A only 1 of 10 (10.0%) accounts are accused." in weak
    assert "campaign B" not in weak
    assert "oracle 1.000" in weak
    assert "Probabilities of cohorts are worse than saying the base rate" in weak
    assert "not measurable" in weak


def test_more_false_campaigns_than_were_promised_are_said() -> None:
    rows = [{"world": "h/0", "accused": n < 10, "found": "wrong" if n < 10 else None} for n in range(1_000)]
    said = [
        "\n".join(assess(sheet(*rows), [facts("h/0", honest=True, promised=promised)], [], 0.95).weakest)
        for promised in (100.0, 2_000.0, None)
    ]
    assert all("1 false campaigns in 1 honest worlds: 1000.0 per million" in weak for weak in said)
    kept = "The scan promised at most 100 false campaigns per million active account-weeks."
    assert [kept in weak for weak in said] == [True, False, False]
