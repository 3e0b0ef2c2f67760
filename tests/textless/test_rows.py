"""What is sketched in the request path is what a scan would have made of the text, and holds none of it."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest.scanning import jsonl, record, workspace
from iolaus.errors import InputError
from iolaus.ingest.hashing import Hasher
from iolaus.ingest.inputs import Inputs
from iolaus.key import load as load_key
from iolaus.link.asking import asked
from iolaus.make import SCORES_BYTES, TOPIC_BYTES, parse
from iolaus.progress import Progress
from iolaus.scan import normalise
from iolaus.settings import load
from iolaus.sketch.content import shipped_model
from iolaus.sketch.mask import BYTES, bare
from iolaus.sketch.settings import SketchSettings
from iolaus.sketch.topic import WIDTH
from iolaus.tables import SKETCHES
from iolaus.textless import run
from sketch.pipeline import Fingerprinted, stages

from .sketching import SECRET, sketched

TEXTS = (
    "please explain step by step why the sky looks blue in the morning",
    "写一首关于春天的短诗，要有五行，每行七个字",
    "Расскажи, почему небо голубое, и приведи три примера из жизни",
    f"{SECRET}, " * 400,
    "ok",
    "",
    "!!!",
    None,
)


def records() -> list[dict[str, Any]]:
    """Texts of many kinds and lengths, some shared by several accounts, with and without what stands beside them."""
    made = []
    for number in range(96):
        text = TEXTS[number % len(TEXTS)]
        made.append(record(
            number, prompt=text if text is None or number % 3 else f"{text} {number}",
            system_prompt=f"rule {number % 5} of {SECRET}" if number % 4 else None,
            tools=["search"] if number % 2 else None,
            response=f"answer {number}" if number % 5 else None, temperature=0.7, ip=f"10.0.0.{number % 9}",
            status=500 if number % 11 == 0 else 200, conversation_id=f"c{number % 40}" if number % 6 else None,
        ))  # fmt: skip
    return made


def worked(folder: Path, log: Path, **options: Any) -> Fingerprinted:
    """The stages on one file of logs, under the key of the tests' settings."""
    inputs = Inputs((str(log),))
    work = workspace(inputs, folder / "state")
    stages(work, inputs, SketchSettings(**{"k": 3, "filter_bits": 16, **options}), key=load_key(key_file()))
    return Fingerprinted(work)


def key_file() -> Path | None:
    """The key that commands of the tests use."""
    return load(None).sketch.key_file


@pytest.mark.parametrize("suffix", ["parquet", "jsonl"])
def test_stages_make_of_sketches_what_they_make_of_texts(suffix: str, tmp_path: Path) -> None:
    log = jsonl(tmp_path / "log.jsonl", records())
    weights = tmp_path / "weights.npy"
    run.learn(Inputs((str(log),)), load(None), weights)
    out = sketched(log, tmp_path / f"sketches.{suffix}", sketch={"weights": weights})
    whole, bare_ = worked(tmp_path / "a", log, weights=weights), worked(tmp_path / "b", out, weights=weights)
    assert whole.marks == bare_.marks
    for name in ("uses.parquet", "phrases.parquet", "phrase_uses.parquet", "accounts.parquet"):
        order = [(column, "ascending") for column in whole.sketch(name).column_names]
        assert whole.sketch(name).sort_by(order).equals(bare_.sketch(name).sort_by(order)), name
    for one, other in zip(
        *(sorted((f.work.folder("sketch") / "topics").glob("*.npy")) for f in (whole, bare_)), strict=True
    ):
        assert np.load(one).tobytes() == np.load(other).tobytes()
    assert whole.conversations == bare_.conversations
    assert any(row["readable"] for row in bare_.marks)


def test_no_word_of_a_text_is_in_a_sketch(tmp_path: Path) -> None:
    log = jsonl(tmp_path / "log.jsonl", records())
    for suffix in ("jsonl", "parquet"):
        content = sketched(log, tmp_path / f"out.{suffix}").read_bytes()
        for word in SECRET.split():
            if len(word) > 4:
                assert word.encode() not in content
                assert base64.b64encode(word.encode())[: len(word) // 3 * 4] not in content
    rows = pq.read_table(tmp_path / "out.parquet")
    assert not {"prompt", "system_prompt", "response"} & {*rows.column_names}
    assert {*SKETCHES.names} <= {*rows.column_names}


def test_scores_are_those_of_the_text_and_masked(tmp_path: Path) -> None:
    rows = pq.read_table(sketched(jsonl(tmp_path / "log.jsonl", [record(0, prompt=TEXTS[0])]), tmp_path / "o.parquet"))
    known = asked(pa.array([TEXTS[0]], pa.large_string()), shipped_model())
    wanted = np.concatenate([known.content.intents, known.content.capability], 1)
    hasher = Hasher(load_key(key_file()))
    kept = rows["scores"].combine_chunks().cast(pa.binary(BYTES))
    found = bare(kept, rows["prompt_hash"].combine_chunks(), hasher)
    assert np.asarray(found.flatten(), np.float32).tobytes() == wanted.tobytes()
    assert rows["scores"][0].as_py() != wanted.tobytes()
    assert (len(rows["scores"][0].as_py()), len(rows["topic"][0].as_py())) == (BYTES, WIDTH)
    assert (SCORES_BYTES, TOPIC_BYTES) == (BYTES, WIDTH)


def test_a_row_without_text_gets_no_sketch(tmp_path: Path) -> None:
    log = jsonl(tmp_path / "log.jsonl", [record(0, prompt=None, response=None), record(1)])
    rows = pq.read_table(sketched(log, tmp_path / "o.parquet")).to_pylist()
    assert [(row["text_state"], row["sketch"] is None) for row in rows] == [("not_retained", True), ("sketched", False)]


def test_sketches_are_not_sketched_again(tmp_path: Path) -> None:
    once = sketched(jsonl(tmp_path / "log.jsonl", [record(0)]), tmp_path / "o.jsonl")
    with pytest.raises(InputError, match="hold keyed sketches already"):
        sketched(once, tmp_path / "again.jsonl")


def test_a_make_says_what_it_was_made_with(tmp_path: Path) -> None:
    (row,) = pq.read_table(sketched(jsonl(tmp_path / "l.jsonl", [record(0)]), tmp_path / "o.parquet")).to_pylist()
    make = parse(row["sketch"])
    assert make is not None
    assert make.text == row["sketch"]
    assert (make.key_id, make.weights) == (load_key(key_file()).id, "alike")
    assert parse("1:x:16,0,1,2:y:alike") is None
    assert make.settings == (16, 0.0625, 24, 0.5)


def test_the_normal_form_keeps_sketches(tmp_path: Path) -> None:
    log = jsonl(tmp_path / "log.jsonl", [*records(), record(0)])
    once = sketched(log, tmp_path / "o.parquet")
    normalise(Inputs((str(once),)), load(None, {"ingest": {"max_rejects": 0.5}}), tmp_path / "normal", Progress(False))
    written = pq.read_table(tmp_path / "normal" / "exchanges")
    before = pq.read_table(once).slice(0, len(records()))
    for name in SKETCHES.names:
        assert written[name].to_pylist() == before[name].to_pylist(), name
    assert set(written["text_state"].to_pylist()) == {"sketched"}
