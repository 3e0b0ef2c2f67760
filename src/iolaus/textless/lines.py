"""Rows without text as lines of JSON: nulls are left out, bytes are base64, a refused row is a line of its own."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from iolaus.ingest.chunk import Coerced, RefusedRow
from iolaus.ingest.formats.native import REFUSED

TIMES = "%Y-%m-%dT%H:%M:%SZ"

_encode = msgspec.json.Encoder().encode


def lines(rows: pa.Table, coerced: Coerced) -> Iterator[bytes]:
    """Lines of the rows and of what was refused beside them, in the order of the input's lines, with their ends."""
    told: list[tuple[int, bytes]] = list(zip(coerced.rows.tolist(), map(_encode, _records(rows)), strict=True))
    told += [(refused.row, refusal(refused)) for refused in coerced.refused]
    if coerced.refused:
        told.sort(key=lambda line: line[0])
    yield from (line + b"\n" for _, line in told)


def refusal(refused: RefusedRow) -> bytes:
    """What is said of a row that could not be read: its line, field, reason and account; nothing that stood in it."""
    told: dict[str, Any] = {"line": refused.row, "field": refused.field, "reason": refused.reason}
    if refused.account is not None:
        told["account_id"] = refused.account
    return _encode({REFUSED: told})


def _records(rows: pa.Table) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = [{} for _ in range(len(rows))]
    for name in rows.column_names:
        column = rows[name]
        if column.null_count == len(column):
            continue
        for record, value in zip(records, _plain(column), strict=True):
            if value is not None:
                record[name] = value
    return records


def _plain(column: pa.ChunkedArray) -> list[Any]:
    """Values that JSON has."""
    if pa.types.is_timestamp(column.type):
        return list(pc.strftime(column, format=TIMES).to_pylist())
    values = column.to_pylist()
    if pa.types.is_binary(column.type):
        return [None if value is None else base64.b64encode(value).decode("ascii") for value in values]
    if pa.types.is_float32(column.type):
        return [None if value is None else float(str(np.float32(value))) for value in values]
    return list(values)
