"""Active account-weeks, in one scan and day by day."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from iolaus.campaign.exposure import DAY, of_days, of_scan
from iolaus.engine import EngineSettings, open_engine
from iolaus.workspace import Workspace


def accounts(*names: str) -> pa.Array:
    return pa.array(names, pa.string())


def test_a_scan_counts_weeks_from_its_first_day(tmp_path: Path) -> None:
    work = Workspace(tmp_path, "w")
    place = work.folder("sketch") / "marks"
    place.mkdir(parents=True)
    late = 20_000 * DAY + DAY - 1
    rows = {"account": [1, 1, 1, 2], "ts": [late, late + 1, late + 6 * DAY + 1, late + 6 * DAY]}
    pq.write_table(pa.table(rows), place / "part-0.parquet")
    engine = open_engine(EngineSettings(threads=1), tmp_path / "scratch")
    try:
        assert of_scan(work, engine) == 3
    finally:
        engine.close()


def test_an_account_counts_once_a_week_however_many_days_it_is_seen() -> None:
    days = [
        ("2026-03-02", True, accounts("a", "b", "a")),
        ("2026-03-08", True, accounts("a")),
        ("2026-03-09", True, accounts("a")),
    ]
    assert of_days(days, "2026-03-02", "2026-02-01") == (3, 3)
    assert of_days([], "", "") == (0, 0)


def test_what_an_earlier_look_saw_in_the_week_is_not_new() -> None:
    days = [("2026-03-02", False, accounts("a")), ("2026-03-03", True, accounts("a", "b"))]
    assert of_days(days, "2026-03-02", "2026-03-01") == (2, 1)


def test_a_week_of_which_days_are_gone_is_never_new() -> None:
    """Else an account that was seen on its first days would count again when late rows come in."""
    days = [("2026-03-04", True, accounts("a")), ("2026-03-09", True, accounts("a"))]
    assert of_days(days, "2026-03-02", "2026-03-03") == (2, 1)


def test_rows_before_the_first_week_have_a_week_of_their_own() -> None:
    days = [("2026-03-01", True, accounts("a")), ("2026-03-02", True, accounts("a"))]
    assert of_days(days, "2026-03-02", "2026-02-01") == (2, 2)
