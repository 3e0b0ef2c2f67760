"""Any other log by a TOML mapping; a slip in one is answered with the names that were meant."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iolaus.errors import InputError
from iolaus.ingest.mapping import load, walk

from .scanning import ingested, jsonl

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data"
EXAMPLES = ROOT / "docs" / "examples"

NESTED = """
[rename]
ts = "meta.at"
account_id = "meta.who.id"
prompt = "messages.-1.content"
tools = "tools.*.function.name"
modalities = "kinds"
input_tokens = "gen.usage.in"

[constant]
pathway = "web"

[time]
format = "%d/%m/%Y %H:%M"
zone = "Europe/Paris"

[list]
modalities = ","

[context]
root_text = "messages.0.content"
turn = "earlier"
"""


def nested(number: int, earlier: int = 0) -> dict[str, Any]:
    return {
        "meta": {"at": f"01/07/2026 12:{number:02d}", "who": {"id": "a"}},
        "messages": [{"content": "root"}, {"content": f"prompt {number}"}],
        "tools": [{"function": {"name": "one"}}, {}, {"function": {"name": "two"}}],
        "kinds": "text,image",
        "gen.usage": {"in": 5},
        "earlier": earlier,
        "model": "m",
    }


def mapped(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "mapping.toml"
    file.write_text(text)
    return file


@pytest.mark.parametrize("suffix", ["jsonl", "parquet"])
def test_nested_paths_constants_times_lists_and_context(tmp_path: Path, suffix: str) -> None:
    records = [nested(0), nested(1, 2), nested(2, 4)]
    log = tmp_path / f"a.{suffix}"
    if suffix == "jsonl":
        jsonl(log, records)
    else:
        pq.write_table(pa.Table.from_pylist(records), log)
    got = ingested(tmp_path / "state", log, mapping=mapped(tmp_path, NESTED))
    first = got.exchanges[0]
    assert first["ts"] == datetime(2026, 7, 1, 10, 0, tzinfo=UTC)
    assert (first["account_id"], first["prompt"], first["pathway"]) == ("a", "prompt 0", "web")
    assert first["tools"] == ["one", "two"] and first["modalities"] == ["text", "image"]
    assert first["input_tokens"] == 5 and first["model"] == "m"
    assert len({d["conversation"] for d in got.derived}) == 1
    assert [d["turn"] for d in got.derived] == [0, 2, 4]
    assert not got.summary.warnings and got.summary.formats == {"mapping": 1}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[renam]", "section 'renam' is not known. Did you mean 'rename'?"),
        ("[rename]\npromt = 'a'", "[rename] 'promt' is not known. Did you mean 'prompt'"),
        ("[constant]\naccount = 'a'", "[constant] 'account' is not known. Did you mean 'account_id'?"),
        ("[rename]\nts = 5", "[rename] ts must be text"),
        ("rename = 5", "'rename' must be a section"),
        ("[rename]\nip = 'a'\n[constant]\nip = 'b'", "'ip' is both renamed and constant"),
        ("[time]\nunit = 'sec'", "[time] unit 'sec' is not known"),
        ("[time]\nzone = 'Europe/Pariss'", "zone 'Europe/Pariss' is not known. Did you mean 'Europe/Paris'"),
        ("[list]\nprompt = ','", "[list] 'prompt' is no list column"),
        ("[context]\nturns = 'x'", "[context] 'turns' is not known. Did you mean 'turn'?"),
        ("[rename", "cannot be read as TOML"),
    ],
)
def test_slips_are_answered_with_what_was_meant(tmp_path: Path, text: str, problem: str) -> None:
    file = mapped(tmp_path, text)
    with pytest.raises(InputError) as caught:
        load(file)
    assert str(caught.value).startswith(f"{file}: ") and problem in str(caught.value)


@pytest.mark.parametrize(
    ("row", "slip", "problem", "later", "missing"),
    [
        (
            {"timestamp": "2026-01-01T00:00:00Z"},
            "ts = 'timestmp'",
            r"ts = 'timestmp': no record.*Did you mean 'timestamp'\?",
            "ts = 'timestamp'\nseed = 'zzzzzz'",
            "zzzzzz",
        ),
        (
            {"meta": {"received": "2026-01-01T00:00:00Z", "rate": None}},
            "ts = 'meta.recv'",
            r"ts = 'meta\.recv': nothing stands there in the first records",
            "ts = 'meta.received'\ntemperature = 'meta.rate'\nseed = 'meta.seed'",
            "meta.seed",
        ),
    ],
    ids=["no record begins with it", "it begins well and leads nowhere"],
)
def test_a_path_that_no_record_has(
    tmp_path: Path, row: dict[str, Any], slip: str, problem: str, later: str, missing: str
) -> None:
    log = jsonl(tmp_path / "a.jsonl", [{**row, "who": "a", "q": "x"}])
    base = "[rename]\naccount_id = 'who'\n"
    with pytest.raises(InputError, match=problem):
        ingested(tmp_path / "state", log, mapping=mapped(tmp_path, base + slip))
    got = ingested(tmp_path / "state", log, mapping=mapped(tmp_path, base + later))
    assert got.summary.warnings == [f"a.jsonl: mapping: seed = '{missing}': not in the first records"]


def test_a_mapping_and_a_format_together_are_refused(tmp_path: Path) -> None:
    log = jsonl(tmp_path / "a.jsonl", [{}])
    with pytest.raises(InputError, match="Give one of them"):
        ingested(tmp_path / "state", log, mapping=mapped(tmp_path, ""), format="native")


values = st.recursive(
    st.one_of(st.none(), st.integers(), st.text(max_size=3)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("ab*.01"), inner, max_size=3)),
    max_leaves=8,
)


@given(values, st.lists(st.sampled_from(["a", "b", "*", "0", "-1", "x"]), min_size=1, max_size=4))
def test_walking_any_value_by_any_path_ends_quietly(value: Any, path: list[str]) -> None:
    found = walk({"a": value}, "a." + ".".join(path))
    assert found is None or json.dumps(found)


def test_glasswally_events_are_all_read(tmp_path: Path) -> None:
    log = DATA / "glasswally_events.jsonl.gz"
    got = ingested(tmp_path / "state", log, mapping=EXAMPLES / "glasswally.toml", max_rejects=0)
    with gzip.open(log) as file:
        events = [json.loads(line) for line in file]
    assert got.summary.exchanges == len(events) == 200
    assert not got.summary.rejects and not got.summary.warnings
    for event, exchange in zip(events, got.exchanges, strict=True):
        assert exchange["ts"] == datetime.fromisoformat(event["timestamp"])
        assert exchange["ip"] == event["client_ip"] and exchange["prompt"] == event["prompt"]


def test_azure_trace_is_read_without_anybodys_id(tmp_path: Path) -> None:
    got = ingested(tmp_path / "state", DATA / "azure_llm_2023.csv", mapping=EXAMPLES / "azure_llm.toml", max_rejects=0)
    assert got.summary.exchanges == 300 and got.summary.accounts == 1
    assert got.summary.warnings == ["300 times without a zone were read as UTC"]
    assert {e["text_state"] for e in got.exchanges} == {"not_retained"}
    assert got.exchanges[0]["ts"] == datetime(2023, 11, 16, 18, 17, 3, 979960, tzinfo=UTC)
    assert got.exchanges[0]["input_tokens"] == 4808
