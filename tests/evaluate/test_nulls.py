"""Means of Bayes factors over honest cohorts."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from iolaus.campaign.settings import VerdictSettings
from iolaus.evaluate.nulls import PAGE, against_others, main, mean_most, nulls
from iolaus.findings import SCHEMA_VERSION, Answer, Campaign, Cohorts, Evidence, Explanation, Level, Question


def answer(weight: float) -> Answer:
    return Answer(answer="no" if weight < 0 else "yes", log10_bf=weight, sentence="s")


def cohort(control: float, *pieces: tuple[str, float, bool], score: float | None = None) -> Campaign:
    questions: dict[Question, Answer] = {
        "control": answer(control), "concealment": answer(1.0), "content": answer(1.0), "consumption": answer(0.0),
    }  # fmt: skip
    return Campaign(
        id="x", verdict="explained", verdict_sentence="", question_to_ask="", lineage=[], first_seen="", last_seen="",
        first_alarm_at="", accounts=10, exchanges=10, probability=0.1, questions=questions,
        evidence=[
            Evidence(kind=kind, family="time", question="control", log10_bf=bf, numbers={}, sentence="", counted=said)
            for kind, bf, said in pieces
        ],
        honest_explanations=[Explanation(name="n", log10_bf=0.5, held=False, sentence="")], phrases=[], timeline=[],
        level=None if score is None else Level(score=score, reached=0.0, needed=0.0),
    )  # fmt: skip


COHORTS = [
    cohort(4.0, ("clock", 1.0, True), ("synchrony", 0.5, False), score=4.0),
    cohort(-2.0, ("clock", -1.0, True)),
    cohort(1.0),
]


def test_means_are_of_all_cohorts_and_what_says_nothing_is_one() -> None:
    found = {each.name: each for each in nulls(COHORTS, VerdictSettings(question_cap=3.0))}
    assert found["kind clock"].mean == pytest.approx((10 + 0.1 + 1) / 3, abs=1e-3)
    assert found["kind synchrony"].mean == pytest.approx((10**0.5 + 2) / 3, abs=1e-3)
    assert (found["kind synchrony"].spoke, found["kind synchrony"].cohorts) == (1, 3)
    assert found["family time, control"].mean == found["kind clock"].mean
    assert found["question control"].mean == pytest.approx((1e4 + 0.01 + 10) / 3, abs=1e-3)
    assert found["all, less what explains it"].mean == pytest.approx((10**4.5 + 10**-1.5 + 10**2.5) / 3, abs=1e-3)
    accusing = found["all that accuses (level.score)"]
    assert accusing.mean == pytest.approx(1e4 / 3, abs=1e-3) and accusing.spoke == 1


def test_an_e_value_is_made_of_the_cohorts_of_other_worlds_alone() -> None:
    scans = [[cohort(0.0), cohort(-2.0)], [cohort(1.0)]]
    found = against_others(scans, VerdictSettings(question_cap=3.0))
    one, two, other = 10**1.5, 10**-1.5, 10**2.5
    wanted = (2 * one / (one + other) + 2 * two / (two + other) + 3 * other / (other + one + two)) / 3
    assert found.mean == pytest.approx(wanted, abs=1e-4) and found.cohorts == 3


def test_the_bound_is_above_the_mean_nearly_always() -> None:
    random = np.random.default_rng(5)
    drawn = [random.pareto(3.0, 400) for _ in range(400)]
    missed = np.mean([mean_most(values) < 0.5 for values in drawn])
    assert missed <= 0.05
    assert mean_most(np.zeros(10)) == 0.0
    with pytest.raises(ValueError, match="needs 2"):
        mean_most(np.ones(1))


def test_the_table_and_the_page_say_what_was_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    results, docs = tmp_path / "results", tmp_path / "docs"
    results.mkdir()
    (docs / PAGE).parent.mkdir(parents=True)
    (docs / PAGE).write_text("before\n\n<!-- figures: nulls -->\n\n<!-- end -->\nafter\n", "utf-8")
    content: Any = Cohorts(schema_version=SCHEMA_VERSION, cohorts=COHORTS)
    (results / "cohorts.json").write_bytes(msgspec.json.encode(content))
    assert main([str(results), "--record", str(docs)]) == 0
    page = (docs / PAGE).read_text("utf-8")
    assert "| kind clock | 3 | 2 | 3.7 |" in page and page.endswith("after\n")
    assert "kind clock" in capsys.readouterr().out
    kept = msgspec.json.decode((docs / "error_control.json").read_bytes())
    assert kept["nulls"]["worlds"] == 1 and math.isclose(kept["nulls"]["found"][0]["mean"], 3.7, abs_tol=0.01)
