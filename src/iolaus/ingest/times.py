"""Times: ISO 8601 text, epoch numbers of any usual unit, or Arrow timestamps become UTC microseconds."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, tzinfo
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from iolaus.ingest.cast import REFUSALS, as_list
from iolaus.tables import TIME

FIRST = 946_684_800_000_000
"""2000-01-01T00:00:00Z in microseconds: the first valid time."""
LAST = 4_102_444_800_000_000
"""2100-01-01T00:00:00Z in microseconds: the first time that is too late."""

MISSING = "no time"
UNREADABLE = "not a time"
OUT_OF_RANGE = "before 2000 or after 2099"

UNITS = {"s": 1_000_000, "ms": 1000, "us": 1, "ns": 0.001}
"""Microseconds in a unit. Valid seconds, milliseconds, microseconds and nanoseconds never overlap."""


@dataclass(frozen=True, slots=True)
class TimeStyle:
    """How a mapping says that times are written; the default recognises ISO text and epoch numbers.

    format: strptime pattern of text. unit: s, ms, us or ns of numbers. zone: of times that name none.
    """

    format: str | None = None
    unit: str | None = None
    zone: tzinfo | None = None


@dataclass(slots=True)
class Times:
    """array: TIME, null where refused. reasons: place -> why. naive: places whose time had no zone."""

    array: pa.Array
    reasons: dict[int, str] = field(default_factory=dict)
    naive: int = 0


def cast_time(raw: pa.Array | list[Any], style: TimeStyle | None = None) -> Times:
    """A column of times; a null stays null and has the reason 'no time'."""
    style = style or TimeStyle()
    try:
        micros, naive = _whole(raw, style)
    except REFUSALS:
        return _singly(as_list(raw), style)
    inside = pc.and_(pc.greater_equal(micros, FIRST), pc.less(micros, LAST))
    if not pc.all(inside).as_py() and len(micros):
        return _singly(as_list(raw), style)
    reasons: dict[int, str] = {}
    if micros.null_count:
        reasons = {int(p): MISSING for p in np.flatnonzero(np.asarray(micros.is_null()))}
    return Times(micros.cast(pa.timestamp("us")).cast(TIME), reasons, naive)


def _whole(raw: pa.Array | list[Any], style: TimeStyle) -> tuple[pa.Array, int]:
    """(int64 microseconds, how many had no zone); raises where values differ in kind."""
    array = pa.array(raw) if isinstance(raw, list) else raw
    if pa.types.is_dictionary(array.type):
        array = array.cast(array.type.value_type)
    kind = array.type
    if pa.types.is_null(kind):
        return pa.nulls(len(array), pa.int64()), 0
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return _epochs(array, style), 0
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        if style.format:
            raise pa.ArrowInvalid("read singly")
        array = _iso(array)
        kind = array.type
    if not pa.types.is_timestamp(kind):
        raise pa.ArrowInvalid("read singly")
    naive = len(array) - array.null_count if kind.tz is None else 0
    if naive and style.zone is not None:
        array = pc.assume_timezone(
            array.cast(pa.timestamp("us"), safe=False),
            str(style.zone),
            ambiguous="earliest",
            nonexistent="latest",
        )
        naive = 0
    micros = array.cast(pa.timestamp("us", array.type.tz), safe=False).cast(pa.int64())
    return micros, naive


def _iso(array: pa.Array) -> pa.Array:
    for kind in (pa.timestamp("ns", "UTC"), pa.timestamp("ns")):
        try:
            return array.cast(kind)
        except pa.ArrowInvalid:
            continue
    raise pa.ArrowInvalid("read singly")


def _epochs(array: pa.Array, style: TimeStyle) -> pa.Array:
    present = np.asarray(pc.is_valid(array))
    whole = pa.types.is_integer(array.type)
    values = np.asarray(array.fill_null(0), dtype=np.int64 if whole else np.float64)
    if not whole:
        present &= np.isfinite(values)
        values = np.where(present, values, 0.0)
    out = np.zeros(len(values), dtype=np.int64)
    for unit, micros in UNITS.items():
        lower, upper = FIRST / micros, LAST / micros
        chosen = (values >= lower) & (values < upper) & (style.unit in (None, unit))
        if whole:
            out[chosen] = values[chosen] // 1000 if unit == "ns" else values[chosen] * int(micros)
        else:
            out[chosen] = np.round(values[chosen] * micros).astype(np.int64)
    return pa.array(out, mask=~present)


def _singly(values: list[Any], style: TimeStyle) -> Times:
    out: list[int | None] = [None] * len(values)
    found = Times(pa.nulls(0))
    for place, value in enumerate(values):
        micros, reason, naive = one_time(value, style)
        out[place] = micros
        found.naive += naive
        if reason:
            found.reasons[place] = reason
    found.array = pa.array(out, pa.int64()).cast(pa.timestamp("us")).cast(TIME)
    return found


def one_time(value: Any, style: TimeStyle) -> tuple[int | None, str, bool]:
    """(UTC microseconds or None, reason of a refusal or '', whether the time had no zone)."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if value is None or value == "":
        return None, MISSING, False
    try:
        number = None if isinstance(value, bool) else _epoch_number(value, style)
        if number is not None:
            micros, naive = _epoch(number, style), False
        else:
            moment = _moment(value, style)
            naive = moment.tzinfo is None and style.zone is None
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=style.zone or UTC)
            since = moment - datetime(1970, 1, 1, tzinfo=UTC)
            micros = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    except (TypeError, ValueError, OverflowError):
        return None, UNREADABLE, False
    if micros is None or not FIRST <= micros < LAST:
        return None, OUT_OF_RANGE, False
    return micros, "", naive


def _epoch_number(value: Any, style: TimeStyle) -> int | float | None:
    if isinstance(value, int | float):
        return value
    if isinstance(value, str) and style.format is None:
        text = value.strip()
        plain = text.replace(".", "", 1).removeprefix("-")
        if plain.isascii() and plain.isdigit() and len(plain) >= 9:
            return float(text) if "." in text else int(text)
    return None


def _epoch(number: int | float, style: TimeStyle) -> int | None:
    if isinstance(number, float) and not math.isfinite(number):
        return None
    for unit, micros in UNITS.items():
        if style.unit in (None, unit) and FIRST <= number * micros < LAST:
            exact = isinstance(number, int)
            return int(number // 1000 if unit == "ns" else number * int(micros)) if exact else round(number * micros)
    return None


def _moment(value: Any, style: TimeStyle) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time())
    if not isinstance(value, str):
        raise TypeError
    if style.format:
        return datetime.strptime(value.strip(), style.format)
    return datetime.fromisoformat(value.strip())
