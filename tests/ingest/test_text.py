"""Text is repaired and told, never refused."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iolaus.ingest.hashing import Hasher
from iolaus.ingest.text import cast_name, cast_names, cast_text

from .scanning import KEY

HASHER = Hasher(KEY)
anything = st.one_of(
    st.none(),
    st.text(alphabet=st.characters(exclude_categories=())),
    st.binary(),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.lists(st.text(max_size=3), max_size=2),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)


@given(st.lists(anything, max_size=12))
def test_any_values_become_sound_text(values: list[object]) -> None:
    cast = cast_text(values, 1024)
    cast.array.validate(full=True)
    assert len(cast.array) == len(values)
    for place, text in enumerate(cast.array.to_pylist()):
        assert text is None or "\0" not in text
        if values[place] is None:
            assert text is None and place not in cast.defects
        if text is None and values[place] is not None and values[place] == values[place]:
            assert cast.defects[place] == "not text", f"{values[place]!r} was lost in silence"


@given(st.lists(st.one_of(st.none(), st.text()), max_size=12))
def test_sound_text_is_untouched(values: list[str | None]) -> None:
    clean = [None if v is None else v.replace("\0", "") for v in values]
    for raw in (clean, pa.array(clean, pa.string()), pa.array(clean, pa.large_string()).dictionary_encode()):
        cast = cast_text(raw, 2**20)
        assert cast.array.to_pylist() == clean
        assert not cast.defects


@pytest.mark.parametrize(
    ("raw", "text", "defect"),
    [
        (b"caf\xe9!", "caf\ufffd!", "bad utf-8"),
        ("caf\udce9!", "caf\ufffd!", "bad utf-8"),
        ("a\ud800b", "a\ufffdb", "lone surrogate"),
        ("a\0b", "ab", "nul"),
        ("x" * 2000, "x" * 2000, "over-long"),
        (17, "17", None),
        (17.0, "17", None),
        (True, None, "not text"),
        ({"a": 1}, None, "not text"),
        ([{"type": "text", "text": "hidden"}, "here"], "hidden\nhere", "not text"),
    ],
)
def test_each_repair_is_told(raw: object, text: str | None, defect: str | None) -> None:
    cast = cast_text(["sound", raw, None], 1024)
    assert cast.array.to_pylist() == ["sound", text, None]
    assert cast.defects == ({1: defect} if defect else {})


def test_bad_bytes_in_an_arrow_column_are_found_and_repaired() -> None:
    lie = pa.array([b"sound", b"b\xffd", None], pa.binary()).view(pa.string())
    cast = cast_text(lie, 1024)
    assert cast.array.to_pylist() == ["sound", "b\ufffdd", None]
    assert cast.defects == {1: "bad utf-8"}


def test_slices_of_a_column_are_read_at_their_place() -> None:
    column = pa.array(["nul\0", "one", "x" * 2000, "two"], pa.large_string())
    assert cast_text(column.slice(1, 1), 1024).defects == {}
    assert cast_text(column.slice(2, 2), 1024).defects == {0: "over-long"}


def test_long_names_are_cut_and_stay_different() -> None:
    cast = cast_name(["k" * 5000 + "1", "k" * 5000 + "2", "short"], 256, HASHER)
    first, second, third = cast.array.to_pylist()
    assert first != second and third == "short"
    assert len(first) < 100 and first.startswith("k" * 64)
    assert cast.defects == {0: "over-long", 1: "over-long"}


def test_lists_of_names() -> None:
    cast = cast_names([["a", "b"], '["a", "b"]', "a;b", None, 5, ["a", {}], "[broken"])
    assert cast.array.to_pylist() == [["a", "b"], ["a", "b"], ["a", "b"], None, None, ["a"], ["[broken"]]
    assert cast.defects == {4: "not a list", 5: "not all text"}
