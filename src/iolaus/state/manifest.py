"""The manifest of a state: which files are in it, and what they were made with.

It is the only thing that makes a file part of the state, and it is renamed into place last: a scan that is killed
leaves the state as it was.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import msgspec

from iolaus.errors import InputError
from iolaus.key import Key
from iolaus.settings import Settings
from iolaus.sketch.content_backends import model_id

FORMAT = 3
"""Rises with every change of what the files of a state mean."""

READABLE = (FORMAT,)
"""Formats that are read. Topics of the two before it tell no names, and their texts are gone."""

NAME = "state.json"
SHAPING = ("least", "rate", "edge_words", "edge_rate")
"""Settings of the sketch that shape what is kept; the others may change from scan to scan."""


class Made(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What kept rows were made with. Rows of another make cannot be compared with them."""

    key_id: str
    sketch: dict[str, float]
    content_model: str

    @classmethod
    def by(cls, settings: Settings, key: Key) -> Made:
        """By a scan with these settings and this key."""
        shaping = {name: float(getattr(settings.sketch, name)) for name in SHAPING}
        return cls(key_id=key.id, sketch=shaping, content_model=model_id(settings.link.content_model))


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file of kept exchanges: ``rows`` of a UTC ``day`` (YYYY-MM-DD) that came in with one ``increment``.

    worked: the file of what was worked out of it (:mod:`iolaus.state.worked`); '' where nothing was.
    """

    file: str
    day: str
    increment: int
    rows: int
    worked: str = ""


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of a state. ``tables``: name of a table -> its file; ``generation`` counts changes, ``increments`` scans.

    ``weeks_from``: the UTC day on which weeks begin. ``unspent``: account-weeks whose budget of false campaigns no scan
    has spent yet.
    """

    format: int
    made: Made
    generation: int = 0
    increments: int = 0
    has_account_table: bool = False
    has_events: bool = False
    parts: list[Part] = msgspec.field(default_factory=list)
    tables: dict[str, str] = msgspec.field(default_factory=dict)
    weeks_from: str = ""
    unspent: float = 0.0

    @property
    def rows(self) -> int:
        """Exchanges that are kept."""
        return sum(part.rows for part in self.parts)

    @property
    def days(self) -> Counter[str]:
        """Kept exchanges by UTC day."""
        counted: Counter[str] = Counter()
        for part in self.parts:
            counted[part.day] += part.rows
        return counted

    @property
    def files(self) -> set[str]:
        """Every file of the state beside the manifest, relative to its folder."""
        worked = {part.worked for part in self.parts if part.worked}
        return {part.file for part in self.parts} | worked | set(self.tables.values())


def read(place: Path) -> Manifest | None:
    """The manifest in a folder; None where there is none. Raises InputError where it is not one of this format."""
    path = place / NAME
    if not path.exists():
        return None
    try:
        version = msgspec.json.decode(path.read_bytes(), type=dict[str, object]).get("format")
        if version in READABLE:
            return msgspec.json.decode(path.read_bytes(), type=Manifest)
    except (msgspec.DecodeError, OSError):
        raise InputError(
            f"{path}: no manifest of a state. Restore the folder, or begin another with --state."
        ) from None
    raise InputError(
        f"{path}: a state of format {version}; this version reads {FORMAT}. Use the"
        " version that wrote it, or begin another with --state."
    )


def refuse_other(found: Made, wanted: Made, place: Path) -> None:
    """Raise InputError where kept rows were made with another key, other sketch settings or another content model."""
    if found.key_id != wanted.key_id:
        raise InputError(
            f"{place}: kept under sketch key {found.key_id}, this scan's is {wanted.key_id}."
            " Set sketch.key_file to that key, or begin another with --state."
        )
    for name in SHAPING:
        if found.sketch.get(name) != wanted.sketch[name]:
            raise InputError(
                f"{place}: kept with sketch.{name} = {found.sketch.get(name):g}, this scan has {wanted.sketch[name]:g}."
                " Set it back, or begin another with --state."
            )
    if found.content_model != wanted.content_model:
        raise InputError(
            f"{place}: kept with content model {found.content_model}, this scan has {wanted.content_model}."
            " Set link.content_model back, use the version that has it, or begin another with --state."
        )
