"""Drift: what moved is named, what chance did is not."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from iolaus.cli import app
from iolaus.content.baseline import save
from iolaus.content.drift import come_and_gone, movements, share_moved
from iolaus.errors import InputError

from .mixes import API, WEB, baseline, sample

BATCH = ("latin", "standard", "batch")


def test_the_same_people_again_do_not_move() -> None:
    one, other = (baseline(sample([WEB] * 300 + [API] * 300, seed=seed)) for seed in (1, 2))
    found = movements(one, other)
    assert len(found) > 50
    assert not [each for each in found if each.moved]
    assert share_moved(one, other) == 0


def test_what_moved_is_named_and_told_from_contamination() -> None:
    before = baseline(sample([WEB] * 300 + [API] * 300))
    after = baseline(sample([WEB] * 300 + [API] * 300, eliciting=0.3))
    first = movements(before, after)[0]
    assert (first.what, first.moved, first.within) == ("intent reasoning elicitation", True, False)
    small = baseline(sample([WEB] * 300 + [API] * 300, eliciting=0.0215))
    moved = {each.what: each for each in movements(before, small) if each.place == ()}
    assert moved["intent reasoning elicitation"].within


def test_cells_that_come_and_go_and_shares_that_shift() -> None:
    before = baseline(sample([WEB] * 300 + [API] * 300))
    after = baseline(sample([WEB] * 400 + [BATCH] * 200))
    assert come_and_gone(before, after) == ([BATCH], [API])
    assert share_moved(before, after) == pytest.approx(0.5)
    shares = {each.place: each for each in movements(before, after) if each.what == "share of accounts"}
    assert shares[WEB].moved
    assert (shares[WEB].before, shares[WEB].after) == (0.5, pytest.approx(2 / 3))


def test_commands_show_and_compare(tmp_path: Path) -> None:
    paths = [str(tmp_path / f"{week}.json") for week in (2, 1, 3)]
    for week, path, eliciting in zip((2, 1, 3), paths, (0.03, 0.02, 0.05), strict=True):
        found = baseline(sample([WEB] * 300 + [API] * 300, eliciting, week), first=f"2026-03-0{week}")
        save(found, Path(path))
    shown = CliRunner().invoke(app, ["content", "baseline", "show", paths[0]], env={"COLUMNS": "200"})
    assert shown.exit_code == 0, shown.output
    assert "600 accounts, 1,800 conversations" in shown.output
    assert "2 accused" in shown.output
    assert "latin / standard / web" in shown.output
    told = CliRunner().invoke(app, ["content", "baseline", "drift", *paths], env={"COLUMNS": "200"})
    assert told.exit_code == 0, told.output
    begins = [line for line in told.output.splitlines() if "then" in line]
    assert [line.split(" to ")[0] for line in begins] == ["2026-03-01", "2026-03-02", "2026-03-01"], "by date, then all"
    assert "intent reasoning elicitation" in told.output
    alone = CliRunner().invoke(app, ["content", "baseline", "drift", paths[0]])
    assert isinstance(alone.exception, InputError)
    foreign = baseline(sample([WEB] * 300))
    save(msgspec.structs.replace(foreign, key_id="z"), tmp_path / "z.json")
    mixed = CliRunner().invoke(app, ["content", "baseline", "drift", paths[0], str(tmp_path / "z.json")])
    assert "z.json: another key or content model" in str(mixed.exception)
