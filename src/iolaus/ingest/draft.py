"""What a format hands to ingest: one exchange as the log spells it, not yet coerced.

A format is one file under ``ingest/formats``, found by itself, with ``NAME``, ``MEANING``,
``recognise(records) -> float`` and a class ``Reader`` (see :class:`FormatReader`). It renames and
unnests; types, times, hashes and defects are made afterwards, for every format in the same way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, Protocol, cast


@dataclass(frozen=True, slots=True)
class Hashed:
    """Text that must not be kept: the column gets its keyed hash (tool_result_hash, reasoning_ref)."""

    text: str


@dataclass(slots=True)
class Draft:
    """One exchange of a log.

    row: row or line of the input, from 1; where request and answer are two records, the request's.
    values: names of EXCHANGES -> raw values; a missing name is null. ``ts`` may be ISO text, a number of
        epoch seconds, milliseconds, microseconds or nanoseconds, or a datetime. ``tools`` and
        ``modalities`` are lists of text. Hashes of text are given as :class:`Hashed`.
    root_text: first user text of the conversation, where the record shows it.
    context_turn: messages before this request, system messages not counted, where the record shows them.
    """

    row: int
    values: dict[str, Any] = field(default_factory=dict)
    root_text: str | None = None
    context_turn: int | None = None


class Refused(Exception):  # noqa: N818 - it is an outcome of a record, not a fault of the program
    """A record that cannot be read; it becomes a row of rejects.

    field: the column at fault; value: what was found there; reason: a few words without anybody's text.
    """

    def __init__(self, field: str, value: Any, reason: str) -> None:
        super().__init__(reason)
        self.field = field
        self.value = value
        self.reason = reason


class FormatReader(Protocol):
    """Reads the records of one file in order. A new one is made, without arguments, for each file."""

    def read(self, record: dict[str, Any], row: int) -> Iterator[Draft]:
        """The exchanges that ``record`` completes: none, one or several. Raises Refused."""
        ...

    def close(self) -> Iterator[Draft]:
        """What still waits at the end of the file, such as requests that nobody answered."""
        ...


class Format(Protocol):
    """What a module under ``ingest/formats`` exposes."""

    NAME: str
    MEANING: str
    Reader: type[FormatReader]

    def recognise(self, records: Sequence[dict[str, Any]]) -> float:
        """0 (not mine) to 1 (surely mine), from the first records of a file, at most 50."""
        ...


def as_format(module: ModuleType) -> Format:
    """The module as a format; raises AttributeError where it lacks a part of the contract."""
    for name in ("NAME", "MEANING", "Reader", "recognise"):
        getattr(module, name)
    return cast(Format, module)
