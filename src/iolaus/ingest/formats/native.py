"""The normal form itself: records or columns that carry the names of the exchanges table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from iolaus.ingest.draft import Draft
from iolaus.tables import EXCHANGES, SKETCHES

NAME = "native"
MEANING = "JSONL, CSV or Parquet with the column names of the exchanges table (docs/tables.md)"

KNOWN = (*EXCHANGES.names, *SKETCHES.names)
_KNOWN = frozenset(KNOWN)


def recognise(records: Sequence[dict[str, Any]]) -> float:
    """The share of names that the exchanges table knows, where there is a ``ts`` among them."""
    rows = [record for record in records if refusal(record) is None]
    if records and not rows:
        return 1.0
    shares = [len(_KNOWN & r.keys()) / len(r) if r and "ts" in r else 0.0 for r in rows]
    return sum(shares) / len(shares) if shares else 0.0


REFUSED = "refused"
"""What ``iolaus sketch`` writes in place of a row that it could not read: an object with line, field and reason."""


def refusal(record: dict[str, Any]) -> dict[str, Any] | None:
    """What such a line tells; None of a record that is an exchange."""
    told = record.get(REFUSED)
    return told if isinstance(told, dict) and "ts" not in record else None


class Reader:
    """Takes known names as they are."""

    def read(self, record: dict[str, Any], row: int) -> Iterator[Draft]:
        """One exchange a record."""
        yield Draft(row, {name: value for name, value in record.items() if name in _KNOWN})

    def close(self) -> Iterator[Draft]:
        """Nothing waits."""
        return iter(())


def columns_of(records: Sequence[dict[str, Any]]) -> tuple[dict[str, list[Any]], frozenset[str]]:
    """(known names -> values of every record, names that are not known): a whole batch at once."""
    names = set().union(*records) if records else set()
    columns = {name: [r.get(name) for r in records] for name in KNOWN if name in names}
    return columns, frozenset(names - _KNOWN)
