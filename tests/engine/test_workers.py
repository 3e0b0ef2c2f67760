"""Work on a server's workers: done there where they can, here where they cannot, and told in one line."""

from __future__ import annotations

import logging
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

import iolaus
from iolaus.engine import Engine, EngineSettings, open_engine, spark
from iolaus.engine.workers import asking, build, counts, missing
from iolaus.errors import InputError

from .work import Doubling

ITEMS = [3, 1, 2, 7, 7]


@pytest.fixture
def server(tmp_path: Path, url: str) -> Iterator[Engine]:
    made = open_engine(EngineSettings(url=url), tmp_path / "scratch")
    yield made
    made.close()


def rows(number: int) -> Iterator[pa.RecordBatch]:
    return iter([pa.RecordBatch.from_pydict({"id": [place]}) for place in range(number)])


def test_every_item_is_done_there(server: Engine, tmp_path: Path) -> None:
    assert sorted(server.each(Doubling(tmp_path), ITEMS)) == sorted(ITEMS)
    assert {item: (tmp_path / str(item)).read_text() for item in set(ITEMS)} == {
        item: f"{2 * item} away" for item in set(ITEMS)
    }
    assert list(server.each(Doubling(tmp_path), [])) == []


def test_what_workers_lack_is_said_once_and_the_work_done_here(
    server: Engine, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "iolaus"):
        assert list(server.each(Doubling(tmp_path, "/no/key"), ITEMS)) == ITEMS
    assert (tmp_path / "7").read_text() == "14 here"
    (told,) = [record.getMessage() for record in caplog.records]
    assert "/no/key: No such file or directory. Put it there." in told and "operating.md" in told


def test_another_build_on_the_workers_is_not_used(
    server: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(spark, "build", lambda: "another")
    assert list(server.each(Doubling(tmp_path), [1])) == [1]
    assert (tmp_path / "1").read_text() == "2 here"
    assert "of another build" in caplog.text


def test_a_server_without_python_is_not_used(
    server: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(spark, "asking", lambda *_: refusing)
    assert list(server.each(Doubling(tmp_path), [1])) == [1]
    assert "runs no Python of this kind (PythonException)" in caplog.text
    assert "private" not in caplog.text


def refusing(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    raise ValueError("private")


@pytest.mark.parametrize(
    ("item", "told"), [(100, "on a worker: 100: too large. Give a smaller one."), (-1, "on a worker: -1: ValueError.")]
)
def test_an_item_that_cannot_be_done_is_one_line(server: Engine, tmp_path: Path, item: int, told: str) -> None:
    with pytest.raises(InputError) as raised:
        list(server.each(Doubling(tmp_path), [item]))
    assert told in str(raised.value)
    assert "private" not in str(raised.value) and "\n" not in str(raised.value)


def test_a_worker_without_the_package_says_so(tmp_path: Path) -> None:
    """The question travels by value: it is put in a process where the package, or its version, is missing."""
    from pyspark import cloudpickle

    sent = cloudpickle.dumps(asking(pickle.dumps((Doubling(tmp_path), ())), iolaus.__version__, build()))
    put = (
        "import pickle, sys, types, pyarrow; package = types.ModuleType('iolaus'); package.__version__ = '0.0.9'\n"
        "sys.modules['iolaus'] = package if 'old' in sys.argv else None\n"
        "ask = pickle.load(sys.stdin.buffer); row = pyarrow.RecordBatch.from_pydict({'id': [0]})\n"
        "print(next(ask(iter([row])))['reason'][0].as_py())"
    )
    answers = [
        subprocess.run([sys.executable, "-c", put, *old], input=sent, capture_output=True, check=True).stdout.decode()
        for old in ([], ["old"])
    ]
    assert "iolaus cannot be used there, ModuleNotFoundError" in answers[0]
    assert f"they have iolaus 0.0.9, not {iolaus.__version__}." in answers[1]


def test_one_worker_of_another_build_stops_the_work(tmp_path: Path) -> None:
    sent = pickle.dumps((Doubling(tmp_path), (1, 2)))
    assert missing(sent, build()) == ""
    assert [batch["count"][0].as_py() for batch in counts(rows(2), sent, build())] == [1, 2]
    with pytest.raises(InputError, match="another iolaus than the rest"):
        list(counts(rows(2), sent, "another"))


def test_a_worker_that_lacks_a_file_names_it(tmp_path: Path) -> None:
    sent = pickle.dumps((Doubling(tmp_path / "gone"), (1,)))
    with pytest.raises(InputError, match=r"gone/1: No such file or directory"):
        list(counts(rows(1), sent, build()))
