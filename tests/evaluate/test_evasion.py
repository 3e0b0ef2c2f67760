"""Steps of an operator: each changes what it says of the base alone, and its row says what it costs whom."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from iolaus.errors import InputError
from iolaus.evaluate import evasion
from iolaus.evaluate.evasion import DETECTOR_HEADER, Row, detector_cells, main, markdown, operator_cells, record
from iolaus.evaluate.evasion_steps import BASE, STEPS, Step, scenario_file
from iolaus.evaluate.judge import judge_task
from iolaus.evaluate.rates import rate
from iolaus.evaluate.recorded import chosen
from iolaus.evaluate.rounds import Task
from iolaus.quoted import END, begin, table
from iolaus.simulate import scenario

DOCS = Path(__file__).parents[2] / "docs"
ROW = Row(
    step="base", seeds=[61, 62], accounts=rate(9, 10), flagged=0.5, found=1, left=1, honest=rate(2, 50),
    crowds={"saas": 2},
    account_days=140, days=14, taken=280, taken_exchanges=560, sent_exchanges=560,
)  # fmt: skip


def fields(value: Any, path: str = "") -> dict[str, Any]:
    """Path of every single value of a scenario, lists walked through as the steps' paths are."""
    if isinstance(value, dict):
        return {
            key: leaf for name, each in value.items() for key, leaf in fields(each, f"{path}.{name}".strip(".")).items()
        }
    if isinstance(value, list) and value and isinstance(value[0], dict):
        parts = [fields(each, path) for each in value]
        return {key: tuple(part.get(key) for part in parts) for key in parts[0]}
    return {path: value}


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_a_step_differs_from_the_base_in_its_own_fields_alone(step: Step, tmp_path: Path) -> None:
    base = fields(scenario.load(BASE).model_dump())
    changed = fields(scenario.load(scenario_file(step, tmp_path)).model_dump())
    assert changed.keys() == base.keys()
    differing = {path for path in base if base[path] != changed[path]}
    for path in differing:
        assert path.startswith(tuple(step.changes)), f"{step.name} changes {path}, which it does not name"
    for path in step.changes:
        assert any(each.startswith(path) for each in differing), f"{step.name} says it changes {path}, and does not"


def test_the_steps_together_are_made_of_single_ones() -> None:
    several = ["paraphrase_unique", "paraphrase_hours", "hours_unique", "cheap", "all"]
    single = {path for step in STEPS if step.name not in several for path in step.changes}
    for step in chosen(STEPS, several, "step"):
        assert set(step.changes) <= single


def test_a_step_that_there_is_not_is_answered_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert [step.name for step in chosen(STEPS, ["slower", "base"], "step")] == ["base", "slower"]
    with pytest.raises(InputError, match="Did you mean 'padding'"):
        chosen(STEPS, ["pading"], "step")
    assert main(["--only", "topic_shard"]) == 2
    assert "topic_shards" in capsys.readouterr().err


def test_the_price_is_relative_to_the_base_for_as_much_taken() -> None:
    slower = msgspec.structs.replace(ROW, step="slower", taken=70, taken_exchanges=140, sent_exchanges=280)
    smaller = msgspec.structs.replace(ROW, step="smaller", taken=70, account_days=35)
    assert operator_cells(ROW, ROW) == ["`base`", "2.00", "1.00", "1.00", "1.00"]
    assert operator_cells(slower, ROW) == ["`slower`", "0.50", "4.00", "4.00", "2.00"]
    assert operator_cells(smaller, ROW)[2:4] == ["1.00", "4.00"]
    nothing = msgspec.structs.replace(ROW, taken=0, taken_exchanges=0)
    assert operator_cells(nothing, ROW) == ["`base`", "0.00", "-", "-", "-"]


def test_a_row_is_shown_with_what_it_is_of() -> None:
    assert detector_cells(ROW) == [
        "`base`", "90.0 %", "55.5 to 99.7 %", "50.0 %", "1 of 2", "1 of 2", "2 of 50 (saas 2)",
    ]  # fmt: skip
    assert "costs the operator" not in markdown([msgspec.structs.replace(ROW, step="slower")])


def test_rows_are_recorded_beside_others_in_the_order_of_the_steps(tmp_path: Path) -> None:
    (tmp_path / "evasion.md").write_text(f"# Evasion\n\n{begin('evasion')}old\n{END}\n\nafter\n")
    slower = msgspec.structs.replace(ROW, step="slower")
    record([slower], tmp_path)
    record([ROW], tmp_path)
    page = (tmp_path / "evasion.md").read_text()
    assert markdown([ROW, slower]) in page
    assert "old" not in page
    assert page.endswith("after\n")


def test_the_page_quotes_the_file() -> None:
    rows = msgspec.json.decode((DOCS / "evasion.json").read_bytes(), type=list[Row])
    assert [row.step for row in rows] == [step.name for step in STEPS]
    page = (DOCS / "evasion.md").read_text("utf-8")
    assert markdown(rows) in page
    assert table(DETECTOR_HEADER, map(detector_cells, rows)) in page


def test_a_row_is_counted_from_judged_worlds(tmp_path: Path) -> None:
    file = scenario_file(chosen(STEPS, ["padding"], "step")[0], tmp_path)
    place = judge_task(Task(str(file), 5, baselines=False), tmp_path / "work", 0.05)
    row = evasion.row_of("padding", [5], [place], 0.95)
    assert row.days == 14
    assert row.account_days == 14 * 6
    assert 0 < row.taken <= row.taken_exchanges < row.sent_exchanges
    assert row.honest.of > 0
    assert row.found + row.left <= 1
