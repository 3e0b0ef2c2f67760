"""The contract of the tables refuses what is not what it says, and says what was wanted."""

from __future__ import annotations

import re

import pyarrow as pa
import pytest

from iolaus import tables
from iolaus.tables import INPUTS, RESULTS, TRUTHS, TableError, check, closest

ALL = [*INPUTS, *RESULTS, *TRUTHS]
every_table = pytest.mark.parametrize("table", ALL, ids=lambda table: table.name)


def required(table: tables.Table) -> pa.Table:
    schema = pa.schema([field for field in table.schema if not field.nullable])
    return schema.empty_table()


@every_table
def test_own_schema_is_accepted(table: tables.Table) -> None:
    check(table.schema.empty_table(), table)


@every_table
def test_nullable_columns_may_be_missing_and_order_is_free(table: tables.Table) -> None:
    check(required(table), table)
    whole = table.schema.empty_table()
    check(whole.select(list(reversed(whole.column_names))), table)


@every_table
def test_required_columns_may_not_be_missing(table: tables.Table) -> None:
    for column in (column for column in table.columns if column.required):
        with pytest.raises(TableError, match=rf"{table.name}: column '{column.name}' \("):
            check(table.schema.empty_table().drop_columns([column.name]), table)


@every_table
def test_wrong_types_name_column_found_and_wanted(table: tables.Table) -> None:
    for place, column in enumerate(table.columns):
        wrong = table.schema.empty_table().set_column(place, column.name, pa.array([], pa.date32()))
        with pytest.raises(TableError) as raised:
            check(wrong, table)
        assert str(raised.value) == f"{table.name}.{column.name}: found type date32[day], wanted {column.type}."


def test_unknown_columns_are_answered_with_the_closest() -> None:
    wrong = tables.ACCOUNTS.schema.empty_table().append_column("paymnt_fingerprint", pa.array([], pa.string()))
    with pytest.raises(TableError, match=r"unknown column 'paymnt_fingerprint'.*'payment_fingerprint'"):
        check(wrong, tables.ACCOUNTS)


def test_nulls_where_none_may_be_are_counted() -> None:
    column = pa.array(["a", None, None], pa.string())
    with pytest.raises(TableError, match=r"accounts\.account_id: found 2 nulls, wanted none\."):
        check(pa.table({"account_id": column}), tables.ACCOUNTS)


def test_batches_are_checked_too() -> None:
    batch = pa.record_batch({"account_id": pa.array(["a"])})
    check(batch, tables.ACCOUNTS)


@every_table
def test_names_are_distinct_and_plain(table: tables.Table) -> None:
    assert len(set(table.names)) == len(table.names)
    assert all(re.fullmatch("[a-z][a-z0-9_]*", name) for name in table.names)


@every_table
def test_times_are_utc_microseconds(table: tables.Table) -> None:
    for column in table.columns:
        if pa.types.is_timestamp(column.type):
            assert column.type == pa.timestamp("us", tz="UTC")


@pytest.mark.parametrize(
    ("name", "expected"),
    [("promt", "'prompt'"), ("sistem_prompt", "'system_prompt'"), ("zzzzzz", "")],
)
def test_closest(name: str, expected: str) -> None:
    found = closest(name, tables.EXCHANGES.names)
    assert expected in found
    assert bool(found) == bool(expected)
