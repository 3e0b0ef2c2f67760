"""Text columns: whatever a log holds becomes valid UTF-8 without NULs; repairs are told, never hidden."""

from __future__ import annotations

import json
import math
import re
from datetime import date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from iolaus.ingest.cast import REFUSALS, Cast, as_list, cast_singly
from iolaus.ingest.hashing import Hasher, text_bytes, text_offsets

LARGE = pa.large_string()
BAD_UTF8 = "bad utf-8"
SURROGATE = "lone surrogate"
NUL = "nul"
OVER_LONG = "over-long"
NOT_TEXT = "not text"

_SURROGATES = re.compile("[\ud800-\udfff]")


def cast_text(raw: pa.Array | list[Any], longest: int) -> Cast:
    """A large_string column; text of more than ``longest`` bytes is kept whole and told."""
    cast = _whole(raw)
    _drop_nuls(cast)
    for place in over_long(cast.array, longest):
        cast.defects.setdefault(int(place), OVER_LONG)
    return cast


def cast_name(raw: pa.Array | list[Any], longest: int, hasher: Hasher) -> Cast:
    """A string column of ids and other short fields.

    Longer values keep 64 bytes and a hash of the whole, so that different ones stay different.
    """
    cast = _whole(raw)
    _drop_nuls(cast)
    places = over_long(cast.array, longest)
    if len(places):
        values = cast.array.to_pylist()
        for place in places.tolist():
            head = values[place].encode()[:64].decode("utf-8", "ignore")
            (mark,) = hasher.texts([values[place]])
            values[place] = f"{head}~{(mark or 0) & (2**64 - 1):016x}"
            cast.defects.setdefault(place, OVER_LONG)
        cast.array = pa.array(values, LARGE)
    cast.array = cast.array.cast(pa.string())
    return cast


def over_long(text: pa.Array, longest: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Places of texts with more than ``longest`` bytes."""
    return np.flatnonzero(np.diff(text_offsets(text)) > longest)


def repair(value: Any) -> tuple[str | None, str]:
    """(text, defect) of one raw value; text is valid UTF-8, or None where the value holds none."""
    if isinstance(value, str):
        return _repair_text(value)
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8"), ""
        except UnicodeDecodeError:
            return value.decode("utf-8", "replace"), BAD_UTF8
    if isinstance(value, bool):
        return None, NOT_TEXT
    if isinstance(value, int | float):
        return _repair_number(value)
    if isinstance(value, datetime | date):
        return value.isoformat(), ""
    inner = _texts_within(value)
    return (_repair_text("\n".join(inner))[0] if inner else None), NOT_TEXT


def _repair_text(value: str) -> tuple[str, str]:
    if value.isascii():
        return value, ""
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        pass
    else:
        return value, ""
    try:
        return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace"), BAD_UTF8
    except UnicodeEncodeError:
        return _SURROGATES.sub("\ufffd", value), SURROGATE


def _repair_number(value: int | float) -> tuple[str | None, str]:
    if isinstance(value, float):
        if math.isnan(value):
            return None, ""
        return (str(int(value)) if value.is_integer() else repr(value)), ""
    try:
        return str(value), ""
    except ValueError:  # more digits than Python converts
        return None, NOT_TEXT


def _texts_within(value: Any) -> list[str]:
    """Texts of a message's content parts, where a log left them unflattened."""
    parts = value if isinstance(value, list) else [value]
    found = (part.get("text") if isinstance(part, dict) else part for part in parts)
    return [text for text in found if isinstance(text, str)]


def _whole(raw: pa.Array | list[Any]) -> Cast:
    try:
        if isinstance(raw, list):
            return Cast(pa.array(raw, LARGE))
        kind = raw.type
        if pa.types.is_floating(kind) or pa.types.is_boolean(kind) or pa.types.is_nested(kind):
            return cast_singly(as_list(raw), LARGE, repair)
        array = raw if kind == LARGE else raw.cast(LARGE)
        array.validate(full=True)
        return Cast(array)
    except REFUSALS:
        return cast_singly(as_list(raw), LARGE, repair)


def _drop_nuls(cast: Cast) -> None:
    offsets = text_offsets(cast.array)
    data = text_bytes(cast.array)[offsets[0] : offsets[-1]]
    if len(data) == 0 or data.min() != 0:
        return
    places = np.flatnonzero(np.asarray(pc.match_substring(cast.array, "\0").fill_null(False)))
    if len(places):
        cast.array = pc.replace_substring(cast.array, "\0", "")
        for place in places.tolist():
            cast.defects.setdefault(place, NUL)


def cast_names(raw: pa.Array | list[Any]) -> Cast:
    """A list<string> column; a text is read as a JSON list, else as names between semicolons."""
    kind = pa.list_(pa.string())
    if not isinstance(raw, list) and pa.types.is_nested(raw.type):
        try:
            array = raw.cast(kind)
            array.validate(full=True)
            return Cast(array)
        except REFUSALS:
            pass
    return cast_singly(as_list(raw), kind, _names)


def _names(value: Any) -> tuple[list[str] | None, str]:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if isinstance(value, str):
        try:
            value = json.loads(value) if value.lstrip().startswith("[") else value.split(";")
        except (ValueError, RecursionError):
            value = [value]
    if not isinstance(value, list | tuple):
        return None, "not a list"
    clean = [repair(item)[0] for item in value if isinstance(item, str | bytes | int)]
    names = [name.replace("\0", "").strip() for name in clean if name]
    return names, "" if len(clean) == len(value) else "not all text"
