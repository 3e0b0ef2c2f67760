"""The one text of the statements, as Spark SQL spells it.

Statements are written in words that DuckDB and Spark SQL share: joins (SEMI and ANTI too), windows, CASE in place of
FILTER, CAST to BIGINT of every sum, STRING, ``min_by`` and ``max_by`` over (key, tie), NULLS LAST by name. A column of
USING is never named with its table, and no other table is joined to what a SEMI JOIN left of an alias. The few that
have no common spelling are written as DuckDB does and mapped here; nothing else is rewritten.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

FUNCTIONS: Mapping[str, str] = {
    "epoch_us": "unix_micros",
    "regexp_matches": "regexp_like",
    "strlen": "octet_length",
}
"""Functions by the name in the text; their arguments and results are the same."""

_LITERAL = re.compile(r"('(?:[^']|'')*')")
_FUNCTION = re.compile(rf"\b({'|'.join(FUNCTIONS)})\(")
_LEAST = re.compile(r"\bunnest\(min\((\w+), (\d+)\)\)")
_IGNORING = re.compile(r"\b(first_value|last_value)\((\w+) IGNORE NULLS\)")


def spark_sql(sql: str) -> str:
    """A statement as Spark SQL. What stands between single quotes keeps its value."""
    pieces = _LITERAL.split(sql)
    return "".join(_quoted(piece) if place % 2 else _code(piece) for place, piece in enumerate(pieces))


def _code(text: str) -> str:
    """Integer division by its word, functions by their names there, the least n as a sorted list, IGNORE NULLS."""
    text = _LEAST.sub(r"explode(slice(array_sort(collect_list(\1)), 1, \2))", text)
    named = _FUNCTION.sub(lambda found: f"{FUNCTIONS[found[1]]}(", text)
    return _IGNORING.sub(r"\1(\2, true)", named).replace("//", "DIV")


def _quoted(literal: str) -> str:
    r"""A literal whose quotes and backslashes are escaped as Spark reads them: ``'it''s'`` is ``'it\'s'``."""
    return "'" + literal[1:-1].replace("\\", "\\\\").replace("''", "\\'") + "'"
