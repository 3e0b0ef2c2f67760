"""Figures between the marks of a page."""

from __future__ import annotations

import pytest

from iolaus.quoted import END, begin, quoted, table

PAGE = f"# Page\n\n{begin('one')}\nold\n\n{END}\n\nbetween\n\n{begin('two')}\nkept\n\n{END}\n"


def test_only_the_named_section_is_written_anew() -> None:
    found = quoted(PAGE, "one", "new")
    assert found == PAGE.replace("old", "new")
    assert quoted(found, "one", "new") == found


def test_a_missing_section_is_named() -> None:
    with pytest.raises(ValueError, match="'three'"):
        quoted(PAGE, "three", "new")


def test_columns_but_the_first_are_set_to_the_right() -> None:
    assert table(("a", "b"), [(1, None)]) == "| a | b |\n| --- | ---: |\n| 1 | None |"
