"""Kinds of evidence, one file each, found by themselves.

A kind is a module with ``KIND`` (its name), ``FAMILY``, ``QUESTION`` and
``weigh(cohort, population, settings) -> Evidence | None``. It is pure; it returns None where the data it needs
are not there, and 0 where they are too thin to speak. Its docstring says what it sees, the honest crowd
that it must spare, what an analyst does next, and the source of the method. A kind with ``COSTLY`` set looks only
where the accounts do not differ as people do. ``tests/link/test_kinds.py`` puts
every kind through the same checks.
"""

from __future__ import annotations

import contextlib
import importlib
import pkgutil
from collections.abc import Iterator, Set
from contextvars import ContextVar
from functools import cache
from typing import Protocol, cast

from iolaus.findings import Evidence, Family, Question
from iolaus.link.cohort import Cohort
from iolaus.link.population import Population
from iolaus.link.settings import LinkSettings


class Kind(Protocol):
    """What a module in this folder must offer."""

    KIND: str
    FAMILY: Family
    QUESTION: Question

    def weigh(self, cohort: Cohort, population: Population, settings: LinkSettings) -> Evidence | None:
        """The evidence that this kind sees in a cohort, or None where it cannot look."""
        ...


_silent: ContextVar[Set[str]] = ContextVar("_silent", default=frozenset())


def kinds() -> Iterator[Kind]:
    """Every kind of evidence in this folder, by name, but those that are :func:`silenced`."""
    yield from (kind for kind in _every() if not {kind.KIND, kind.FAMILY} & _silent.get())


@cache
def _every() -> tuple[Kind, ...]:
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return tuple(cast(Kind, importlib.import_module(f"{__name__}.{name}")) for name in names)


@contextlib.contextmanager
def silenced(names: Set[str]) -> Iterator[None]:
    """Leave kinds of these names or families out within the block: for measuring what each is worth. No scan does."""
    token = _silent.set(names)
    try:
        yield
    finally:
        _silent.reset(token)
