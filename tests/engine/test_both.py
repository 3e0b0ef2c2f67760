"""What every engine behind the door does alike."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from iolaus.engine import Engine, EngineSettings, open_engine


@pytest.fixture(params=["embedded", "server"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    url = request.getfixturevalue("url") if request.param == "server" else ""
    made = open_engine(EngineSettings(url=url, memory_mb=256, threads=1), tmp_path / "it's scratch")
    yield made
    made.close()


def test_tables_values_and_views(engine: Engine, tmp_path: Path) -> None:
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
    engine.view("parts", [folder / "part-0.parquet"])
    assert engine.value("SELECT max(n) FROM parts") == 0


@pytest.mark.parametrize("rows", [0, 3, 100_000])
def test_tables_of_any_size_are_registered(engine: Engine, rows: int) -> None:
    engine.register("many", pa.table({"n": np.arange(rows), "s": pa.array(["x"] * rows, pa.string())}))
    engine.register("many", pa.table({"n": np.arange(rows), "s": pa.array(["y"] * rows, pa.string())}))
    assert engine.table("SELECT count(*) AS n, coalesce(max(s), 'y') AS s FROM many").to_pylist() == [
        {"n": rows, "s": "y"}
    ]


def test_what_is_kept_stands_until_it_is_dropped(engine: Engine) -> None:
    engine.register("numbers", pa.table({"n": [1, 2, 3]}))
    engine.define("odd", "SELECT n FROM numbers WHERE n % 2 = 1")
    engine.keep("sums", "SELECT CAST(sum(n) AS BIGINT) AS n FROM odd")
    engine.register("numbers", pa.table({"n": [5]}))
    assert engine.value("SELECT n FROM sums") == 4
    engine.keep("sums", "SELECT n + 1 AS n FROM sums")
    assert engine.value("SELECT n FROM sums") == 5
    engine.drop("sums", "odd", "numbers", "never_seen")
    engine.drop("sums")
    engine.register("sums", pa.table({"n": [9]}))
    assert engine.value("SELECT n FROM sums") == 9


def test_written_files_are_whole_and_in_order(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "it's.parquet"
    rows = np.random.default_rng(1).permutation(50_000)
    engine.register("rows", pa.table({"n": rows, "unseen": -rows}))
    engine.write("SELECT n, unseen, 'it''s \\' AS word FROM rows", path, order="unseen", columns="n, word")
    found = pq.read_table(path)
    assert found.column_names == ["n", "word"]
    assert found["n"].to_pylist() == list(range(49_999, -1, -1))
    assert set(found["word"].to_pylist()) == {"it's \\"}
    engine.write("SELECT n FROM rows WHERE n < 0", path)
    assert pq.read_table(path).schema.names == ["n"] and len(pq.read_table(path)) == 0


def test_times_are_utc_wherever_the_machine_is(engine: Engine) -> None:
    engine.register("times", pa.table({"ts": pa.array([datetime(2026, 1, 5, 23, 30, tzinfo=UTC)])}))
    assert engine.value("SELECT CAST(CAST(ts AS DATE) AS STRING) FROM times") == "2026-01-05"
    assert engine.value("SELECT epoch_us(ts) FROM times") == 1_767_655_800_000_000


def test_statements_mean_the_same(engine: Engine) -> None:
    """One row for each idiom that the stages rely on and that engines are known to differ in."""
    engine.register(
        "seen",
        pa.table(
            {
                "who": pa.array([1, 1, 1, 2, 2], pa.int32()),
                "ts": [-3, 5, 5, 7, None],
                "what": ["é", "b", "a", None, "c"],
                "real": pa.array([0.7, 0.1, None, 1.25, 2.0], pa.float32()),
            }
        ),
    )
    found = engine.table(
        "SELECT who, min_by(what, (ts, what)) AS first, max_by(what, (ts, what)) AS last,"
        " count(DISTINCT ts // 2) AS halves, CAST(sum(strlen(what)) AS BIGINT) AS bytes,"
        " bool_or(ts = 5) AS five, count(CASE WHEN ts = 5 THEN 1 END) AS fives,"
        " max(CAST(round(CAST(real AS DOUBLE) * 1000) AS INTEGER)) AS milli,"
        " max(greatest(ts, 6)) AS most FROM seen WHERE ts IS NOT NULL GROUP BY who ORDER BY who"
    ).to_pylist()
    assert found[0] == {
        "who": 1, "first": "é", "last": "b", "halves": 2, "bytes": 4, "five": True, "fives": 2, "milli": 700, "most": 6,
    }  # fmt: skip
    assert found[1]["halves"] == 1 and found[1]["milli"] == 1250
    filled = engine.table(
        "SELECT first_value(what IGNORE NULLS) OVER w AS what FROM seen WHERE who = 2"
        " WINDOW w AS (PARTITION BY who ORDER BY what NULLS FIRST"
        " ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)"
    )
    assert filled["what"].to_pylist() == ["c", "c"]
    squares = engine.value(
        "SELECT sum(CAST(n AS DECIMAL(20, 0)) * CAST(n AS DECIMAL(18, 0))) FROM (SELECT 9999999999 AS n)"
    )
    assert int(squares) == 9999999999**2
