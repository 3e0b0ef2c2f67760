"""Sketches of another key, version or setting are refused in one clear line; what is no sketch costs its text alone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from ingest.scanning import ingested, jsonl, record
from iolaus.errors import InputError
from iolaus.ingest.inputs import Inputs
from iolaus.key import load as load_key
from iolaus.progress import Progress
from iolaus.scan import scan
from iolaus.settings import load
from iolaus.sketch.making import load_weights, save_weights
from iolaus.sketch.shingle import topic_weights, word_frequencies
from iolaus.sketch.topic import BUCKETS
from iolaus.textless import run

from .sketching import SECRET, lines_of, sketched


@pytest.fixture
def lines(tmp_path: Path) -> list[dict[str, Any]]:
    return lines_of(sketched(jsonl(tmp_path / "log.jsonl", [record(n) for n in range(6)]), tmp_path / "made.jsonl"))


def scanned(lines: list[dict[str, Any]], place: Path, state: Path | None = None, **sections: Any) -> None:
    logs = jsonl(place / "given.jsonl", lines)
    scan(Inputs((str(logs),)), load(None, sections), place / "out", Progress(False), state)


ID, OTHER = r"[0-9a-f]{16}", "f" * 16
FOREIGN = {
    "version": (r"^2:", "3:", "keyed sketches of version 3; this one reads version 2"),
    "key": (rf"^2:{ID}", f"2:{OTHER}", f"sketched under key {OTHER}, this deployment's is"),
    "setting": (":16,", ":8,", r"sketched with sketch.least = 8, here it is 16"),
    "model": (rf":{ID}:alike", f":{OTHER}:alike", f"sketched with content model {OTHER}"),
    "weights": (":alike", f":{OTHER}", f"sketched with weights of words {OTHER}, here they are alike"),
}


@pytest.mark.parametrize("what", FOREIGN)
@pytest.mark.parametrize("kept", [False, True])
def test_another_make_is_refused(what: str, kept: bool, lines: list[dict[str, Any]], tmp_path: Path) -> None:
    found, put, said = FOREIGN[what]
    lines[3]["sketch"] = re.sub(found, put, lines[3]["sketch"])
    with pytest.raises(InputError, match=said):
        scanned(lines, tmp_path, tmp_path / "state" if kept else None)


def test_a_state_refuses_sketches_of_other_weights_and_takes_those_of_its_own(tmp_path: Path) -> None:
    log = jsonl(tmp_path / "log.jsonl", [record(n) for n in range(40)])
    state = tmp_path / "state"
    scan(Inputs((str(log),)), load(), tmp_path / "out", Progress(False), state)
    (weights,) = (state / "tables").glob("weights-*.npy")
    later = jsonl(tmp_path / "later.jsonl", [record(100 + n) for n in range(5)])
    with pytest.raises(InputError, match=r"sketched with weights of words alike, here they are [0-9a-f]{16}"):
        scanned(lines_of(sketched(later, tmp_path / "alike.jsonl")), tmp_path, state)
    other = tmp_path / "other.npy"
    save_weights(np.full(BUCKETS, 2, np.float32), other)
    with pytest.raises(InputError, match=r"other\.npy: not the weights of words that .*state was begun with"):
        scanned([record(200)], tmp_path, state, sketch={"weights": other})
    own = sketched(later, tmp_path / "own.jsonl", sketch={"weights": weights})
    scanned(lines_of(own), tmp_path, state)


DAMAGED: dict[str, Any] = {
    "sketch": f"2:{SECRET}",
    "topic": "AAAA",
    "shingles": "AAAA",
    "scores": "AAAA",
    "words": -1,
}


@pytest.mark.parametrize("name", DAMAGED)
def test_what_is_no_sketch_is_a_row_whose_text_is_not_retained(
    name: str, lines: list[dict[str, Any]], tmp_path: Path
) -> None:
    lines[2][name] = DAMAGED[name]
    got = ingested(tmp_path / "state", jsonl(tmp_path / "given.jsonl", lines), key=load_key(load().sketch.key_file))
    assert [e["text_state"] for e in got.exchanges] == ["sketched"] * 2 + ["not_retained"] + ["sketched"] * 3
    assert got.summary.defects == {"sketch: not a sketch": 1}


def test_a_row_with_its_text_needs_no_sketch(lines: list[dict[str, Any]], tmp_path: Path) -> None:
    lines[1] |= {"prompt": "a text", "text_state": "present"}
    lines[4] = {name: value for name, value in lines[4].items() if name != "sketch"}
    got = ingested(tmp_path / "state", jsonl(tmp_path / "given.jsonl", lines), key=load_key(load().sketch.key_file))
    states = [e["text_state"] for e in got.exchanges]
    assert (states[1], states[4]) == ("present", "not_retained")


def test_weights_that_are_none_are_refused(tmp_path: Path) -> None:
    (tmp_path / "odd.npy").write_bytes(b"odd")
    for name, said in (("odd.npy", "no weights of words"), ("none.npy", "No such file")):
        with pytest.raises(InputError, match=said):
            load_weights(tmp_path / name)
    key = load_key(load().sketch.key_file)
    weights = topic_weights(word_frequencies(pa.array(["one two three"], pa.large_string()), key), 1)
    save_weights(weights, tmp_path / "w.npy")
    found = load_weights(tmp_path / "w.npy")
    assert found is not None
    assert found.tobytes() == weights.tobytes()


def test_one_way_at_a_time(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Give one of them"):
        run.batch(Inputs(("x",), format="openai", mapping=tmp_path / "m.toml"), load(), tmp_path / "o.parquet")
