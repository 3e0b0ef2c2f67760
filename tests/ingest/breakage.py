"""A log with one row in ten broken, in twenty ways."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

from .scanning import record

OLD = "1601-01-01T00:00:00Z"
FAR = "9999-12-31T00:00:00Z"


def _line(number: int, **changed: object) -> bytes:
    return json.dumps(record(number) | changed).encode()


def _swap(number: int, old: bytes, new: bytes) -> bytes:
    return _line(number).replace(old, new)


REJECTED: dict[str, tuple[Callable[[int], bytes], str]] = {
    "half line": (lambda n: _line(n)[: 40 + n % 20], "no JSON value"),
    "garbage": (lambda n: bytes([255, 0, 1, 2, n % 250]), "no JSON value"),
    "not an object": (lambda n: b'["a", 1]', "not a JSON object"),
    "a bare number": (lambda n: b"12", "not a JSON object"),
    "deep nesting": (lambda n: b'{"prompt": ' + b"[" * 200_000 + b"]" * 200_000 + b"}", "nested too deeply"),
    "a time from 1601": (lambda n: _line(n, ts=OLD), "before 2000 or after 2099"),
    "a time from 9999": (lambda n: _line(n, ts=FAR), "before 2000 or after 2099"),
    "no time": (lambda n: _line(n, ts=None), "no time"),
    "a wrong time": (lambda n: _line(n, ts={"at": 1}), "not a time"),
    "no account": (lambda n: _line(n, account_id=None), "no account"),
    "an empty account": (lambda n: _line(n, account_id=""), "no account"),
    "a duplicated id": (lambda n: _line(n, exchange_id="e1"), "duplicate exchange_id"),
}
"""Kind -> (how the line is made, the reason that rejects must give)."""

REPAIRED: dict[str, tuple[Callable[[int], bytes], str]] = {
    "bad utf-8": (lambda n: _swap(n, b"what", b"wh\xfft"), "prompt: bad utf-8"),
    "a lone surrogate": (lambda n: _swap(n, b"what", b"wh\\ud800t"), "prompt: lone surrogate"),
    "a nul": (lambda n: _swap(n, b"what", b"wh\\u0000at"), "prompt: nul"),
    "over-long text": (lambda n: _line(n, prompt=f"what {n} " + "x" * 300_000), "prompt: over-long"),
    "a wrong type": (lambda n: _line(n, status="abc"), "status: not a number"),
    "a number too large": (lambda n: _line(n, input_tokens=10**15), "input_tokens: out of range"),
    "text that is no text": (lambda n: _line(n, prompt={"a": 1}), "prompt: not text"),
    "a list that is none": (lambda n: _line(n, tools=7), "tools: not a list"),
}
"""Kind -> (how the line is made, the defect that the row must name)."""


def lines(rows: int) -> Iterator[bytes]:
    """``rows`` lines of which each tenth is broken, the kinds in turn."""
    kinds = [make for make, _ in [*REJECTED.values(), *REPAIRED.values()]]
    for number in range(rows):
        yield kinds[number // 10 % len(kinds)](number) if number % 10 == 5 else _line(number)


def write(path: Path, rows: int) -> Path:
    with path.open("wb") as file:
        file.writelines(line + b"\n" for line in lines(rows))
    return path
