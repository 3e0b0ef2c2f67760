"""Columns that stand in place of a text: keyed sketches that ``iolaus sketch`` made in the provider's request path.

A row has them or its texts; where both are there the texts count. What is no sketch is a defect, and its row then one
whose text is not retained.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from iolaus.ingest.cast import REFUSALS, as_list, cast_singly
from iolaus.ingest.chunk import RawColumn
from iolaus.ingest.numbers import cast_number
from iolaus.ingest.text import cast_text
from iolaus.make import SCORES_BYTES, TOPIC_BYTES, parse
from iolaus.tables import SCRIPTS, SKETCHES, Column

HASH_BYTES = 8
NOT_A_SKETCH = "not a sketch"
NAME = "sketch"
STATE = "sketched"
PLACE = "place"
"""Column of :func:`placed`: which row of the exchanges beside it a sketch belongs to."""


def read(columns: Mapping[str, RawColumn], size: int) -> tuple[pa.Table | None, dict[int, str]]:
    """SKETCHES columns of ``size`` rows, ``sketch`` null where a row has none; and rows that hold what is no sketch.

    None where no row has one.
    """
    raw = columns.get(NAME)
    if raw is None:
        return None, {}
    names = cast_text(raw, 2**31).array.cast(pa.string())
    if names.null_count == size:
        return None, {}
    table = pa.table(
        [_column(columns.get(c.name), c, size) if c.name != NAME else names for c in SKETCHES.columns],
        pa.schema([pa.field(c.name, c.type) for c in SKETCHES.columns]),
    )
    sound = _sound(table)
    wrong = np.flatnonzero(~sound & names.is_valid().to_numpy(zero_copy_only=False))
    kept = pc.if_else(pa.array(sound), names, None)
    return table.set_column(0, NAME, kept), dict.fromkeys(wrong.tolist(), NOT_A_SKETCH)


def placed(sketches: pa.Table, kept: npt.NDArray[np.bool_]) -> pa.Table | None:
    """The rows that have a sketch among the ``kept`` ones (bool[n]), with their ``place`` there; None of none."""
    there = sketches[NAME].is_valid().to_numpy(zero_copy_only=False) & kept
    if not there.any():
        return None
    places = (np.cumsum(kept) - 1)[there]
    found = sketches.filter(pa.array(there)).cast(SKETCHES.schema)
    return found.append_column(PLACE, pa.array(places, pa.int64()))


def _column(raw: RawColumn | None, column: Column, size: int) -> pa.Array:
    """One column; what cannot be read as its type is null."""
    if raw is None:
        return pa.nulls(size, column.type)
    if column.type == pa.binary():
        return _bytes(raw)
    if column.type == pa.string():
        names = cast_text(raw, 2**31).array.cast(pa.string())
        return pc.if_else(pc.is_in(names, pa.array(SCRIPTS)), names, None)
    return cast_number(raw, column).array


def _bytes(raw: RawColumn) -> pa.Array:
    """Binary values as they are, text as base64."""
    if not isinstance(raw, list) and (pa.types.is_binary(raw.type) or pa.types.is_large_binary(raw.type)):
        try:
            return raw.cast(pa.binary())
        except REFUSALS:  # more bytes than 32-bit offsets reach
            return pa.array(raw.to_pylist(), pa.binary())
    return cast_singly(as_list(raw), pa.binary(), _decoded).array


def _decoded(value: Any) -> tuple[bytes | None, str]:
    try:
        return base64.b64decode(value, validate=True), ""
    except (TypeError, ValueError, binascii.Error):
        return None, NOT_A_SKETCH


def _sound(table: pa.Table) -> npt.NDArray[np.bool_]:
    """bool[n]: whether a row holds a whole sketch."""
    names = table[NAME].combine_chunks().dictionary_encode()
    known = pa.array([parse(name) is not None for name in names.dictionary.to_pylist()], pa.bool_())
    found = known.take(names.indices)
    words = pc.greater_equal(table["words"], 0)
    whole = pc.equal(pc.bit_wise_and(pc.binary_length(table["shingles"]), HASH_BYTES - 1), 0)
    topic = pc.equal(pc.binary_length(table["topic"]), TOPIC_BYTES)
    scores = pc.or_kleene(pc.is_null(table["scores"]), pc.equal(pc.binary_length(table["scores"]), SCORES_BYTES))
    for condition in (words, whole, topic, scores):
        found = pc.and_(found, condition.combine_chunks())
    return np.asarray(pc.fill_null(found, False))
