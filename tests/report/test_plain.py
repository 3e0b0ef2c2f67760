from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iolaus.report import plain


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, ünïcode, 漢字", "plain, ünïcode, 漢字"),
        ("\x1b[31mred", "<U+001B>[31mred"),
        ("a\u202eb", "a<U+202E>b"),
        ("line\nnext", "line<U+000A>next"),
        ("lone \ud800", "lone <U+D800>"),
        ("क्\u200dष", "क्\u200dष"),
    ],
)
def test_what_steers_a_display_is_spelt_out(text: str, shown: str) -> None:
    assert plain.visible(text) == shown


@given(st.text())
def test_visible_text_is_one_harmless_line(text: str) -> None:
    shown = plain.visible(text)
    assert "\x1b" not in shown
    assert len(shown.splitlines()) <= 1
    shown.encode("utf-8")
    assert plain.visible(shown) == shown


@pytest.mark.parametrize(
    ("factor", "sign", "words"),
    [
        (3.1, "+3.10", "about 1,300 to 1 for"),
        (-0.4, "−0.40", "about 2.5 to 1 against"),
        (0.0, "0.00", "speaks neither way"),
        (-0.001, "0.00", "speaks neither way"),
        (6.4, "+6.40", "about 2,500,000 to 1 for"),
        (400.0, "+400.00", "about 1,000,000,000,000 to 1 for"),
    ],
)
def test_bayes_factors_in_numbers_and_words(factor: float, sign: str, words: str) -> None:
    assert plain.signed(factor) == sign
    assert plain.odds(factor) == words


@pytest.mark.parametrize(("value", "shown"), [(0.99951, ">0.999"), (1.0, ">0.999"), (0.0, "<0.001"), (0.871, "0.871")])
def test_no_probability_is_shown_as_certain(value: float, shown: str) -> None:
    assert plain.probability(value) == shown


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        (0, 0, "none to assess"),
        (0, 7, "0 %"),
        (7, 7, "100 %"),
        (9999, 10000, "over 99 %"),
        (1, 9999, "under 1 %"),
        (1, 3, "33 %"),
    ],
)
def test_a_part_is_never_rounded_to_all_or_nothing(part: int, whole: int, shown: str) -> None:
    assert plain.percent(part, whole) == shown


def test_times_and_amounts() -> None:
    assert plain.moment("2026-03-02T00:11:09Z") == "2026-03-02 00:11 UTC"
    assert plain.moment("2026-03-02") == "2026-03-02"
    assert plain.number(38110.0) == "38,110"
    assert plain.number(0.00412345) == "0.004123"
    assert (plain.plural(1, "account"), plain.plural(2100, "account")) == ("1 account", "2,100 accounts")
