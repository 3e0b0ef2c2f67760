"""Conversations, turns and retries: what is counted once, and what must not be made to disappear."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from iolaus.engine import EngineSettings
from iolaus.engine.embedded import Embedded
from iolaus.ingest.derive import derive, derived_at, derived_by
from iolaus.ingest.parts import NARROW, SCHEMA
from iolaus.ingest.run import _write

from .scanning import Ingested, ingested, jsonl, record


def at(second: float) -> str:
    return f"2026-01-05T10:{int(second) // 60:02d}:{second % 60:09.6f}Z"


def derived(tmp_path: Path, records: Sequence[dict[str, Any]], **options: Any) -> list[dict[str, Any]]:
    whole = [record(i, account_id="a", ts=at(i)) | r for i, r in enumerate(records)]
    clean = [{n: v for n, v in r.items() if v is not None} for r in whole]
    return ingested(tmp_path / "state", jsonl(tmp_path / "log.jsonl", clean), **options).derived


def counted(rows: list[dict[str, Any]]) -> list[int]:
    return [row["seq"] for row in rows if row["counted"]]


def groups(rows: list[dict[str, Any]], name: str = "conversation") -> list[int]:
    """Small numbers for equal values, in order of first use."""
    seen: dict[Any, int] = {}
    return [seen.setdefault(row[name], len(seen)) for row in rows]


def test_given_conversations_are_numbered_within_their_account(tmp_path: Path) -> None:
    rows = derived(
        tmp_path,
        [
            {"conversation_id": "c", "ts": at(5)},
            {"conversation_id": "c", "ts": at(2)},
            {"conversation_id": "c", "account_id": "b"},
            {"conversation_id": "d", "turn": 4},
            {},
        ],
    )
    assert groups(rows) == [0, 0, 1, 2, 3]
    assert [r["turn"] for r in rows] == [1, 0, 0, 4, 0]
    assert groups(rows, "root_hash") == [0, 0, 1, 2, 3]


def test_context_opens_and_joins_conversations(tmp_path: Path) -> None:
    rows = derived(
        tmp_path,
        [
            {"root_hash": 7, "turn": 0},
            {"root_hash": 7, "turn": 2},
            {"root_hash": 8, "turn": 4},
            {"root_hash": 7, "turn": 0},
            {"root_hash": 7, "turn": 2},
            {"root_hash": 7, "turn": 2, "account_id": "b"},
            {"root_hash": 8, "turn": 6},
        ],
    )
    assert groups(rows) == [0, 0, 1, 2, 2, 3, 1]
    assert [r["root_hash"] for r in rows] == [7, 7, 8, 7, 7, 7, 8]
    assert [r["turn"] for r in rows] == [0, 2, 4, 0, 2, 2, 6]


def test_no_context_is_a_conversation_of_its_own(tmp_path: Path) -> None:
    rows = derived(tmp_path, [{"prompt": "same"}, {"prompt": "same"}, {"turn": 3}, {"root_hash": 5}])
    assert groups(rows) == [0, 1, 2, 3]
    assert groups(rows, "root_hash") == [0, 0, 1, 2]
    assert counted(rows) == [0, 1, 2, 3]


def test_the_last_success_of_equal_request_ids_is_counted(tmp_path: Path) -> None:
    same = {"request_id": "r", "prompt": "p"}
    rows = derived(
        tmp_path,
        [same | {"status": 500}, same, same, same | {"status": 429}, same | {"account_id": "b"}, {"request_id": "q"}],
    )
    assert counted(rows) == [2, 4, 5]
    assert groups(rows)[:4] == [0, 0, 0, 0]


def test_without_a_success_the_first_attempt_is_counted(tmp_path: Path) -> None:
    same = {"request_id": "r", "prompt": "p", "status": 503, "response": None}
    assert counted(derived(tmp_path, [same, same, same])) == [0]


@pytest.mark.parametrize("other", [{"prompt": "another text"}, {"turn": 4}])
def test_one_request_id_cannot_hide_different_requests(tmp_path: Path, other: dict[str, Any]) -> None:
    first = {"request_id": "always", "prompt": "p", "turn": 2}
    assert counted(derived(tmp_path, [first, first | other])) == [0, 1]


def test_an_attempt_whose_text_was_not_kept_joins_its_request(tmp_path: Path) -> None:
    rows = derived(tmp_path, [{"request_id": "r", "prompt": None, "status": 500}, {"request_id": "r", "prompt": "p"}])
    assert counted(rows) == [1]


def test_retry_of_names_an_exchange_or_a_request_and_chains(tmp_path: Path) -> None:
    rows = derived(
        tmp_path,
        [
            {"prompt": "p", "request_id": "r0", "status": 500},
            {"prompt": "p", "retry_of": "e0", "status": 500, "request_id": "r1"},
            {"prompt": "p", "retry_of": "r1"},
            {"prompt": "other", "retry_of": "e0"},
            {"prompt": "p", "retry_of": "e0", "account_id": "b"},
            {"prompt": "p", "retry_of": "nobody"},
            {"prompt": "loop", "retry_of": "e6"},
        ],
    )
    assert counted(rows) == [2, 3, 4, 5, 6]


def test_the_same_text_soon_after_a_failure_is_a_retry(tmp_path: Path) -> None:
    failed, fine = {"prompt": "p", "status": 429}, {"prompt": "p"}
    assert counted(derived(tmp_path, [failed, failed, fine, fine])) == [2, 3]
    assert counted(derived(tmp_path, [failed | {"ts": at(0)}, fine | {"ts": at(121)}])) == [0, 1]
    assert counted(derived(tmp_path, [failed, fine], retry_window_s=0)) == [0, 1]


def test_no_answer_is_a_failure_only_where_answers_are_kept(tmp_path: Path) -> None:
    silent = {"prompt": "p", "status": None, "response": None}
    assert counted(derived(tmp_path, [silent, silent])) == [0, 1]
    assert counted(derived(tmp_path, [silent, silent, {"prompt": "other"}])) == [0, 2]


def test_a_failed_opening_does_not_open_a_conversation(tmp_path: Path) -> None:
    opening = {"root_hash": 7, "turn": 0, "prompt": "p"}
    rows = derived(tmp_path, [opening | {"status": 500}, opening, {"root_hash": 7, "turn": 2, "prompt": "q"}])
    assert counted(rows) == [1, 2] and groups(rows) == [0, 0, 0]


def everything(folder: Path) -> list[dict[str, Any]]:
    chance = random.Random(3)
    return [
        record(
            i,
            account_id=f"a{chance.randrange(6)}",
            ts=at(chance.randrange(3000) + i / 1e6),
            prompt=chance.choice([None, "p", "q", f"text {i}"]),
            request_id=chance.choice([None, f"r{chance.randrange(40)}"]),
            retry_of=chance.choice([None, None, f"e{chance.randrange(400)}"]),
            conversation_id=chance.choice([None, f"c{chance.randrange(30)}"]),
            turn=chance.choice([None, 0, 2, 4]),
            root_hash=chance.choice([None, 1, 2]),
            status=chance.choice([None, 200, 500]),
            response=chance.choice([None, "x"]),
        )
        for i in range(400)
    ]


def by_id(got: Ingested) -> dict[str, dict[str, Any]]:
    rows = dict(zip([e["exchange_id"] for e in got.exchanges], got.derived, strict=True))
    return {name: {n: v for n, v in row.items() if n != "seq"} for name, row in rows.items()}


def test_order_of_rows_changes_nothing_but_ties(tmp_path: Path) -> None:
    records = everything(tmp_path)
    first = ingested(tmp_path / "one", jsonl(tmp_path / "log.jsonl", records))
    random.Random(4).shuffle(records)
    second = ingested(tmp_path / "two", jsonl(tmp_path / "log.jsonl", records))
    assert by_id(first) == by_id(second)


def test_threads_change_no_byte_and_rows_stand_in_order(tmp_path: Path) -> None:
    rows = 400_000
    seq = pa.array(range(rows))
    part = {f.name: pa.nulls(rows, f.type) for f in NARROW} | {
        "seq": seq,
        "ts": seq,
        "account": pa.array([i % 97 for i in range(rows)]),
        "exchange": seq,
        "own": seq,
        "answered": pa.array([True] * rows),
    }
    found = []
    for threads in (1, 2):
        folder = tmp_path / str(threads)
        _write(pa.table(list(part.values()), NARROW), folder / "narrow" / "part-00000.parquet")
        _write(SCHEMA.empty_table(), folder / "exchanges" / "part-00000.parquet")
        engine = Embedded(EngineSettings(threads=threads), folder / "scratch")
        derive(folder, 120, engine)
        engine.close()
        found.append((folder / "derived.parquet").read_bytes())
    assert found[0] == found[1], "derived.parquet depends on the number of threads"
    assert pq.read_table(tmp_path / "2" / "derived.parquet")["seq"].to_pylist() == list(range(rows))


def test_narrow_columns_hold_no_text() -> None:
    assert not [f.name for f in NARROW if pa.types.is_string(f.type) or pa.types.is_large_string(f.type)]


@pytest.mark.parametrize("sizes", [[5], [2, 3], [0, 1, 0, 4], [1] * 5])
def test_derived_rows_come_in_runs_of_any_size(tmp_path: Path, sizes: list[int]) -> None:
    table = pa.table({"seq": list(range(5))})
    pq.write_table(table, tmp_path / "derived.parquet", row_group_size=2)
    runs = list(derived_by(tmp_path / "derived.parquet", sizes))
    assert [len(run) for run in runs] == sizes
    assert pa.concat_tables(runs)["seq"].to_pylist() == list(range(5))


@pytest.mark.parametrize(("first", "size"), [(0, 5), (1, 1), (1, 3), (3, 2), (4, 1), (2, 0), (5, 0)])
def test_derived_rows_are_found_by_their_place(tmp_path: Path, first: int, size: int) -> None:
    table = pa.table({"seq": list(range(5)), "turn": [0] * 5, "root_hash": [1] * 5})
    pq.write_table(table, tmp_path / "derived.parquet", row_group_size=2)
    found = derived_at(tmp_path / "derived.parquet", first, size, ["turn", "seq"])
    assert found["seq"].to_pylist() == list(range(first, first + size))
    assert sorted(found.column_names) == ["seq", "turn"]
