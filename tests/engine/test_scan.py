"""One small world through the embedded engine and through a server: all results are equal."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from iolaus.ingest.inputs import Inputs
from iolaus.progress import Progress
from iolaus.scan import scan
from iolaus.settings import load
from iolaus.simulate import simulate

SCALE, STATE_SCALE = 0.15, 0.02
DECIMALS = 6


def made(world: Path, scale: float) -> Inputs:
    """The inputs of a scan of a new world."""
    simulate("demo", world, scale, 0, ())
    sides = (world / name for name in ("accounts.parquet", "account_events.parquet", "releases.csv"))
    return Inputs((str(world / "exchanges"),), *sides)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory, url: str) -> tuple[Path, Path]:
    """Folders of the results of both engines."""
    folder = tmp_path_factory.mktemp("engines")
    inputs = made(folder / "world", SCALE)
    embedded, server = folder / "embedded", folder / "server"
    scan(inputs, load(), embedded, Progress(False))
    scan(inputs, load(None, {"engine": {"url": url}}), server, Progress(False))
    return embedded, server


def test_scans_on_top_of_a_state_are_the_same(tmp_path: Path, url: str) -> None:
    """The same logs a second time, on top of one state, by either engine."""
    inputs = made(tmp_path / "world", STATE_SCALE)
    scan(inputs, load(), tmp_path / "first", Progress(False), tmp_path / "kept")
    told = {}
    for name, flags in (("embedded", {}), ("server", {"engine": {"url": url}})):
        out, state = tmp_path / name, tmp_path / f"{name}-state"
        shutil.copytree(tmp_path / "kept", state)
        scan(inputs, load(None, flags), out, Progress(False), state)
        told[name] = [rounded(out / "accounts.parquet"), (out / "run.json").read_bytes()]
    assert told["embedded"] == told["server"]
    assert b"were kept already" in told["server"][1]


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
