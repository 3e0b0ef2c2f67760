"""Any raw values become rows of the contract or refusals; nothing is lost and nothing crashes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from iolaus.ingest.chunk import Chunk
from iolaus.ingest.columns import Coercer, coerce_rows, derived_ids
from iolaus.ingest.draft import Hashed
from iolaus.ingest.hashing import Hasher
from iolaus.tables import ACCOUNTS, EXCHANGES, check

from .scanning import KEY, record

COERCER = Coercer(Hasher(KEY), 1024, 256)

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(alphabet=st.characters(exclude_categories=()), max_size=6),
    st.sampled_from(["2026-01-05T00:00:00Z", 1_767_225_600, "present", "200", b"\xff", Hashed("x")]),
)
anything = st.one_of(scalars, st.lists(scalars, max_size=3), st.dictionaries(st.text(max_size=3), scalars, max_size=2))
rows = st.lists(st.dictionaries(st.sampled_from(EXCHANGES.names), anything, max_size=12), min_size=1, max_size=6)


def chunk_of(records: list[dict[str, Any]]) -> Chunk:
    names = set().union(*records)
    columns = {n: [r.get(n) for r in records] for n in EXCHANGES.names if n in names}
    return Chunk(np.arange(1, len(records) + 1), columns)


@settings(max_examples=300, deadline=None)
@given(rows)
def test_any_values_become_rows_or_refusals(records: list[dict[str, Any]]) -> None:
    coerced = COERCER.exchanges(chunk_of(records), "log")
    check(coerced.table, EXCHANGES)
    assert coerced.table.schema == EXCHANGES.schema
    for column in coerced.table.columns:
        column.validate(full=True)
    told = sorted([*coerced.rows.tolist(), *(r.row for r in coerced.refused)])
    assert told == list(range(1, len(records) + 1)), "every row is either kept or refused, once"
    assert {r.field for r in coerced.refused} <= {"ts", "account_id"}, "content must never refuse a row"


@settings(max_examples=100, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(ACCOUNTS.names), anything, max_size=8), min_size=1, max_size=5))
def test_any_values_become_an_account_table(records: list[dict[str, Any]]) -> None:
    columns: dict[str, Any] = {n: [r.get(n) for r in records] for n in ACCOUNTS.names}
    table, problems = coerce_rows(columns, ACCOUNTS, COERCER, len(records))
    assert len(table) == len(records) and table.schema.names == list(ACCOUNTS.names)
    for place, column, _ in problems:
        if column not in ("account_id", "referral"):
            assert records[place].get(column) is not None, "a defect where nothing was"


def test_the_company_of_a_broken_row_changes_no_other_row() -> None:
    broken = record(1, ts="soon", status="abc", prompt="a\0", tools=5, input_tokens=1.5)
    alone = COERCER.exchanges(chunk_of([record(0), record(2)]), "log").table.to_pylist()
    beside = COERCER.exchanges(chunk_of([record(0), broken, record(2)]), "log")
    assert beside.table.to_pylist() == alone
    assert beside.defects == {}, "defects of refused rows do not count"


def test_defects_that_the_input_names_are_kept() -> None:
    coerced = COERCER.exchanges(chunk_of([record(0, defects=["prompt: cut"], status="abc"), record(1)]), "log")
    assert coerced.table["defects"].to_pylist() == [["prompt: cut", "status: not a number"], None]
    assert coerced.defects == {"status: not a number": 1}


def test_several_exchanges_of_one_row_have_ids_of_their_own() -> None:
    ids = derived_ids("log", pa.array([1, 1, 2]), np.array([0, 1, 0])).to_pylist()
    assert len(set(ids)) == 3 and ids[1] == f"{ids[0]}.2"
    assert ids != derived_ids("other", pa.array([1, 1, 2]), np.array([0, 1, 0])).to_pylist()
