"""Rejects: every row that was not read, with its reason and without anybody's text."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from iolaus.ingest.chunk import RefusedRow
from iolaus.key import Key
from iolaus.tables import EXCHANGES, REJECTS, TEXT
from iolaus.workspace import renamed_into

SHOWN_BYTES = 64
SHOWN_WORDS = 3
"""A value of more words may be text that slipped into another column; it is masked like text."""

FILE_SCHEMA = pa.schema([*REJECTS.schema, pa.field("source_index", pa.int32()), pa.field("account_id", pa.string())])

_TEXT_FIELDS = frozenset(c.name for c in EXCHANGES.columns if c.type == TEXT) | {"record"}


def shown(field: str, value: Any, key: Key) -> str | None:
    """What rejects tell of a value: length and keyed hash of text, else the value where it is short."""
    if value is None:
        return None
    content = value if isinstance(value, bytes) else _text(value).encode("utf-8", "replace")
    text = content.decode("utf-8", "replace")
    short = len(text.encode()) <= SHOWN_BYTES and len(text.split()) <= SHOWN_WORDS
    if short and field not in _TEXT_FIELDS:
        return text
    return f"{len(content)} bytes, hash {key.hash(content) & (2**64 - 1):016x}"


def _text(value: Any) -> str:
    try:
        return str(value)
    except (ValueError, RecursionError):
        return type(value).__name__


class RejectsFile:
    """The rejects of one source, written as they come."""

    def __init__(self, path: Path, source: str, index: int, key: Key) -> None:
        self._path, self._source, self._index, self._key = path, source, index, key
        self._open = contextlib.ExitStack()
        self.count = 0

    def __enter__(self) -> RejectsFile:
        partial = self._open.enter_context(renamed_into(self._path))
        self._writer = self._open.enter_context(pq.ParquetWriter(partial, FILE_SCHEMA))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.__exit__(kind, error, trace)

    def add(self, refused: Iterable[RefusedRow]) -> None:
        """Write some refusals."""
        rows = [self._row(r) for r in refused]
        if rows:
            self.count += len(rows)
            self._writer.write_table(pa.Table.from_pylist(rows, FILE_SCHEMA))

    def _row(self, refused: RefusedRow) -> dict[str, Any]:
        return {
            "source": self._source,
            "row": refused.row,
            "field": refused.field,
            "value": shown(refused.field, refused.value, self._key),
            "reason": refused.reason,
            "source_index": self._index,
            "account_id": refused.account,
        }
