"""A TOML mapping: how any other log is read, in terms of the exchanges table. See docs/ingest.md."""

from __future__ import annotations

import tomllib
import zoneinfo
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from iolaus.errors import InputError
from iolaus.ingest.cast import as_list
from iolaus.ingest.chunk import RawColumn
from iolaus.ingest.times import UNITS, TimeStyle
from iolaus.tables import EXCHANGES, STRINGS, closest

SECTIONS = ("rename", "constant", "time", "list", "context")
TIME_NAMES = ("format", "unit", "zone")
CONTEXT_NAMES = ("root_text", "turn")
ANY = "*"


@dataclass(frozen=True, slots=True)
class Mapping:
    """renames, context: target -> path in the record. constants: target -> value. lists: target -> separator."""

    file: Path
    renames: dict[str, str]
    constants: dict[str, Any]
    lists: dict[str, str]
    context: dict[str, str]
    times: TimeStyle

    def columns(self, columns: dict[str, RawColumn], size: int) -> dict[str, RawColumn]:
        """Columns by normal-form name, from columns by the names of the log, ``size`` rows each."""
        taken = {head for path in self.renames.values() for head, _ in _splits(path)}
        found = {n: c for n, c in columns.items() if n in EXCHANGES.names and n not in taken}
        for target, path in self.renames.items():
            found[target] = _column(columns, path, size)
        for target, value in self.constants.items():
            found[target] = [value] * size
        for target, mark in self.lists.items():
            if target in found:
                found[target] = [v.split(mark) if isinstance(v, str) else v for v in as_text(found[target])]
        return found

    def context_column(self, columns: dict[str, RawColumn], name: str, size: int) -> list[Any] | None:
        """Raw values of ``root_text`` or ``turn``, or None where the mapping has none."""
        path = self.context.get(name)
        return None if path is None else as_text(_column(columns, path, size))

    def missing(self, head: Sequence[dict[str, Any]]) -> list[str]:
        """Sentences on paths that lead to nothing in the log's first records.

        Raises InputError where the time is among them, or a name is so close that it must be a slip.
        """
        known = set[str]().union(*head)
        sentences: list[str] = []
        for target, path in [*self.renames.items(), *self.context.items()]:
            begun = any(first in known for first, _ in _splits(path))
            if any(_leads(record, path) for record in head):
                continue
            near = "" if begun else closest(path.split(".")[0], known)
            said = "nothing stands there in the first records" if begun else "no record begins with that name"
            if near or target == "ts":
                place = f"{self.file}: {target} = '{path}': {said}."
                raise InputError(f"{place}{near} Mend the mapping, then run again.")
            sentences.append(f"mapping: {target} = '{path}': not in the first records")
        return sentences


def as_text(column: RawColumn) -> list[Any]:
    """Python values; bytes decoded."""
    return [v.decode("utf-8", "surrogateescape") if isinstance(v, bytes) else v for v in as_list(column)]


def columns_of(records: Sequence[dict[str, Any]]) -> dict[str, RawColumn]:
    """Columns by top-level name of a batch of records."""
    names = sorted(set().union(*records)) if records else []
    return {name: [r.get(name) for r in records] for name in names}


def _column(columns: dict[str, RawColumn], path: str, size: int) -> RawColumn:
    head, rest = next(((h, r) for h, r in _splits(path) if h in columns), ("", ""))
    if not head:
        return [None] * size
    if not rest:
        return columns[head]
    column = columns[head]
    return [walk(value, rest) for value in as_list(column)]


def _splits(path: str) -> Iterator[tuple[str, str]]:
    """(first name, the rest) in every way: a name of the log may itself hold dots; the longest name comes first."""
    parts = path.split(".")
    for size in range(len(parts), 0, -1):
        yield ".".join(parts[:size]), ".".join(parts[size:])


def walk(value: Any, path: str) -> Any:
    """What stands at ``path`` (names and list positions between dots, ``*`` for every item), or None."""
    if not path or value is None:
        return value
    if isinstance(value, dict):
        return next((walk(value[head], rest) for head, rest in _splits(path) if head in value), None)
    if isinstance(value, list):
        head, _, rest = path.partition(".")
        if head == ANY:
            return [found for item in value if (found := walk(item, rest)) is not None]
        place = int(head) if head.lstrip("-").isdigit() else len(value)
        return walk(value[place], rest) if -len(value) <= place < len(value) else None
    return None


def _leads(value: Any, path: str) -> bool:
    """Whether there is anything at ``path``, be it a null."""
    if not path:
        return True
    if isinstance(value, dict):
        return any(_leads(value[head], rest) for head, rest in _splits(path) if head in value)
    head, _, rest = path.partition(".")
    if isinstance(value, list) and head == ANY:
        return any(_leads(item, rest) for item in value)
    return isinstance(value, list) and walk(value, path) is not None


def load(file: Path) -> Mapping:
    """The mapping in ``file``. Raises InputError with the place and the closest known names."""
    try:
        tree = tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{file}: cannot be read as TOML ({error}). Mend the file, then run again.") from None
    _known(file, "section", tree, SECTIONS)
    for name, section in tree.items():
        if not isinstance(section, dict):
            raise InputError(f"{file}: '{name}' must be a section, [{name}]. See docs/ingest.md.")
    renames, constants, lists = (tree.get(n, {}) for n in ("rename", "constant", "list"))
    for name, section in (("rename", renames), ("constant", constants), ("list", lists)):
        _known(file, f"[{name}]", section, EXCHANGES.names)
    for name in ("rename", "list", "context"):
        _texts(file, name, tree.get(name, {}))
    _known(file, "[context]", tree.get("context", {}), CONTEXT_NAMES)
    for target in sorted(renames.keys() & constants.keys()):
        raise InputError(f"{file}: '{target}' is both renamed and constant. Keep one of them.")
    for target in lists:
        if EXCHANGES.schema.field(target).type != STRINGS:
            raise InputError(f"{file}: [list] '{target}' is no list column. Lists: tools, modalities, defects.")
    return Mapping(file, renames, constants, lists, tree.get("context", {}), _time_style(file, tree.get("time", {})))


def _known(file: Path, place: str, found: Iterable[str], known: Sequence[str]) -> None:
    for name in found:
        if name not in known:
            near = closest(name, known) or f" Known: {', '.join(known)}."
            raise InputError(f"{file}: {place} '{name}' is not known.{near} See docs/ingest.md.")


def _texts(file: Path, place: str, section: dict[str, Any]) -> None:
    for name, value in section.items():
        if not isinstance(value, str) or not value:
            raise InputError(f"{file}: [{place}] {name} must be text between quotes. See docs/ingest.md.")


def _time_style(file: Path, section: dict[str, Any]) -> TimeStyle:
    _known(file, "[time]", section, TIME_NAMES)
    _texts(file, "time", section)
    unit = section.get("unit")
    if unit is not None:
        _known(file, "[time] unit", [unit], list(UNITS))
    try:
        zone = zoneinfo.ZoneInfo(section["zone"]) if "zone" in section else None
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        near = closest(section["zone"], zoneinfo.available_timezones())
        raise InputError(f"{file}: [time] zone '{section['zone']}' is not known.{near}") from None
    return TimeStyle(section.get("format"), unit, zone)
