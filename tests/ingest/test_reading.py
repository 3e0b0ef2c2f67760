"""A format is recognised from the first rows, or named; what fits nothing is answered with names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from iolaus.errors import InputError
from iolaus.ingest.draft import Draft
from iolaus.ingest.formats import formats
from iolaus.ingest.inputs import Source
from iolaus.ingest.reading import choose, read_chunks

from .scanning import ingested, jsonl, record

LONGEST = 2**28


def test_formats_are_found_and_keep_their_contract() -> None:
    assert "native" in formats()
    for name, kind in formats().items():
        assert name == kind.NAME and kind.MEANING
        assert kind.recognise([]) == 0.0, f"{name} is sure of an empty file"
        assert list(kind.Reader().close()) == []


def test_the_native_reader_and_the_fast_path_agree(tmp_path: Path) -> None:
    records = [record(i, conversation_id="c" if i % 2 else None) for i in range(5)]
    drafts = [d for i, r in enumerate(records, 1) for d in formats()["native"].Reader().read(r, i)]
    log = Source("a.jsonl", jsonl(tmp_path / "a.jsonl", records))
    (chunk,) = read_chunks(log, choose(log, None, None, LONGEST), LONGEST)
    rows = [Draft(i + 1, {n: c[i] for n, c in chunk.columns.items() if c[i] is not None}) for i in range(5)]
    assert rows == drafts


def test_an_account_table_among_the_logs_is_named(tmp_path: Path) -> None:
    table = jsonl(
        tmp_path / "accounts.jsonl", [{"account_id": "a", "created_at": "2026-01-01", "programme": "standard"}]
    )
    with pytest.raises(InputError, match=r"accounts\.jsonl: its fields are those of the account table.*--accounts"):
        choose(Source("accounts.jsonl", table), None, None, LONGEST)


def test_what_fits_nothing_names_the_formats_and_the_closest_columns(tmp_path: Path) -> None:
    log = jsonl(tmp_path / "a.jsonl", [{"accountid": "a", "tss": 5, "secret": "somebody's words"}])
    with pytest.raises(InputError) as caught:
        ingested(tmp_path / "state", log)
    message = str(caught.value)
    assert "no format fits" in message and "account_id: Did you mean 'accountid'?" in message
    assert "--format" in message and "--mapping" in message
    assert all(name in message for name in formats())
    assert "somebody" not in message


def test_a_format_that_is_named_is_used(tmp_path: Path) -> None:
    log = jsonl(tmp_path / "a.jsonl", [{"ts": "2026-01-01T00:00:00Z", "x": 1, "y": 2, "z": 3}])
    assert ingested(tmp_path / "state", log, format="native", account="a").summary.exchanges == 1
    with pytest.raises(InputError, match="no such format"):
        ingested(tmp_path / "state", log, format="nativ")


def test_a_broken_first_line_does_not_hide_the_format(tmp_path: Path) -> None:
    for first in (b'["half', b"{", b'{"ts": '):
        got = ingested(tmp_path / "state", jsonl(tmp_path / "a.jsonl", [first, record(0), record(1)]))
        assert got.summary.exchanges == 2 and got.summary.rejects == {"no JSON value": 1}


def test_json_objects_that_span_lines(tmp_path: Path) -> None:
    log = tmp_path / "a.json"
    log.write_text("\n".join(json.dumps(record(i), indent=2) for i in range(3)))
    assert ingested(tmp_path / "state", log).summary.exchanges == 3


@pytest.mark.parametrize("text", ['[{"ts": 1}, {"ts"', '[{"ts": 1} oops]', '[{"ts": 1}'])
def test_a_broken_array_is_one_clear_line(tmp_path: Path, text: str) -> None:
    log = tmp_path / "a.json"
    log.write_text(text)
    with pytest.raises(InputError, match="after record"):
        ingested(tmp_path / "state", log, format="native")


def test_arrays_longer_than_a_block(tmp_path: Path) -> None:
    log = tmp_path / "a.json"
    log.write_text(json.dumps([record(i, prompt="é" * 3000) for i in range(1500)], ensure_ascii=False))
    got = ingested(tmp_path / "state", log)
    assert got.summary.exchanges == 1500 and got.exchanges[-1]["exchange_id"] == "e1499"


def test_csv_rows_that_do_not_fit_their_header(tmp_path: Path) -> None:
    log = tmp_path / "a.csv"
    log.write_bytes(
        b"\xef\xbb\xbfts,account_id,prompt\n"
        b"2026-01-05,a,one\n"
        b"2026-01-05,a,two,three\n"
        b"\n"
        b"2026-01-05,a\n"
        b'2026-01-05,a,"four\xff\nlines"\n'
    )
    got = ingested(tmp_path / "state", log)
    assert [e["prompt"] for e in got.exchanges] == ["one", None, "four\ufffd\nlines"]
    assert got.summary.defects == {"prompt: bad utf-8": 1}
    assert [(r["row"], r["reason"]) for r in got.rejects] == [(2, "more fields than the header names")]


def test_utf16_is_told(tmp_path: Path) -> None:
    log = tmp_path / "a.csv"
    log.write_text("ts,account_id\n", "utf-16")
    with pytest.raises(InputError, match="UTF-16"):
        ingested(tmp_path / "state", log)
