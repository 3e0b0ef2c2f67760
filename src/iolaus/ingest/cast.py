"""The outcome of making one column what its contract says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

REFUSALS = (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, UnicodeError, OverflowError)
"""What Arrow raises where a whole column cannot be converted at once; values are then looked at singly."""

Scalar = Callable[[Any], tuple[Any, str]]
"""One raw value -> (value or None, defect or '')."""


@dataclass(slots=True)
class Cast:
    """array: n values of the contract's type. defects: place in the column -> what was wrong there."""

    array: pa.Array
    defects: dict[int, str] = field(default_factory=dict)


def cast_singly(values: list[Any], kind: pa.DataType, scalar: Scalar) -> Cast:
    """Convert value by value; a value that cannot be converted becomes null and a defect."""
    defects: dict[int, str] = {}
    clean: list[Any] = [None] * len(values)
    for place, value in enumerate(values):
        if value is not None:
            clean[place], defect = scalar(value)
            if defect:
                defects[place] = defect
    return Cast(pa.array(clean, kind), defects)


def as_list(raw: pa.Array | list[Any]) -> list[Any]:
    """The values as Python objects; text that is not UTF-8 comes as bytes."""
    if isinstance(raw, list):
        return raw
    kind = raw.type
    if pa.types.is_dictionary(kind):
        raw = raw.cast(kind.value_type)
        kind = kind.value_type
    if pa.types.is_string_view(kind):
        raw, kind = raw.cast(pa.large_binary()), pa.large_binary()
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        raw = raw.view(pa.binary() if pa.types.is_string(kind) else pa.large_binary())
    if pa.types.is_timestamp(kind):
        raw = raw.cast(pa.timestamp("us", kind.tz), safe=False)
    try:
        values: list[Any] = raw.to_pylist()
    except UnicodeDecodeError:  # text somewhere inside a nested column
        values = [_decoded(value) for value in raw.cast(_as_binary(kind)).to_pylist()]
    return values


def _as_binary(kind: pa.DataType) -> pa.DataType:
    """The same nesting with bytes in place of text."""
    if pa.types.is_struct(kind):
        return pa.struct([field.with_type(_as_binary(field.type)) for field in kind])
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        make = pa.list_ if pa.types.is_list(kind) else pa.large_list
        return make(_as_binary(kind.value_type))
    if pa.types.is_map(kind):
        return pa.map_(_as_binary(kind.key_type), _as_binary(kind.item_type))
    return pa.large_binary() if pa.types.is_string(kind) or pa.types.is_large_string(kind) else kind


def _decoded(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    if isinstance(value, dict):
        return {_decoded(name): _decoded(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_decoded(inner) for inner in value)
    return value
