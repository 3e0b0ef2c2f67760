"""The embedded engine: what it is set to, and that memory is a setting."""

from __future__ import annotations

from collections.abc import Iterator
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


def test_settings_hold(engine: Embedded) -> None:
    assert engine.value("SELECT current_setting('threads')") == 1
    assert engine.value("SELECT current_setting('preserve_insertion_order')") is False
    with pytest.raises(ValueError, match="memory_mb"):
        EngineSettings(memory_mb=1)


def test_more_than_memory_is_spilled(engine: Embedded) -> None:
    """A table and its sort, about 400 MB, in 256 MB."""
    engine.run("CREATE TEMP TABLE wide AS SELECT hash(range) AS h, repeat('x', 40) || range AS w FROM range(4000000)")
    assert engine.value("SELECT count(*) FROM (SELECT h, w FROM wide ORDER BY h, w OFFSET 3999990)") == 10


def test_files_take_a_name_from_a_query(engine: Embedded, tmp_path: Path) -> None:
    """A second look on the same engine must not see what the first called so."""
    pq.write_table(pa.table({"n": [1, 2]}), tmp_path / "two.parquet")
    engine.view("numbers", tmp_path / "two.parquet")
    engine.view("files", tmp_path / "two.parquet")
    engine.define("numbers", "SELECT n FROM files UNION ALL SELECT n FROM files")
    assert engine.value("SELECT count(*) FROM numbers") == 4
    engine.view("numbers", tmp_path / "two.parquet")
    assert engine.value("SELECT count(*) FROM numbers") == 2


def test_quotes_are_doubled() -> None:
    assert sql_text(Path("/a'b")) == "/a''b"
