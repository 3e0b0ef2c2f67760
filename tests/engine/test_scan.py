"""One small world through the embedded engine and through a server: all results are equal."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from iolaus.ingest.inputs import Inputs
from iolaus.progress import Progress
from iolaus.scan import scan
from iolaus.settings import load
from iolaus.simulate import simulate

SCALE = 0.25
DECIMALS = 6


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory, url: str) -> tuple[Path, Path]:
    """Folders of the results of both engines."""
    folder = tmp_path_factory.mktemp("engines")
    world = folder / "world"
    simulate("demo", world, SCALE, 0, ())
    sides = (world / f"{name}" for name in ("accounts.parquet", "account_events.parquet", "releases.csv"))
    inputs = Inputs((str(world / "exchanges"),), *sides)
    embedded, server = folder / "embedded", folder / "server"
    scan(inputs, load(), embedded, Progress(False))
    scan(inputs, load(None, {"engine": {"url": url}}), server, Progress(False))
    return embedded, server


@pytest.mark.parametrize("name", ["campaigns.json", "cohorts.json", "run.json"])
def test_texts_are_the_same(results: tuple[Path, Path], name: str) -> None:
    embedded, server = (folder / name for folder in results)
    assert embedded.read_bytes() == server.read_bytes()


@pytest.mark.parametrize("name", ["accounts.parquet", "exchanges.parquet", "rejects.parquet"])
def test_tables_are_the_same(results: tuple[Path, Path], name: str) -> None:
    embedded, server = (rounded(folder / name) for folder in results)
    assert embedded == server


def rounded(path: Path) -> dict[str, list[object]]:
    """Columns of a table, numbers rounded to the places that results are written with."""
    table = pq.read_table(path)
    return {
        field.name: [
            round(value, DECIMALS) if pa.types.is_floating(field.type) and value is not None else value
            for value in table[field.name].to_pylist()
        ]
        for field in table.schema
    }


def test_there_is_something_to_compare(results: tuple[Path, Path]) -> None:
    accounts = pq.read_table(results[1] / "accounts.parquet")
    assert sum(accounts["accused"].to_pylist()) > 0
    assert len(pq.read_table(results[1] / "exchanges.parquet")) > 0
