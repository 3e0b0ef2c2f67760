"""Tables of the docs that are measured a few rows at a time: rows are chosen by name, and those of other runs stay."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

import msgspec

from iolaus.errors import InputError
from iolaus.tables import closest
from iolaus.workspace import write_atomically

Row = TypeVar("Row", bound=msgspec.Struct)


class Named(Protocol):
    """Something that is asked for by its name."""

    @property
    def name(self) -> str:
        """The name, unlike all others."""
        ...


Known = TypeVar("Known", bound=Named)


def chosen(every: Sequence[Known], names: Iterable[str] | None, what: str) -> list[Known]:
    """Those of these names, in the order of ``every``; all where None. what: what one of them is called.

    Raises InputError for a name that none has, with the nearest that one has.
    """
    known = {each.name: each for each in every}
    asked = list(known if names is None else names)
    for name in asked:
        if name not in known:
            near = closest(name, known) or f" Known: {', '.join(known)}."
            raise InputError(f"--only: no {what} is named '{name}'.{near}")
    return [each for each in every if each.name in asked]


def renewed(
    rows: Sequence[Row], of: type[Row], path: Path, key: Callable[[Row], Any], keys: Iterable[Any] | None = None
) -> list[Row]:
    """Write the rows into the JSON file ``path`` over those of the same key, and return what it holds then.

    of: what a row is. keys: in the order of the table, and rows with another one are dropped; None: all, sorted.
    """
    before = [msgspec.convert(row, of) for row in msgspec.json.decode(path.read_bytes())] if path.is_file() else []
    held = {key(row): row for row in (*before, *rows)}
    kept = [held[each] for each in (sorted(held) if keys is None else keys) if each in held]
    write_atomically(path, msgspec.json.format(msgspec.json.encode(kept), indent=1) + b"\n")
    return kept
