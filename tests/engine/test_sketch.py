"""Texts sketched by a server's workers: every file is what this process makes of them, byte for byte."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from ingest.scanning import jsonl
from iolaus.engine import EngineSettings, open_engine
from iolaus.errors import InputError
from iolaus.ingest.inputs import Inputs
from iolaus.ingest.run import ingest
from iolaus.ingest.settings import IngestSettings
from iolaus.key import load as load_key
from iolaus.progress import Progress
from iolaus.settings import load
from iolaus.sketch import run as sketching
from iolaus.sketch.part import Part, Sketcher
from iolaus.sketch.settings import SketchSettings
from iolaus.workspace import Workspace, marker
from textless.sketching import sketched
from textless.test_rows import records

PARTS, PART_ROWS = 3, 32
NAME = "scan"


@pytest.fixture(scope="module", params=["texts", "keyed sketches"])
def read(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working folder with three ingested parts; of the sketched ones the first holds texts."""
    folder = tmp_path_factory.mktemp("read")
    rows, logs = records(), []
    for number in range(PARTS):
        log = jsonl(folder / f"log-{number}.jsonl", rows[number * PART_ROWS : (number + 1) * PART_ROWS])
        made = request.param == "keyed sketches" and number != 0
        logs.append(str(sketched(log, folder / f"sketches-{number}.parquet") if made else log))
    work, settings = Workspace(folder / "work", NAME), IngestSettings(max_rejects=1.0, part_rows=PART_ROWS)
    engine = open_engine(EngineSettings(), work.root / "scratch")
    ingest(Inputs(tuple(logs)), settings, load_key(load().sketch.key_file), work, engine, Progress(False))
    engine.close()
    return folder / "work"


def run(read: Path, into: Path, url: str, **options: object) -> dict[str, bytes]:
    """Sketch by an engine in a copy of what was read, or in what stands there; the files of the parts."""
    if not into.exists():
        shutil.copytree(read, into)
    work = Workspace(into, NAME)
    settings = SketchSettings(**{"k": 3, "filter_bits": 16, "key_file": load().sketch.key_file, **options})
    engine = open_engine(EngineSettings(url=url), work.root / "scratch")
    try:
        sketching.run(work, settings, load_key(load().sketch.key_file), engine, Progress(False))
    finally:
        engine.close()
    files = [path for path in work.folder("sketch").glob("*/*") if path.is_file()]
    found = {str(path.relative_to(work.root)): path.read_bytes() for path in files}
    # Its rows are written in the order in which two threads end.
    uses = pq.read_table(work.folder("sketch") / "uses.parquet").to_pylist()
    return found | {"uses": repr(sorted(map(str, uses))).encode()}


def test_files_are_the_same(read: Path, tmp_path: Path, url: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "iolaus"):
        here, there = (run(read, tmp_path / name, url_) for name, url_ in (("here", ""), ("there", url)))
    assert "read by the server's workers, in 3 tasks" in caplog.text
    assert len([name for name in here if "marks/" in name]) == PARTS
    assert sorted(here) == sorted(there)
    assert any("given/" in name for name in here) == (read / NAME / "ingest" / "sketches").exists()
    assert [name for name in here if here[name] != there[name]] == []


def test_a_part_that_fails_is_told_and_what_stands_is_kept(
    read: Path, tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A scan that one engine began the other ends."""
    done: list[int] = []
    broken = {1}
    write = Sketcher._write

    def writing(self: Sketcher, one: Part, place: Path) -> None:
        done.append(one.number)
        if one.number in broken:
            raise ValueError("somebody's private text")
        write(self, one, place)

    monkeypatch.setattr(Sketcher, "_write", writing)
    with pytest.raises(InputError, match=r"on a worker: part-00001: ValueError\.") as told:
        run(read, tmp_path / "broken", url)
    assert "private" not in str(told.value)
    stands = {number for number in range(PARTS) if marker(tmp_path / "broken" / NAME, f"sketch-{number}").exists()}
    assert 1 not in stands
    done.clear()
    broken.clear()
    found = run(read, tmp_path / "broken", "")
    assert set(done) == set(range(PARTS)) - stands
    assert found == run(read, tmp_path / "whole", "")


def test_workers_need_the_key_of_the_scan(
    read: Path, tmp_path: Path, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    other = tmp_path / "other.key"
    other.write_text("01" * 32)
    whole = run(read, tmp_path / "whole", "")
    for path, told in ((other, "another key lies there"), (tmp_path / "no.key", "No such file or directory")):
        caplog.clear()
        assert run(read, tmp_path / path.stem, url, key_file=path) == whole
        assert f"{path}: {told}" in caplog.text


def test_what_is_not_seen_in_time_is_told(read: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sketching, "PATIENCE_S", 0.0)
    monkeypatch.setattr("iolaus.engine.embedded.Embedded.each", lambda *_: iter(()))
    with pytest.raises(InputError, match=r"is not seen here.*Put --out"):
        run(read, tmp_path / "late", "")
