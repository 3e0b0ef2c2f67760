"""Numbers are read where they can be; a wrong one is null and a defect."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iolaus.ingest.draft import Hashed
from iolaus.ingest.hashing import Hasher
from iolaus.ingest.numbers import cast_flag, cast_hash, cast_number
from iolaus.tables import EXCHANGES, Column

from .scanning import KEY

HASHER = Hasher(KEY)
COLUMNS = {c.name: c for c in EXCHANGES.columns}
STATUS, TOKENS, TEMPERATURE = (COLUMNS[n] for n in ("status", "input_tokens", "temperature"))


@given(st.lists(st.one_of(st.none(), st.integers(), st.floats(), st.text(max_size=5), st.booleans()), max_size=10))
def test_any_values_become_numbers_nulls_and_defects(values: list[Any]) -> None:
    for column in (STATUS, TOKENS, TEMPERATURE, COLUMNS["seed"]):
        cast = cast_number(values, column)
        assert cast.array.type == column.type
        for place, number in enumerate(cast.array.to_pylist()):
            value = values[place]
            lost = number is None and value is not None and value == value
            assert lost == (place in cast.defects) or isinstance(value, str), (value, number)


@given(st.lists(st.one_of(st.none(), st.integers(-(2**15), 2**15 - 1)), max_size=10))
def test_sound_numbers_are_untouched_however_they_are_written(values: list[int | None]) -> None:
    as_text = [None if v is None else str(v) for v in values]
    as_float = [None if v is None else float(v) for v in values]
    for raw in (values, as_text, as_float, pa.array(values, pa.int64()), pa.array(as_text, pa.string())):
        cast = cast_number(raw, STATUS)
        assert cast.array.to_pylist() == values and not cast.defects


@pytest.mark.parametrize(
    ("column", "raw", "number", "defect"),
    [
        (STATUS, "abc", None, "not a number"),
        (STATUS, 70_000, None, "out of range"),
        (STATUS, 200.5, None, "not a number"),
        (STATUS, True, None, "not a number"),
        (STATUS, {}, None, "not a number"),
        (STATUS, " 404 ", 404, None),
        (STATUS, float("nan"), None, None),
        (TOKENS, 12.6, 13, None),
        (TOKENS, float("inf"), None, "out of range"),
        (TOKENS, 10**30, None, "out of range"),
        (TEMPERATURE, "0.5", 0.5, None),
        (TEMPERATURE, 1e300, None, "out of range"),
    ],
)
def test_each_case_alone_and_in_company(column: Column, raw: Any, number: Any, defect: str | None) -> None:
    for place, values in enumerate(([raw], [1, raw, None])):
        cast = cast_number(values, column)
        assert cast.array.to_pylist()[place] == number
        assert cast.defects.get(place) == defect


def test_float_columns_of_arrow_lose_only_what_is_no_number() -> None:
    cast = cast_number(pa.array([200.0, float("nan"), None, 1e9], pa.float64()), STATUS)
    assert cast.array.to_pylist() == [200, None, None, None]
    assert cast.defects == {3: "out of range"}


def test_flags() -> None:
    cast = cast_flag([True, "no", 1, 0.0, "maybe", None])
    assert cast.array.to_pylist() == [True, False, True, False, None, None]
    assert cast.defects == {4: "not true or false"}


def test_hashes_keep_numbers_and_hash_text() -> None:
    cast = cast_hash([5, "7", 2**64 - 1, "deadbeef", Hashed("deadbeef"), None], HASHER)
    values = cast.array.to_pylist()
    assert values[:3] == [5, 7, -1] and values[5] is None
    assert values[3] == values[4] == HASHER.texts(["deadbeef"])[0]
    assert cast_hash(pa.array([2**64 - 1], pa.uint64()), HASHER).array.to_pylist() == [-1]
