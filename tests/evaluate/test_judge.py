"""Rounds of worlds: resumed, and recorded where docs quote them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evaluate.sheets import facts, hostile, sheet
from iolaus.errors import InputError
from iolaus.evaluate import judge
from iolaus.evaluate.evaluation import assess
from iolaus.evaluate.judge import judge_task, record
from iolaus.evaluate.rounds import RARE, Task, honest, sample, whole
from iolaus.evaluate.run import gather
from iolaus.quoted import END, begin
from iolaus.simulate import scenario


def test_rounds_hold_what_the_contract_asks() -> None:
    for tasks in (sample(), whole()):
        assert len({task.name for task in tasks}) == len(tasks)
        assert {f"S{n}-0" for n in range(1, 16) if n != 11} <= {task.name for task in tasks}
        seeds = [task.seed for task in tasks if task.scenario == "honest"]
        assert len([seed for seed in seeds if seed >= 1000]) == len([seed for seed in seeds if seed < 100])
        assert any(task.replay for task in tasks)
    assert sum(task.name.startswith("S2-") for task in whole()) == 20
    assert sum(task.scenario == "honest" for task in whole()) == 200


def test_a_hundred_honest_worlds_are_for_the_scan_alone() -> None:
    tasks = honest()
    assert len({task.seed for task in tasks}) == 100
    assert all(task.scenario == "honest" and not task.baselines and task.seed < 1000 for task in tasks)


def test_the_rare_world_holds_at_most_two_in_a_thousand() -> None:
    plan = scenario.load(RARE)
    hostile_accounts = sum(campaign.accounts for campaign in plan.campaign)
    assert hostile_accounts / sum(crowd.accounts * crowd.groups for crowd in plan.crowd) < 0.002


def test_a_judged_world_is_taken_up_and_its_traffic_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    task = Task("S12", 4)
    left = tmp_path / "worlds" / f"{task.name}-0.05"
    left.mkdir(parents=True)
    (left / "half").write_text("what a killed run left")
    place = judge_task(task, tmp_path, 0.05)
    sheet, (fact,), replays = gather([place])
    assert len(sheet) == fact.accounts > 0
    assert not replays
    assert not any((tmp_path / "worlds").iterdir())

    def never(*_: object) -> None:
        raise AssertionError("made again")

    monkeypatch.setattr(judge, "simulate", never)
    assert judge_task(task, tmp_path, 0.05) == place


def test_figures_are_recorded_beside_others_and_quoted_between_the_marks(tmp_path: Path) -> None:
    (tmp_path / "figures.json").write_text('{"gauge": {"kept": 1}}')
    (tmp_path / "evaluate.md").write_text(f"# Before\n\n{begin('judge')}yesteryear\n{END}\n\nafter\n")
    found = assess(sheet(hostile(), {}), [facts()], [], 0.95)
    record(found, tmp_path, {"command": "the command", "worlds": 1})
    kept = json.loads((tmp_path / "figures.json").read_bytes())
    assert kept["gauge"] == {"kept": 1}
    assert kept["judge"]["evaluation"]["accounts"]["recall"]["hits"] == 1
    page = (tmp_path / "evaluate.md").read_text()
    assert page.startswith("# Before")
    assert page.rstrip().endswith("after")
    assert "yesteryear" not in page
    assert "| recall | 100.00 % |" in page
    record(found, tmp_path, {"command": "the command", "worlds": 1})
    assert (tmp_path / "evaluate.md").read_text() == page


def test_honest_worlds_have_a_section_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "evaluate.md").write_text(f"{begin('judge')}kept\n{END}\n{begin('honest')}old\n{END}\n")
    found = assess(sheet({}, {}), [facts(honest=True)], [], 0.95)
    record(found, tmp_path, {"command": "the command", "worlds": 1}, "honest")
    page = (tmp_path / "evaluate.md").read_text()
    assert "kept" in page
    assert "old" not in page
    assert "### False campaigns in honest worlds" in page
    assert "### Detectors" not in page


def test_a_world_that_cannot_be_judged_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(judge, "ROUNDS", {"sample": lambda: [Task("no-such-scenario", 0)]})
    assert judge.main(["sample", "--work", str(tmp_path), "--workers", "1"]) == 1
    assert "not judged: no-such-scenario-0: no-such-scenario: no such scenario" in capsys.readouterr().out


def test_a_name_outside_the_round_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        judge.main(["sample", "--only", "S99", "--work", str(tmp_path)])
    with pytest.raises(SystemExit):
        judge.main(["sample", "--first", "0", "--work", str(tmp_path)])
    with pytest.raises(InputError):
        judge_task(Task("no-such", 0), tmp_path, 1.0)
