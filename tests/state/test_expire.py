"""Time to live: days that are kept, and days that a stray clock makes up."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.scanning import jsonl, record
from iolaus.ingest.inputs import Inputs
from iolaus.state.expire import oldest_kept
from iolaus.state.settings import StateSettings

from .keeping import gathered, manifest


@pytest.mark.parametrize(
    ("days", "keep", "oldest"),
    [
        ({}, 28, ""),
        ({"2026-03-01": 5}, 1, "2026-03-01"),
        ({"2026-03-01": 5, "2026-03-02": 5}, 1, "2026-03-02"),
        ({"2026-02-27": 5, "2026-03-02": 5}, 4, "2026-02-27"),
        ({"2026-03-01": 9_999, "2098-01-01": 1}, 2, "2026-02-28"),
        ({"2026-03-01": 9, "2098-01-01": 1}, 1, "2098-01-01"),
    ],
)
def test_days_are_counted_from_the_newest(days: dict[str, int], keep: int, oldest: str) -> None:
    assert oldest_kept(days, StateSettings(keep_days=keep)) == oldest


def days(count: int, first: int = 1) -> list[dict[str, object]]:
    return [record(n, ts=f"2026-01-{first + n:02d}T10:00:00Z") for n in range(count)]


def test_old_days_leave_with_their_files(tmp_path: Path) -> None:
    state, log = tmp_path / "state", tmp_path / "log.jsonl"
    settings = {"state": {"keep_days": 3}}
    assert set(gathered(Inputs((str(jsonl(log, days(5))),)), state, tmp_path / "work", **settings)) == {
        "e2",
        "e3",
        "e4",
    }
    late = [record(9, ts="2026-01-02T10:00:00Z"), record(6, ts="2026-01-07T10:00:00Z")]
    found = gathered(Inputs((str(jsonl(log, late)),)), state, tmp_path / "work", **settings)
    assert set(found) == {"e4", "e6"}, "a late row of a day that is gone came back, or an old one stayed"
    for files in ("parts/*/*.parquet", "worked/*/*.arrow"):
        assert {path.parent.name for path in state.rglob(files)} == {"2026-01-05", "2026-01-07"}, files
    assert manifest(state).rows == 2
    assert set(gathered(Inputs(()), state, tmp_path / "work", state={"keep_days": 1})) == {"e6"}
