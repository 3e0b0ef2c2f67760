"""Accounts, events and releases: the same care as for logs."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from iolaus.errors import InputError, TooManyRejectsError
from iolaus.tables import ACCOUNT_EVENTS, ACCOUNTS, RELEASES, check

from .scanning import Ingested, ingested, jsonl, record

CSV = """account_id,programme,created_at,free_credit,content_retained,verification
a,Education,2026-01-01T00:00:00Z,5.5,false,card
b,unheard,soon,x,maybe,
a,startup,2026-01-02,1,true,
"""


def scanned(tmp_path: Path, **options: object) -> Ingested:
    return ingested(tmp_path / "state", jsonl(tmp_path / "log.jsonl", [record()]), **options)


def test_accounts_are_coerced_and_the_first_of_each_wins(tmp_path: Path) -> None:
    path = tmp_path / "accounts.csv"
    path.write_text(CSV)
    got = scanned(tmp_path, accounts=path)
    table = got.table("accounts.parquet")
    check(table, ACCOUNTS)
    assert table.schema == ACCOUNTS.schema
    first, second = table.to_pylist()
    assert (first["programme"], first["free_credit"], first["content_retained"]) == ("education", 5.5, False)
    assert [second[n] for n in ("programme", "created_at", "free_credit", "content_retained")] == [None] * 4
    assert got.summary.has_account_table and not got.summary.has_events
    assert got.summary.warnings == [
        "accounts.csv: 1 values nulled (content_retained: not true or false)",
        "accounts.csv: 1 values nulled (created_at: not a time)",
        "accounts.csv: 1 values nulled (free_credit: not a number)",
        "accounts.csv: 1 values nulled (programme: unknown value)",
        "accounts.csv: 1 rows repeat an account; the first of each counts",
    ]


def test_events_and_releases_from_any_container(tmp_path: Path) -> None:
    events = jsonl(
        tmp_path / "events.jsonl", [{"ts": "2026-01-01T00:00:00Z", "account_id": "a", "kind": "suspended", "value": 7}]
    )
    releases = tmp_path / "releases.parquet"
    pq.write_table(pa.table({"model": ["m"], "released_at": [1_767_225_600]}), releases)
    got = scanned(tmp_path, events=events, releases=releases)
    check(got.table("account_events.parquet"), ACCOUNT_EVENTS)
    check(got.table("releases.parquet"), RELEASES)
    assert got.table("account_events.parquet").to_pylist()[0]["value"] == "7"
    assert got.table("releases.parquet").to_pylist()[0]["released_at"].isoformat() == "2026-01-01T00:00:00+00:00"


def test_rows_without_what_is_required_are_rejects(tmp_path: Path) -> None:
    path = jsonl(tmp_path / "accounts.jsonl", [{"account_id": "a"}, {"tier": "x"}, {"account_id": ""}])
    got = scanned(tmp_path, accounts=path)
    assert got.table("accounts.parquet").num_rows == 1
    assert [(r["source"], r["row"], r["reason"]) for r in got.rejects] == [
        ("accounts.jsonl", 2, "accounts: no usable account_id"),
        ("accounts.jsonl", 3, "accounts: no usable account_id"),
    ]
    with pytest.raises(TooManyRejectsError, match=r"accounts\.jsonl: 2 of 3 rows"):
        ingested(tmp_path / "strict", tmp_path / "log.jsonl", accounts=path, max_rejects=0.5)


def test_a_missing_column_is_answered_with_the_closest(tmp_path: Path) -> None:
    path = tmp_path / "accounts.csv"
    path.write_text("accountid,tier\na,x\n")
    with pytest.raises(InputError, match=r"'account_id' is missing. Did you mean 'accountid'\?"):
        scanned(tmp_path, accounts=path)


def test_a_table_without_rows_is_a_table(tmp_path: Path) -> None:
    events = tmp_path / "events.parquet"
    pq.write_table(ACCOUNT_EVENTS.schema.empty_table(), events)
    logs = jsonl(tmp_path / "a.jsonl", [record(1)])
    assert ingested(tmp_path / "state", logs, events=events).table("account_events.parquet").num_rows == 0
