"""JSON objects of a file in order: one a line, a whole array, or one after another.

A line that cannot be decoded is refused by itself; bytes that are not UTF-8 become lone surrogates here, so that
the column which holds them is the one that is repaired and flagged.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from iolaus.errors import InputError
from iolaus.ingest.chunk import CHUNK_BYTES, CHUNK_ROWS, RefusedRow
from iolaus.ingest.opening import BLOCK, Stream, opened

BROKEN = "no JSON value"
NOT_AN_OBJECT = "not a JSON object"
TOO_DEEP = "nested too deeply"
TOO_LONG = "longer than max_record_bytes"

_decoder = msgspec.json.Decoder()
_lenient = json.JSONDecoder(strict=False)


@dataclass(slots=True)
class Records:
    """Decoded objects and their lines (or places in the array), from 1."""

    rows: list[int] = field(default_factory=list)
    records: list[dict[str, Any]] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)
    size: int = 0

    def add(self, row: int, value: Any, length: int) -> None:
        """Take a decoded value; anything but an object is refused."""
        self.size += length
        if isinstance(value, dict):
            self.rows.append(row)
            self.records.append(value)
        else:
            self.refused.append(RefusedRow(row, "record", None, NOT_AN_OBJECT))

    @property
    def full(self) -> bool:
        """Whether the batch should be handed on."""
        return self.size >= CHUNK_BYTES or len(self.records) + len(self.refused) >= CHUNK_ROWS


def read_records(path: Path, longest: int) -> Iterator[Records]:
    """Batches of the JSON objects in ``path``, each record at most ``longest`` bytes.

    Raises InputError where the file cannot be read, or an array is broken between its elements.
    """
    with opened(path) as stream:
        head = stream.read(BLOCK).removeprefix(codecs.BOM_UTF8)
        first = head.lstrip().split(b"\n", 1)[0].strip()
        by_line = {".jsonl", ".ndjson"} & {s.lower() for s in path.suffixes}
        if not by_line and (first[:1] == b"[" or first == b"{"):
            yield from _values(path, head, stream, longest)
        else:
            yield from _lines(head, stream, longest)


def decode(line: bytes) -> Any:
    """One JSON value. Raises ValueError where there is none and RecursionError where it is nested too deeply."""
    try:
        return _decoder.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return _lenient.decode(line.decode("utf-8", "surrogateescape"))


def _lines(head: bytes, stream: Stream, longest: int) -> Iterator[Records]:
    batch = Records()
    for row, line in enumerate(_split(head, stream, longest), 1):
        take_line(batch, row, line)
        if batch.full:
            yield batch
            batch = Records()
    yield batch


def take_line(batch: Records, row: int, line: bytes | None) -> None:
    """Take a line of JSON, None for one that was too long; a broken one is refused, an empty one passed over."""
    if line is None:
        batch.refused.append(RefusedRow(row, "record", None, TOO_LONG))
    elif line and not line.isspace():
        try:
            batch.add(row, decode(line), len(line))
        except RecursionError:
            batch.refused.append(RefusedRow(row, "record", line, TOO_DEEP))
        except ValueError:
            batch.refused.append(RefusedRow(row, "record", line, BROKEN))


class Splitter:
    """Cuts blocks of bytes into lines without their ends; a line of more than ``longest`` bytes is never held whole."""

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._pending: list[bytes] = []
        self._held = 0

    def lines(self, block: bytes) -> Iterator[bytes | None]:
        """The lines that ``block`` ends; None for one that is too long."""
        lines = block.split(b"\n")
        if len(lines) > 1:
            whole = self._held + len(lines[0]) <= self._longest
            yield b"".join([*self._pending, lines[0]]) if whole else None
            yield from (line if len(line) <= self._longest else None for line in lines[1:-1])
            self._pending, self._held = [], 0
        self._held += len(lines[-1])
        self._pending = [*self._pending, lines[-1]] if self._held <= self._longest else []

    def rest(self) -> Iterator[bytes | None]:
        """The last line, where the input does not end with one."""
        if self._held:
            yield b"".join(self._pending) if self._held <= self._longest else None


def _split(head: bytes, stream: Stream, longest: int) -> Iterator[bytes | None]:
    """Lines without their ends; None for a line of more than ``longest`` bytes, which is never held whole."""
    splitter, block = Splitter(longest), head
    while block:
        yield from splitter.lines(block)
        block = stream.read(BLOCK)
    yield from splitter.rest()


def _values(path: Path, head: bytes, stream: Stream, longest: int) -> Iterator[Records]:
    """Elements of one array, or objects one after another, wherever their lines break."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    text = decoder.decode(head)
    at, row, batch = 0, 0, Records()
    in_array = text.lstrip().startswith("[")
    if in_array:
        at = text.index("[") + 1
    while True:
        at = _skip(text, at)
        value, end = _next_value(path, text, at)
        if end < 0 or end >= len(text) - 1:  # perhaps the value goes on in the next block
            block = stream.read(max(BLOCK, len(text) - at))
            if block:
                text, at = text[at:] + decoder.decode(block), 0
                if len(text) > longest:
                    raise InputError(_broken_array(path, row, "a record is longer than max_record_bytes"))
                continue
        if end < 0:
            if text[at:].strip().rstrip("]").strip() or (in_array and not text.rstrip().endswith("]")):
                raise InputError(_broken_array(path, row, "the JSON is broken"))
            break
        row += 1
        batch.add(row, value, end - at)
        at = end
        if batch.full:
            yield batch
            batch = Records()
    yield batch


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n,":
        at += 1
    return at


def _next_value(path: Path, text: str, at: int) -> tuple[Any, int]:
    """(value, where it ends), or (None, -1) where there is no whole value."""
    try:
        return _lenient.raw_decode(text, at)
    except RecursionError:
        raise InputError(f"{path}: a record of a JSON array is {TOO_DEEP}. Write one object a line instead.") from None
    except ValueError:
        return None, -1


def _broken_array(path: Path, row: int, problem: str) -> str:
    return f"{path}: {problem} after record {row}. Mend the file, or write one object a line; run again."
