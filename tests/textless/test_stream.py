"""A line in, a line out: at once, in order, whatever comes, and nothing of a text in any of it."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import time
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from ingest.scanning import ingested, jsonl, record
from iolaus.errors import InputError, TooManyRejectsError
from iolaus.ingest.inputs import Inputs
from iolaus.key import load as load_key
from iolaus.settings import load
from iolaus.textless import run
from iolaus.textless.arriving import arriving

from .sketching import SECRET, command, conversation, lines_of, piped, sketched


def joined(*lines: Any) -> bytes:
    """Lines of a log."""
    return b"".join((one if isinstance(one, bytes) else json.dumps(one).encode()) + b"\n" for one in lines)


def test_bad_lines_are_lines_without_text_in_their_place() -> None:
    ran = piped(joined(
        record(0, prompt=SECRET), f"{SECRET} is no JSON".encode(), record(1, ts=SECRET), [SECRET], b"",
        b'{"ts": "\xff', {"ts": "2026-01-05T10:00:00Z", "prompt": SECRET},
        record(2, prompt=f"\udcff {SECRET}", temperature=SECRET),
    ))  # fmt: skip
    told = [json.loads(line) for line in ran.stdout.splitlines()]
    assert ran.returncode == 0, ran.stderr
    assert [line.get("refused", {}).get("line", line.get("exchange_id")) for line in told] == [
        "e0",
        2,
        3,
        4,
        6,
        7,
        "e2",
    ]
    reasons = [line["refused"]["reason"] for line in told if "refused" in line]
    assert reasons == ["no JSON value", "not a time", "not a JSON object", "no JSON value", "no account"]
    assert told[-1]["defects"] == ["prompt: bad utf-8", "temperature: not a number"]
    assert told[-1]["text_state"] == "sketched"
    for word in SECRET.split():
        assert word.encode() not in ran.stdout + ran.stderr


def test_a_line_is_answered_before_the_next_one_comes() -> None:
    process = subprocess.Popen(command("--stream"), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        for number in range(3):
            process.stdin.write(joined(record(number)))
            process.stdin.flush()
            began = time.monotonic()
            assert json.loads(process.stdout.readline())["exchange_id"] == f"e{number}"
        assert time.monotonic() - began < 5
    finally:
        process.stdin.close()
        assert process.wait(60) == 0
        process.stdout.close()


def test_whatever_has_come_is_one_batch_and_no_line_is_held_beyond_its_bound(tmp_path: Path) -> None:
    long = json.dumps(record(1, prompt="x" * 3_000)).encode()
    path = tmp_path / "log"
    path.write_bytes(joined(record(0), long, record(2)) + json.dumps(record(3)).encode())
    with path.open("rb") as file:
        batches = list(arriving(file.fileno(), 1_000))
    assert [r["exchange_id"] for batch in batches for r in batch.records] == ["e0", "e2", "e3"]
    assert [(r.row, r.reason) for batch in batches for r in batch.refused] == [(2, "longer than max_record_bytes")]


def test_ids_that_the_log_does_not_give_are_made_when_sketches_are_read(tmp_path: Path) -> None:
    ran = piped(joined(*(record(n, exchange_id=None, prompt=f"question {n}") for n in range(3))))
    assert all("exchange_id" not in json.loads(line) for line in ran.stdout.splitlines())
    for day in ("one", "two"):  # a stream that begins again has the same rows
        (tmp_path / f"{day}.jsonl").write_bytes(ran.stdout)
    got = ingested(
        tmp_path / "state", tmp_path / "one.jsonl", tmp_path / "two.jsonl", key=load_key(load().sketch.key_file)
    )
    assert got.summary.exchanges == 6
    assert not got.summary.rejects


def test_conversations_of_context_that_is_sent_again_are_those_of_the_texts(tmp_path: Path) -> None:
    asks = [("a1", 5, ["why is it so", "and then", "and now"]), ("a2", 6, ["why is it so"]), ("a1", 7, ["another day"])]
    log = jsonl(tmp_path / "log.jsonl", [row for asked in asks for row in conversation(*asked)])
    ran = piped(log.read_bytes(), "--format", "openai")
    assert ran.returncode == 0, ran.stderr
    assert SECRET.encode() not in ran.stdout
    (tmp_path / "sketches.jsonl").write_bytes(ran.stdout)
    key = load_key(load().sketch.key_file)
    texts, found = (ingested(tmp_path / n, tmp_path / f"{n}.jsonl", key=key) for n in ("log", "sketches"))
    assert _numbered(texts.derived) == _numbered(found.derived)
    assert [row["conversation"] for row in _numbered(found.derived)] == [0, 0, 0, 1, 2]
    assert {e["text_state"] for e in found.exchanges} == {"sketched"}


ROOT = Path(__file__).parents[2]
REAL = {
    "swe_agent_interactions": ["--account", "agent"],  # OpenAI requests and answers in lines of their own
    "glasswally_events": ["--mapping", str(ROOT / "docs" / "examples" / "glasswally.toml")],
}


@pytest.mark.parametrize("name", REAL)
def test_real_logs_are_the_same_exchanges_and_conversations(name: str, tmp_path: Path) -> None:
    log = ROOT / "tests" / "data" / f"{name}.jsonl.gz"
    lines = gzip.decompress(log.read_bytes())
    ran = piped(lines, *REAL[name])
    assert ran.returncode == 0, ran.stderr
    (tmp_path / "s.jsonl").write_bytes(ran.stdout)
    key, (option, value) = load_key(load().sketch.key_file), REAL[name]
    given = {option.removeprefix("--"): Path(value) if option == "--mapping" else value}
    texts = ingested(tmp_path / "texts", log, key=key, **given)
    found = ingested(tmp_path / "found", tmp_path / "s.jsonl", key=key)
    assert _numbered(texts.derived) == _numbered(found.derived)
    assert {e["text_state"] for e in texts.exchanges} == {"present"}
    assert {e["text_state"] for e in found.exchanges} == {"sketched"}
    prompts = {e["prompt"] for e in texts.exchanges if e["prompt"] and len(e["prompt"]) > 20}
    assert len(prompts) > 5
    assert not any(json.dumps(prompt)[1:21].encode() in ran.stdout for prompt in prompts)


def _numbered(derived: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Derived rows with conversations numbered as they appear: their hashes are of ids, which streams leave out."""
    first = list(dict.fromkeys(row["conversation"] for row in derived))
    return [{**row, "conversation": first.index(row["conversation"])} for row in derived]


def test_refused_lines_of_a_stream_are_rejects_of_the_scan(tmp_path: Path) -> None:
    lines = [record(n) for n in range(4)]
    ran = piped(joined(*lines, b"broken", {"account_id": "a9", "ts": "x"}))
    (tmp_path / "s.jsonl").write_bytes(ran.stdout)
    got = ingested(tmp_path / "state", tmp_path / "s.jsonl", key=load_key(load().sketch.key_file))
    assert [(r["row"], r["field"], r["value"], r["reason"]) for r in got.rejects] == [
        (5, "record", None, "no JSON value"), (6, "ts", None, "not a time"),
    ]  # fmt: skip
    assert got.summary.exchanges == 4


def test_files_can_be_streamed_and_formats_are_recognised(tmp_path: Path) -> None:
    log = jsonl(tmp_path / "log.jsonl", conversation("a1", 5, ["one", "two"]))
    out = io.BytesIO()
    told = run.stream(Inputs((str(log),)), load(), out)
    assert (told.rows, len(out.getvalue().splitlines())) == (2, 2)
    strange = piped(joined({"who": "a"}))
    assert strange.returncode == 2
    assert b"standard input: no format fits its fields ('who')" in strange.stderr


def test_a_batch_says_how_many_were_refused_and_writes_nothing_where_these_are_too_many(tmp_path: Path) -> None:
    log = jsonl(tmp_path / "log.jsonl", [*(record(n) for n in range(9)), b"broken"])
    with pytest.raises(TooManyRejectsError, match=r"log\.jsonl: 1 of 10 rows were refused \(most: no JSON value\)"):
        sketched(log, tmp_path / "o.parquet")
    assert not list(tmp_path.glob("*o.parquet*"))
    told = run.batch(Inputs((str(log),)), load(None, {"ingest": {"max_rejects": 0.2}}), tmp_path / "o.jsonl")
    assert (told.rows, dict(told.refused)) == (9, {"no JSON value": 1})
    assert len(lines_of(tmp_path / "o.jsonl")) == 10


def test_weights_come_of_texts_alone(tmp_path: Path) -> None:
    log = jsonl(tmp_path / "log.jsonl", [record(n, prompt=f"{SECRET} {n}") for n in range(30)])
    assert run.learn(Inputs((str(log),)), load(), tmp_path / "w.npy") == 30
    rows = pq.read_table(sketched(log, tmp_path / "o.parquet", sketch={"weights": tmp_path / "w.npy"}))
    assert not rows["sketch"][0].as_py().endswith(":alike")
    empty = jsonl(tmp_path / "empty.jsonl", [record(0, prompt=None)])
    with pytest.raises(InputError, match="hold no text"):
        run.learn(Inputs((str(empty),)), load(), tmp_path / "none.npy")


def test_one_thing_is_asked_for_at_a_time(tmp_path: Path) -> None:
    for arguments, said in (
        (["--out", tmp_path / "o.parquet"], b"give one of --stream, --out FILE and --learn FILE"),
        (["--format", "opnai"], b"Did you mean 'openai'"),
    ):
        ran = piped(b"", *arguments)
        assert ran.returncode == 2
        assert said in ran.stderr
