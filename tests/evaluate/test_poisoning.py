"""Worlds whose operator prepares what he is compared with: what each is, and the page that quotes them."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from iolaus.errors import InputError
from iolaus.evaluate.evasion import Row
from iolaus.evaluate.judge import judge_task
from iolaus.evaluate.poisoning import WORLDS, Poisoned, main, markdown, poisoned, record
from iolaus.evaluate.rates import rate
from iolaus.evaluate.recorded import chosen
from iolaus.evaluate.rounds import Task
from iolaus.quoted import END, begin
from iolaus.simulate import scenario

DOCS = Path(__file__).parents[2] / "docs"
ROW = Row(
    step="framed", seeds=[71], accounts=rate(9, 10), flagged=0.5, found=1, left=0, honest=rate(2, 50),
    crowds={"labelling_firm": 2}, account_days=140, days=14, taken=280, taken_exchanges=560, sent_exchanges=560,
)  # fmt: skip


def test_the_worlds_are_what_the_page_says_of_them() -> None:
    plans = {world.name: scenario.load(world.file) for world in WORLDS}
    assert [plan.name for plan in plans.values()] == list(plans)
    sleeper = plans["sleeper"].campaign[0]
    assert sleeper.honest_before
    assert (sleeper.from_day, plans["sleeper"].days) == (30, 44)
    for name, seats, accounts in (("framed", 120, 100), ("framed_items", 120, 100), ("framed_few", 30, 160)):
        campaign = plans[name].campaign[0]
        firm = next(crowd for crowd in plans[name].crowd if crowd.kind == campaign.copies)
        assert (firm.accounts, campaign.accounts) == (seats, accounts)
        assert {template.family for template in campaign.templates} == {"labelfirm"}
    assert plans["giant"].campaign[0].accounts == 25_000
    assert sum(crowd.accounts * crowd.groups for crowd in plans["giant"].crowd) == 5_000


def test_a_world_that_there_is_not_is_answered_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert [world.name for world in chosen(WORLDS, ["giant", "sleeper"], "world")] == ["sleeper", "giant"]
    with pytest.raises(InputError, match="Did you mean 'giant'"):
        chosen(WORLDS, ["gaint"], "world")
    assert main(["--only", "frame"]) == 2
    assert "framed" in capsys.readouterr().err


def test_the_firm_that_is_copied_stands_by_itself(tmp_path: Path) -> None:
    world = chosen(WORLDS, ["framed"], "world")[0]
    place = judge_task(Task(str(world.file), 71, baselines=False), tmp_path / "work", 0.1)
    found = poisoned(world, [place], 0.95)
    assert found.firm is not None
    assert 0 < found.firm.of <= 12
    assert found.firm.of < found.row.honest.of


def test_rows_are_recorded_beside_others_in_the_order_of_the_worlds(tmp_path: Path) -> None:
    (tmp_path / "poisoning.md").write_text(f"# Poisoning\n\n{begin('poisoning')}old\n{END}\n\nafter\n")
    framed = Poisoned(row=ROW, firm=rate(2, 30))
    sleeper = Poisoned(row=msgspec.structs.replace(ROW, step="sleeper"), firm=None)
    record([framed], tmp_path)
    record([sleeper], tmp_path)
    page = (tmp_path / "poisoning.md").read_text("utf-8")
    assert markdown([sleeper, framed]) in page
    assert "| 2 of 30 |" in page
    assert "old" not in page
    assert page.endswith("after\n")


def test_the_page_quotes_the_file() -> None:
    found = msgspec.json.decode((DOCS / "poisoning.json").read_bytes(), type=list[Poisoned])
    assert [each.row.step for each in found] == [world.name for world in WORLDS]
    assert markdown(found) in (DOCS / "poisoning.md").read_text("utf-8")
