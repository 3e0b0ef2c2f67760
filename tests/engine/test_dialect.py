"""The one text of the statements as Spark SQL spells it."""

from __future__ import annotations

import pytest

from iolaus.engine.dialect import spark_sql


@pytest.mark.parametrize(
    ("text", "spelt"),
    [
        ("SELECT ts // 1000 AS s FROM t", "SELECT ts DIV 1000 AS s FROM t"),
        ("SELECT strlen(a), epoch_us(b) FROM t", "SELECT octet_length(a), unix_micros(b) FROM t"),
        ("SELECT first_value(a IGNORE NULLS) OVER w", "SELECT first_value(a, true) OVER w"),
        ("SELECT my_strlen(a), strlen FROM t", "SELECT my_strlen(a), strlen FROM t"),
    ],
)
def test_words_are_mapped(text: str, spelt: str) -> None:
    assert spark_sql(text) == spelt


def test_what_is_quoted_keeps_its_value() -> None:
    text = "SELECT 'a // strlen(b)', 'it''s', '', regexp_matches(c, '^\\d''x$') FROM t"
    assert spark_sql(text) == "SELECT 'a // strlen(b)', 'it\\'s', '', regexp_like(c, '^\\\\d\\'x$') FROM t"
