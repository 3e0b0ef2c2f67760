"""Twenty and more ways in which a row of a JSONL log is broken, each with what must come of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

Record = dict[str, Any]
MARK = "\x01"
"""Stands in a prompt for the bytes that no encoder writes."""

ESCAPED_MARK = b"\\u0001"
NEVER_TEXT: dict[str, bytes] = {"bad utf-8": b"\xff", "lone surrogate": b"\\ud800", "nul": b"\\u0000"}
"""Content defect -> the bytes that make it, inside a JSON string."""


@dataclass(frozen=True)
class Breakage:
    """A kind of breakage. ``told``: reason of the reject or, where the row is kept, 'column: defect' or nothing.

    ``most``: rows that are broken so, where they are too large to have many.
    """

    name: str
    make: Callable[[Record, int], bytes]
    rejected: bool
    told: str
    most: int | None = None


def with_bytes(record: Record, number: int, defect: str) -> bytes:
    """The record with the bytes of a content defect somewhere in its prompt."""
    prompt = record["prompt"]
    place = number * 7919 % (len(prompt) + 1)
    marked = record | {"prompt": prompt[:place] + MARK + prompt[place:]}
    return msgspec.json.encode(marked).replace(ESCAPED_MARK, NEVER_TEXT[defect])


def _changed(**values: Any) -> Callable[[Record, int], bytes]:
    return lambda record, number: msgspec.json.encode(record | values)


def _defect(defect: str) -> Callable[[Record, int], bytes]:
    return lambda record, number: with_bytes(record, number, defect)


def _raw(make: Callable[[int], bytes]) -> Callable[[Record, int], bytes]:
    return lambda record, number: make(number)


def _half(record: Record, number: int) -> bytes:
    return msgspec.json.encode(record)[: 40 + number % 60]


def _long(column: str, size: int) -> Callable[[Record, int], bytes]:
    return lambda record, number: msgspec.json.encode(
        record | {column: f"{record.get(column)} " + "padding " * (size // 8)}
    )


def _reused(record: Record, number: int) -> bytes:
    return msgspec.json.encode(record | {"exchange_id": FIRST_ID})


FIRST_ID = "the-first-row"
"""Id of the first row, which duplicated ids repeat."""

BREAKAGES = (
    Breakage("half a line", _half, True, "no JSON value"),
    Breakage("bytes that are no JSON", _raw(lambda n: bytes([255, 0, 1, 2, 65 + n % 26])), True, "no JSON value"),
    Breakage("a list, not an object", _raw(lambda n: b'["a",%d]' % n), True, "not a JSON object"),
    Breakage("a bare number", _raw(lambda n: b"%d" % n), True, "not a JSON object"),
    Breakage(
        "nested 20,000 deep",
        _raw(lambda n: b'{"prompt":' + b"[" * 20_000 + b"]" * 20_000 + b"}"),
        True,
        "nested too deeply",
        500,
    ),
    Breakage("a time from 1601", _changed(ts="1601-01-01T00:00:00Z"), True, "before 2000 or after 2099"),
    Breakage("a time from 9999", _changed(ts="9999-12-31T23:59:59Z"), True, "before 2000 or after 2099"),
    Breakage("no time", _changed(ts=None), True, "no time"),
    Breakage("a time that is an object", _changed(ts={"at": 1}), True, "not a time"),
    Breakage("no account", _changed(account_id=None), True, "no account"),
    Breakage("an empty account", _changed(account_id=""), True, "no account"),
    Breakage("an id used before", _reused, True, "duplicate exchange_id"),
    Breakage("bad UTF-8", _defect("bad utf-8"), False, "prompt: bad utf-8"),
    Breakage("a lone surrogate", _defect("lone surrogate"), False, "prompt: lone surrogate"),
    Breakage("a NUL", _defect("nul"), False, "prompt: nul"),
    Breakage("a prompt of 50 MB", _long("prompt", 50_000_000), False, "prompt: over-long", 3),
    Breakage("a user agent of 50 MB", _long("user_agent", 50_000_000), False, "user_agent: over-long", 2),
    Breakage("a user agent of 5 kB", _long("user_agent", 5_000), False, "user_agent: over-long"),
    Breakage("a prompt that is an object", _changed(prompt={"a": 1}), False, "prompt: not text"),
    Breakage("a status that is a word", _changed(status="fine"), False, "status: not a number"),
    Breakage("a number past its type", _changed(input_tokens=10**15), False, "input_tokens: out of range"),
    Breakage("tools that are no list", _changed(tools=7), False, "tools: not a list"),
    Breakage("no id", _changed(exchange_id=None), False, ""),
    Breakage("no state of the text", _changed(text_state=None), False, ""),
)


class Turns:
    """Gives out the kinds in turn, each at most as often as it may be."""

    def __init__(self) -> None:
        self._given = dict.fromkeys(range(len(BREAKAGES)), 0)
        self._next = 0

    def take(self) -> int:
        """Index of the kind that is next."""
        while True:
            kind, self._next = self._next, (self._next + 1) % len(BREAKAGES)
            most = BREAKAGES[kind].most
            if most is None or self._given[kind] < most:
                self._given[kind] += 1
                return kind
