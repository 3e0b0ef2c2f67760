"""One part: its files are the same whoever makes them and however often, and what travels tells nothing."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ingest.scanning import KEY, jsonl, record, workspace
from iolaus.engine import EngineSettings
from iolaus.engine.embedded import Embedded
from iolaus.errors import InputError
from iolaus.ingest.inputs import Inputs
from iolaus.ingest.run import ingest
from iolaus.ingest.settings import IngestSettings
from iolaus.progress import Progress
from iolaus.sketch.part import SKETCH, UNFINISHED, Part, Sketcher, step
from iolaus.sketch.run import learnt_weights, number_accounts, parts_of
from iolaus.sketch.settings import SketchSettings
from iolaus.workspace import Workspace

SECRET_TEXT = "quillwort"


@pytest.fixture
def work(tmp_path: Path) -> Workspace:
    rows = [record(n, account_id=f"a{n % 3}", prompt=f"{SECRET_TEXT} number {n} of many words") for n in range(40)]
    inputs = Inputs((str(jsonl(tmp_path / "log.jsonl", rows)),))
    made = workspace(inputs, tmp_path / "work")
    engine = Embedded(EngineSettings(), made.root / "scratch")
    ingest(inputs, IngestSettings(), KEY, made, engine, Progress(False))
    number_accounts(made, engine)
    engine.close()
    (made.folder("sketch") / UNFINISHED).mkdir()
    return made


@pytest.fixture
def sketcher(work: Workspace, tmp_path: Path) -> Sketcher:
    file = tmp_path / "sketch.key"
    file.write_text(bytes(range(32)).hex(), "ascii")
    engine = Embedded(EngineSettings(), work.root / "scratch")
    accounts = number_accounts(work, engine)
    engine.close()
    weights = learnt_weights(paths(work), KEY)
    return Sketcher(work.root, SketchSettings(k=3), KEY, file, accounts, weights)


def paths(work: Workspace) -> list[Path]:
    return sorted((work.folder("ingest") / "exchanges").glob("part-*.parquet"))


def part(work: Workspace) -> Part:
    (found,) = parts_of(paths(work))
    return found


def made(work: Workspace) -> dict[str, bytes]:
    """What lies in folders of the sketch, by folder and kind of file."""
    files = [path for path in work.folder("sketch").glob("*/*-*") if path.is_file()]
    return {f"{path.parent.name}/{path.name.split('-')[0]}": path.read_bytes() for path in files}


def test_a_part_that_is_done_twice_is_the_same(work: Workspace, sketcher: Sketcher) -> None:
    assert sketcher(part(work)) == 40
    assert work.finished(step(part(work))) == {}
    once = made(work)
    assert sorted(once) == ["marks/part", "shingles/bins", "shingles/texts", "topics/part"]
    assert replace(sketcher, threads=1)(part(work)) == 40
    assert made(work) == once


@pytest.mark.parametrize(("told", "threads"), [(None, 0), ("1", 1), ("3", 3), ("2,1", 0)])
def test_what_is_opened_elsewhere_makes_the_same(
    work: Workspace, sketcher: Sketcher, monkeypatch: pytest.MonkeyPatch, told: str | None, threads: int
) -> None:
    """With as many threads as the server grants its workers."""
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    if told is not None:
        monkeypatch.setenv("OMP_NUM_THREADS", told)
    sketcher(part(work))
    once = made(work)
    away = pickle.loads(pickle.dumps(sketcher.sent())).opened()
    assert away.threads == threads
    assert np.array_equal(away.weights, sketcher.weights)
    away(part(work))
    assert made(work) == once


def test_what_travels_tells_neither_key_nor_text(sketcher: Sketcher) -> None:
    sent = pickle.dumps(sketcher.sent())
    for secret in (bytes(range(32)), bytes(range(32)).hex().encode(), SECRET_TEXT.encode()):
        assert secret not in sent
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(sketcher)


def test_a_try_that_ends_early_leaves_nothing_that_counts(
    work: Workspace, sketcher: Sketcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("iolaus.sketch.part.write_marks", full)
    with pytest.raises(OSError, match="No space"):
        sketcher(part(work))
    assert work.finished(step(part(work))) is None
    assert made(work) == {}
    assert not list((work.root / SKETCH / UNFINISHED).iterdir())


def test_a_late_try_makes_no_folder_anew(work: Workspace, sketcher: Sketcher) -> None:
    """A worker that was given up must not bring back what a scan has removed."""
    work.drop("")
    with pytest.raises(FileNotFoundError):
        sketcher(part_that_was())
    assert not work.root.exists()


def part_that_was() -> Part:
    return Part(0, 0, 40)


def test_where_a_worker_may_not_write_it_says_so(
    work: Workspace, sketcher: Sketcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = work.root / SKETCH
    monkeypatch.setattr("iolaus.sketch.part.os.access", lambda *_: False)
    with pytest.raises(InputError, match=rf"{place}: cannot be written\. Give it to the user"):
        sketcher.sent().opened()
