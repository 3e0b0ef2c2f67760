"""One file a log format; a new one is found by itself. The contract of a format is in ``ingest/draft.py``."""

from __future__ import annotations

import importlib
import pkgutil

from iolaus.errors import InputError
from iolaus.ingest.draft import Format, as_format
from iolaus.tables import closest


def formats() -> dict[str, Format]:
    """Every format by its name, in alphabetical order."""
    found = (importlib.import_module(f"{__name__}.{m.name}") for m in pkgutil.iter_modules(__path__))
    return {f.NAME: f for f in sorted(map(as_format, found), key=lambda f: f.NAME)}


def named(name: str) -> Format:
    """The format called ``name``. Raises InputError with the closest names."""
    known = formats()
    if name not in known:
        raise InputError(f"--format {name}: no such format.{closest(name, known)} Formats: {', '.join(known)}.")
    return known[name]
