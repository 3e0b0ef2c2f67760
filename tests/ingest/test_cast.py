"""Columns become Python values whatever bytes they hold."""

from __future__ import annotations

import pyarrow as pa

from iolaus.ingest.cast import as_list, cast_singly


def lie(values: list[bytes | None]) -> pa.Array:
    """A text column whose bytes are not UTF-8, as a careless writer leaves it."""
    return pa.array(values, pa.binary()).view(pa.string())


def test_bad_bytes_are_kept_at_the_top_and_inside_nested_columns() -> None:
    bad = lie([b"fine", b"b\xffd", None])
    assert as_list(bad) == [b"fine", b"b\xffd", None]
    assert as_list(bad.dictionary_encode()) == [b"fine", b"b\xffd", None]
    struct = pa.StructArray.from_arrays([bad, pa.array([1, 2, 3])], ["text", "number"])
    assert as_list(struct)[1] == {"text": "b\udcffd", "number": 2}
    listed = pa.ListArray.from_arrays(pa.array([0, 2, 3], pa.int32()), struct)
    assert as_list(listed)[0][1]["text"] == "b\udcffd"
    assert as_list(pa.array(["a", None], pa.string_view())) == [b"a", None]


def test_singly_keeps_nulls_and_names_each_defect() -> None:
    cast = cast_singly([1, None, 2], pa.int8(), lambda v: (v, "") if v < 2 else (None, "too large"))
    assert cast.array.to_pylist() == [1, None, None] and cast.defects == {2: "too large"}
