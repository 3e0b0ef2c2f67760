"""Honest crowds: one file each, found by themselves.

A crowd's module says in ``NAME`` what scenarios call it, in ``GUILTY`` which columns make it look like a
campaign, in ``DECLARES`` which columns say what it is, and builds its accounts and conversations in
``build(ground, count)``.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
from types import ModuleType


@functools.cache
def crowds() -> dict[str, ModuleType]:
    """Every crowd's module by the name that scenarios use, in alphabetical order."""
    modules = (importlib.import_module(f"{__name__}.{m.name}") for m in pkgutil.iter_modules(__path__))
    return {module.NAME: module for module in sorted(modules, key=lambda m: str(m.NAME))}
