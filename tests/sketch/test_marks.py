"""Marks hold numbers only: keyed hashes of what was text, and a stated number where nothing was there."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest

from ingest.scanning import KEY
from iolaus.ingest.parts import SCHEMA
from iolaus.key import BYTES, Key
from iolaus.sketch.marks import HASHED, NUMBERS, hashes, mark

ACCOUNTS = pa.array(["a", "b", "c"])


def part(*rows: dict[str, Any]) -> pa.Table:
    whole = [
        {
            "exchange_id": f"e{number}",
            "ts": datetime(2026, 1, 5, tzinfo=UTC),
            "account_id": "b",
            "text_state": "present",
            "seq": number,
        }
        | row
        for number, row in enumerate(rows)
    ]
    return pa.Table.from_pylist(whole, schema=SCHEMA)


def marked(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = mark(part(*rows), ACCOUNTS, KEY).to_pylist()
    return found


def test_only_numbers_go_on() -> None:
    table = mark(part({}, {"model": "m", "tools": ["read"], "ip": "192.0.2.1"}), ACCOUNTS, KEY)
    for field in table.schema:
        assert pa.types.is_integer(field.type) or pa.types.is_floating(field.type), field


def test_nothing_there_is_zero_or_the_stated_number() -> None:
    row = marked({})[0]
    for short in HASHED.values():
        assert row[short] == 0, short
    for name, missing in NUMBERS.items():
        assert row[name] == missing, name
    assert row["tools"] == 0
    assert row["temperature"] == -1
    assert row["address"] == row["block"] == 0
    assert None not in row.values()


@pytest.mark.parametrize(("column", "short"), HASHED.items())
def test_equal_texts_have_equal_hashes_and_no_others(column: str, short: str) -> None:
    one, same, other = marked({column: "x-1"}, {column: "x-1"}, {column: "x-2"})
    assert one[short] == same[short] != other[short]
    assert one[short] != 0


def test_hashes_need_the_key() -> None:
    other = Key(bytes(BYTES))
    texts = pa.array(["alpha", None, "beta", "alpha"])
    mine, theirs = hashes(texts, KEY), hashes(texts, other)
    assert mine[0] == mine[3] != mine[2]
    assert mine[1] == theirs[1] == 0
    assert mine[0] != theirs[0]


def test_no_tools_is_not_a_set_of_tools() -> None:
    none, empty, one, two, joined = marked(
        {}, {"tools": []}, {"tools": ["read"]}, {"tools": ["read", "write"]}, {"tools": ["readwrite"]}
    )
    assert none["tools"] == empty["tools"] == 0
    assert len({one["tools"], two["tools"], joined["tools"], 0}) == 4


def test_accounts_are_numbered_by_rank() -> None:
    assert [row["account"] for row in marked({"account_id": "a"}, {"account_id": "c"})] == [0, 2]


def test_one_address_is_one_address() -> None:
    one, same, other, none, broken = marked(
        {"ip": "192.0.2.7"}, {"ip": "192.0.2.7"}, {"ip": "198.51.100.7"}, {}, {"ip": "not an address"}
    )
    assert one["address"] == same["address"] != other["address"]
    assert one["block"] == same["block"] != other["block"]
    assert none["address"] == broken["address"] == 0


def test_no_rows_is_no_crash() -> None:
    assert mark(SCHEMA.empty_table(), ACCOUNTS, KEY).num_rows == 0


def test_slices_and_chunks_change_nothing() -> None:
    whole = part(*({"model": f"m{n % 3}", "tools": ["t"] * (n % 3), "ip": f"192.0.2.{n % 5}"} for n in range(20)))
    chunked = pa.concat_tables([whole.slice(0, 7), whole.slice(7, 1), whole.slice(8)])
    assert mark(whole, ACCOUNTS, KEY).equals(mark(chunked, ACCOUNTS, KEY).combine_chunks())
