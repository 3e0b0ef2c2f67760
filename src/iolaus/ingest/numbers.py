"""Number and flag columns: what cannot be read as one becomes null and a defect, never a reject."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from iolaus.ingest.cast import REFUSALS, Cast, as_list, cast_singly
from iolaus.ingest.draft import Hashed
from iolaus.ingest.hashing import Hasher
from iolaus.tables import Column

NOT_A_NUMBER = "not a number"
OUT_OF_RANGE = "out of range"

_FLAGS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


def cast_number(raw: pa.Array | list[Any], column: Column) -> Cast:
    """An integer or float column. Fractions of units (ms, tokens) are rounded, other fractions are defects."""
    try:
        array = pa.array(raw) if isinstance(raw, list) else raw
        if pa.types.is_null(array.type):
            return Cast(pa.nulls(len(array), column.type))
        if pa.types.is_integer(array.type):
            return Cast(array.cast(column.type))
        if pa.types.is_floating(array.type):
            array = pc.if_else(pc.is_nan(array), None, array)
            if pa.types.is_integer(column.type):
                return Cast((pc.round(array) if column.unit else array).cast(column.type))
            if not pc.any(pc.is_inf(array)).as_py():
                return _finite(array.cast(column.type, safe=False), array, column)
    except REFUSALS:
        pass
    return cast_singly(as_list(raw), column.type, lambda value: _number(value, column))


def _finite(narrow: pa.Array, array: pa.Array, column: Column) -> Cast:
    if pc.any(pc.is_inf(narrow)).as_py():
        return cast_singly(array.to_pylist(), column.type, lambda value: _number(value, column))
    return Cast(narrow)


def _number(value: Any, column: Column) -> tuple[int | float | None, str]:
    number = _parsed(value)
    if number is None:
        return None, NOT_A_NUMBER
    if isinstance(number, float) and math.isnan(number):
        return None, ""
    if pa.types.is_floating(column.type):
        bound = float(np.finfo(column.type.to_pandas_dtype()).max)
        return (float(number), "") if abs(number) <= bound else (None, OUT_OF_RANGE)
    if isinstance(number, float):
        if math.isinf(number):
            return None, OUT_OF_RANGE
        if not column.unit and not number.is_integer():
            return None, NOT_A_NUMBER
        number = round(number)
    bound = 2 ** (column.type.bit_width - 1)
    return (number, "") if -bound <= number < bound else (None, OUT_OF_RANGE)


def _parsed(value: Any) -> int | float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    for kind in (int, float):
        try:
            return kind(value)
        except (TypeError, ValueError, OverflowError):
            continue
    return None


def cast_flag(raw: pa.Array | list[Any]) -> Cast:
    """A bool column; true/false, yes/no and 1/0 are understood."""
    kind = pa.bool_()
    try:
        array = pa.array(raw) if isinstance(raw, list) else raw
        if pa.types.is_null(array.type) or pa.types.is_boolean(array.type):
            return Cast(array.cast(kind))
    except REFUSALS:
        pass
    return cast_singly(as_list(raw), kind, _flag)


def _flag(value: Any) -> tuple[bool | None, str]:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    flag = _FLAGS.get(str(value).strip().lower()) if isinstance(value, str | int) else None
    return flag, "" if flag is not None else "not true or false"


def cast_hash(raw: pa.Array | list[Any], hasher: Hasher) -> Cast:
    """An int64 column of hashes: numbers as they are (unsigned ones wrap), text by its keyed hash."""
    try:
        array = pa.array(raw) if isinstance(raw, list) else raw
        if pa.types.is_null(array.type):
            return Cast(pa.nulls(len(array), pa.int64()))
        if pa.types.is_uint64(array.type):
            return Cast(array.view(pa.int64()))
        if pa.types.is_integer(array.type):
            return Cast(array.cast(pa.int64()))
    except REFUSALS:
        pass
    return cast_singly(as_list(raw), pa.int64(), lambda value: _hash(value, hasher))


def _hash(value: Any, hasher: Hasher) -> tuple[int | None, str]:
    if isinstance(value, Hashed):
        return hasher.texts([value.text])[0], ""
    number = _parsed(value)
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    if isinstance(number, int) and -(2**63) <= number < 2**64:
        return (number + 2**63) % 2**64 - 2**63, ""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if isinstance(value, str):
        return hasher.texts([value])[0], ""
    return None, "not a hash"
