"""Replay: first alarms, floors, and a bounded number of scans."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from evaluate.sheets import cohort, facts, sheet
from iolaus.evaluate import replay
from iolaus.evaluate.leak import leak_curve, leaks, over_looks
from iolaus.evaluate.replay import DAY, HOUR, Look, Taken, alarms, floor, replay_world
from iolaus.evaluate.sheet import Sheet
from iolaus.evaluate.worlds import Meta, World
from iolaus.settings import Settings

START = 1_772_409_600_000_000
"""2026-03-02T00:00:00Z in microseconds."""


def test_half_of_the_accused_make_an_alarm() -> None:
    accused = pa.table({"found": ["x", "x", "y", "y", "y"], "campaign": ["A", None, "B", None, None]})
    assert alarms(accused) == ["A"]


def test_floor_waits_for_k_accounts_and_the_end_of_the_window() -> None:
    times = START + np.array([1, 2, 3, 4, 30]) * HOUR + 5
    theirs = Taken(times, np.array([0, 0, 1, 2, 2]))
    hourly, daily = floor(theirs, START, 1, 3), floor(theirs, START, 24, 3)
    assert (hourly.alarm, hourly.leaked) == (START + 5 * HOUR, 4)
    assert (daily.alarm, daily.leaked) == (START + DAY, 4)
    never = floor(theirs, START, 1, 4)
    assert (never.alarm, never.leaked) == (None, 5), "fewer accounts than k are never seen"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, Meta(scenario="w", days=5, start="2026-03-02T00:00:00Z", exchanges=0, accounts=0))


def scans_that_see(monkeypatch: pytest.MonkeyPatch, from_hour: float) -> list[int]:
    """Scans alarm campaign C from an hour on; the ends that were scanned."""
    seen: list[int] = []

    def scan(self: object, end: int) -> Look:
        seen.append(end)
        late = end >= START + int(from_hour * HOUR)
        return Look(alarmed=["C"] if late else [], best={"C": 0.9999 if late else 0.3})

    monkeypatch.setattr(replay._Scans, "_scan", scan)
    times = START + np.arange(100) * HOUR
    monkeypatch.setattr(replay, "campaigns_of", lambda *_: {"C": Taken(times, np.arange(100) % 20)})
    return seen


def test_days_then_hours(monkeypatch: pytest.MonkeyPatch, world: World, tmp_path: Path) -> None:
    seen = scans_that_see(monkeypatch, 40)
    found = replay_world(world, Settings(), tmp_path / "replay")
    (campaign,) = found.campaigns
    assert campaign.alarm == START + 40 * HOUR
    assert campaign.leaked == 40
    assert found.complete
    assert len(seen) <= 2 + 5, "two days, then the hours of the second by bisection"
    assert [point.leaked for point in campaign.curve][:2] == [24, 24], (
        "a threshold of 0.2 alarms at the first day's end"
    )
    assert campaign.curve[-1].leaked == 48, "the curve is read from daily scans"


def test_never_alarmed_leaks_everything(monkeypatch: pytest.MonkeyPatch, world: World, tmp_path: Path) -> None:
    seen = scans_that_see(monkeypatch, 1e6)
    (campaign,) = replay_world(world, Settings(), tmp_path / "replay").campaigns
    assert (campaign.alarm, campaign.leaked) == (None, 100)
    assert len(seen) == 5


def test_an_honest_world_is_looked_at_every_day(monkeypatch: pytest.MonkeyPatch, world: World, tmp_path: Path) -> None:
    monkeypatch.setattr(replay, "campaigns_of", lambda *_: {})
    monkeypatch.setattr(
        replay._Scans, "_scan", lambda _, end: Look(alarmed=[], best={}, false=int(end > START + 3 * DAY))
    )
    found = replay_world(world, Settings(), tmp_path / "replay")
    assert (found.looks, found.false_campaigns) == (5, 2)
    looks = over_looks([found], sheet(*[{"world": found.world, "weeks": 2}] * 500))
    assert (looks.worlds, looks.account_weeks, looks.per_million) == (1, 1000, 2000.0)
    assert over_looks([], sheet({})).per_million is None


def test_scans_are_bounded(monkeypatch: pytest.MonkeyPatch, world: World, tmp_path: Path) -> None:
    seen = scans_that_see(monkeypatch, 1e6)
    monkeypatch.setattr(replay, "MOST_SCANS", 3)
    found = replay_world(world, Settings(), tmp_path / "replay")
    assert len(seen) == 3
    assert not found.complete


def test_pooled_leak_and_its_price(monkeypatch: pytest.MonkeyPatch, world: World, tmp_path: Path) -> None:
    scans_that_see(monkeypatch, 40)
    found = replay_world(world, Settings(), tmp_path / "replay")
    (leak,) = leaks([found, found])
    assert (leak.worlds, leak.alarmed, leak.leaked, leak.leaked_share, leak.median_hours) == (2, 2, 80, 0.4, 40.0)
    honest = facts("h/0", honest=True, cohorts=(cohort(0.9, 0), cohort(0.97, 0, verdict="declared_harvest")))
    people: Sheet = sheet(*[{"world": "h/0"}] * 100)
    curve = {point.threshold: point for point in leak_curve([found], people, [honest], 0.95)}
    assert (curve[0.8].false_cohorts, curve[0.8].account_weeks) == (1, 100)
    assert curve[0.95].false_cohorts == 0, "a declared cohort is no alarm at any threshold"
    assert curve[0.95].accuses
    assert curve[0.2].leaked < curve[0.95].leaked, "what is called earlier leaks less"
