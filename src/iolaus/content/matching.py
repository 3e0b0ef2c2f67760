"""Matched controls: for each text, honest ones of the same script, programme and pathway, and of like length."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
import numpy.typing as npt

NEAREST = 25
"""Controls of a text from which one is drawn."""

LEAST = 60
"""Controls of a stratum below which it is widened: first by pathway, then by programme, never by script."""


def script(text: str) -> str:
    """``unspaced``, ``latin`` or ``other``: that of most of the letters among the first 400 characters."""
    letters = [c for c in text[:400] if c.isalpha()]
    unspaced = sum("\u2e80" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7ff" for c in letters)
    latin = sum(c < "\u0250" for c in letters)
    if 3 * unspaced > len(letters):
        return "unspaced"
    return "latin" if 2 * latin >= len(letters) else "other"


def controls(
    lengths: npt.NDArray[np.int64],
    kinds: Sequence[tuple[Hashable, ...]],
    other_lengths: npt.NDArray[np.int64],
    other_kinds: Sequence[tuple[Hashable, ...]],
) -> list[npt.NDArray[np.int64]] | None:
    """Rows of the others that may stand for each text: those of its kind that are nearest in logarithm of length.

    A kind is (script, programme, pathway). None where a text has no control of its script.
    """
    size = np.log1p(other_lengths.astype(np.float64))
    strata: dict[tuple[Hashable, ...], npt.NDArray[np.int64]] = {}
    found = []
    for length, kind in zip(lengths.tolist(), kinds, strict=True):
        if kind not in strata:
            strata[kind] = _stratum(kind, other_kinds)
        rows = strata[kind]
        if len(rows) < NEAREST:
            return None
        off = np.abs(size[rows] - np.log1p(length))
        found.append(np.sort(rows[np.argsort(off, kind="stable")[:NEAREST]]))
    return found


def _stratum(kind: tuple[Hashable, ...], others: Sequence[tuple[Hashable, ...]]) -> npt.NDArray[np.int64]:
    rows: npt.NDArray[np.int64] = np.zeros(0, np.int64)
    for parts in range(len(kind), 0, -1):
        rows = np.array([place for place, other in enumerate(others) if other[:parts] == kind[:parts]], np.int64)
        if len(rows) >= LEAST:
            break
    return rows
