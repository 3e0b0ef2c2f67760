"""The folder of a state: whose it is, who may open it, and that nothing of others is touched."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ingest.scanning import jsonl, record
from iolaus.errors import InputError
from iolaus.ingest.inputs import Inputs
from iolaus.state.folder import opened

from .keeping import gathered, scanned, snapshot

OPEN = {"ingest": {"max_rejects": 1.0}}


@pytest.fixture
def inputs(tmp_path: Path) -> Inputs:
    (tmp_path / "logs").mkdir()
    return Inputs((str(jsonl(tmp_path / "logs" / "log.jsonl", [record(n) for n in range(20)])),))


@pytest.fixture
def state(inputs: Inputs, tmp_path: Path) -> Path:
    gathered(inputs, tmp_path / "state", tmp_path / "work")
    return tmp_path / "state"


def other_key(tmp_path: Path) -> str:
    (tmp_path / "other.key").write_text("7b" * 32 + "\n", "ascii")
    return str(tmp_path / "other.key")


def test_another_key_is_refused(inputs: Inputs, state: Path, tmp_path: Path) -> None:
    before = snapshot(state)
    with pytest.raises(
        InputError, match=r"kept under sketch key [0-9a-f]{16}, this scan's is [0-9a-f]{16}\. Set sketch"
    ):
        scanned(inputs, tmp_path / "out", state, sketch={"key_file": other_key(tmp_path)})
    assert snapshot(state) == before


@pytest.mark.parametrize(("name", "value"), [("least", 8), ("rate", 0.5), ("edge_words", 3), ("edge_rate", 0.9)])
def test_settings_that_shape_what_is_kept_are_refused(
    name: str, value: float, inputs: Inputs, state: Path, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=rf"kept with sketch\.{name} = .* this scan has {value:g}\. Set it back"):
        scanned(inputs, tmp_path / "out", state, sketch={name: value})


def test_other_settings_may_change(inputs: Inputs, state: Path, tmp_path: Path) -> None:
    scanned(inputs, tmp_path / "out", state, sketch={"k": 3}, state={"keep_days": 3})
    assert (tmp_path / "out" / "report.html").exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{}", "format None"),
        (b'{"format": 99}', "a state of format 99"),
        (b"no", "no manifest"),
        (b'{"format": 2}', "a state of format 2"),
        (b'{"format": 3}', "no manifest"),
    ],
)
def test_another_schema_is_refused(content: bytes, said: str, inputs: Inputs, state: Path, tmp_path: Path) -> None:
    (state / "state.json").write_bytes(content)
    with pytest.raises(InputError, match=said):
        scanned(inputs, tmp_path / "out", state)
    assert list((state / "parts").rglob("*.parquet")), "parts of an unreadable state were removed"


def test_folders_that_are_not_its_own_are_refused(inputs: Inputs, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "letters.txt").write_text("dear")
    cases: dict[Path, str] = {
        mine: "holds 'letters.txt' and no state",
        tmp_path / "logs": "holds or lies in the input",
        tmp_path / "logs" / "deep": "holds or lies in the input",
        tmp_path / "out": "is a folder of the results",
        tmp_path / "out" / ".state" / "x": "is a folder of the results",
    }
    inputs = Inputs((str(tmp_path / "logs"),))
    for place, said in cases.items():
        with pytest.raises(InputError, match=said):
            scanned(inputs, tmp_path / "out", place)
    assert (mine / "letters.txt").read_text() == "dear"


def test_one_command_at_a_time(inputs: Inputs, state: Path, tmp_path: Path) -> None:
    with opened(state, None), pytest.raises(InputError, match="another command has this state open"):
        scanned(inputs, tmp_path / "out", state)


def test_what_a_killed_scan_left_is_removed_and_nothing_else(state: Path) -> None:
    left = state / "parts" / "2026-01-09" / "000009-00000.parquet"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"half")
    beside = state / "notes.txt"
    beside.write_text("mine")
    with opened(state, None):
        pass
    assert not left.parent.exists()
    assert beside.read_text() == "mine"


def test_the_manifest_names_no_machine(state: Path) -> None:
    text = (state / "state.json").read_text("utf-8")
    assert str(state.parent) not in text
    made: dict[str, Any] = json.loads(text)["made"]
    assert set(made) == {"key_id", "sketch", "content_model"}
    assert (state.stat().st_mode & 0o077) == 0, "others may read what is kept"


def test_too_many_rejects_leave_the_state_as_it_was(state: Path, tmp_path: Path) -> None:
    before = snapshot(state)
    logs = Inputs((str(jsonl(tmp_path / "bad.jsonl", [record(50), record(51, ts="never")])),))
    with pytest.raises(InputError, match="1 of 2 rows were refused"):
        scanned(logs, tmp_path / "out", state)
    assert snapshot(state) == before
    assert (tmp_path / "out" / "rejects.parquet").exists()
