"""The one door to relational work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from iolaus.engine import EngineSettings, sql_text
from iolaus.engine.embedded import Embedded


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Embedded]:
    made = Embedded(EngineSettings(memory_mb=256, threads=1), tmp_path / "it's scratch")
    yield made
    made.close()


def test_tables_values_and_views(engine: Embedded, tmp_path: Path) -> None:
    engine.register("numbers", pa.table({"n": [1, 2, 3]}))
    assert engine.value("SELECT sum(n) FROM numbers") == 6
    assert engine.value("SELECT n FROM numbers WHERE n > 9") is None
    assert engine.table("SELECT n FROM numbers ORDER BY n DESC").to_pylist() == [{"n": 3}, {"n": 2}, {"n": 1}]
    folder = tmp_path / "it's here"
    folder.mkdir()
    for part in range(2):
        pq.write_table(pa.table({"n": [part]}), folder / f"part-{part}.parquet")
    engine.view("parts", folder / "part-*.parquet")
    assert engine.value("SELECT count(*) FROM parts") == 2


def test_written_files_are_read_back(engine: Embedded, tmp_path: Path) -> None:
    path = tmp_path / "it's.parquet"
    engine.write("SELECT 1 AS n, 'x' AS word", path)
    assert pq.read_table(path).to_pylist() == [{"n": 1, "word": "x"}]


def test_times_are_utc_wherever_the_machine_is(engine: Embedded) -> None:
    engine.register("times", pa.table({"ts": pa.array([datetime(2026, 1, 5, 23, 30, tzinfo=UTC)])}))
    assert engine.value("SELECT CAST(CAST(ts AS DATE) AS VARCHAR) FROM times") == "2026-01-05"


def test_settings_hold(engine: Embedded) -> None:
    assert engine.value("SELECT current_setting('threads')") == 1
    assert engine.value("SELECT current_setting('preserve_insertion_order')") is False
    with pytest.raises(ValueError, match="memory_mb"):
        EngineSettings(memory_mb=1)


def test_more_than_memory_is_spilled(engine: Embedded) -> None:
    """A table and its sort, about 400 MB, in 256 MB."""
    engine.run("CREATE TEMP TABLE wide AS SELECT hash(range) AS h, repeat('x', 40) || range AS w FROM range(4000000)")
    assert engine.value("SELECT count(*) FROM (SELECT h, w FROM wide ORDER BY h, w OFFSET 3999990)") == 10


def test_quotes_are_doubled() -> None:
    assert sql_text(Path("/a'b")) == "/a''b"
