"""Reads records with a format, as ingest does."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from types import ModuleType
from typing import Any

from iolaus.ingest.draft import Draft


def read(module: ModuleType, records: Iterable[dict[str, Any]]) -> list[Draft]:
    """All drafts of ``records``, those at the end of the file included."""
    reader = module.Reader()
    drafts: list[Draft] = []
    for row, record in enumerate(records, 1):
        drafts += reader.read(copy.deepcopy(record), row)
    return drafts + list(reader.close())


def one(module: ModuleType, record: dict[str, Any]) -> Draft:
    """The only draft of ``record``."""
    (draft,) = read(module, [record])
    return draft


def changed(record: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A copy of ``record`` with other top-level fields."""
    return {**copy.deepcopy(record), **fields}


def without(record: dict[str, Any], *names: str) -> dict[str, Any]:
    """A copy of ``record`` without some top-level fields."""
    return {name: value for name, value in copy.deepcopy(record).items() if name not in names}
