"""A reject tells enough to find the row, and nobody's words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iolaus.ingest.rejects import shown

from .scanning import KEY


@pytest.mark.parametrize("field", ["prompt", "response", "system_prompt", "record"])
def test_text_is_a_length_and_a_keyed_hash(field: str) -> None:
    told = shown(field, "x", KEY)
    assert told == f"1 bytes, hash {KEY.hash(b'x') & (2**64 - 1):016x}"


@given(st.one_of(st.text(alphabet=st.characters(exclude_categories=())), st.binary(), st.integers(), st.floats()))
def test_what_is_shown_is_valid_and_short(value: object) -> None:
    told = shown("ts", value, KEY)
    assert told is not None and len(told.encode()) <= 64


def test_words_that_slipped_into_another_column_are_masked() -> None:
    assert shown("ts", "2026-13-01 10:00", KEY) == "2026-13-01 10:00"
    assert "please" not in (shown("ts", "please write me a poem", KEY) or "")
    assert "long" not in (shown("account_id", "long" * 40, KEY) or "")
    assert shown("account_id", None, KEY) is None
