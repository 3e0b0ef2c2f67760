"""What each code point becomes before words are read: one table, built by training/build_fold.py.

Compatibility forms are decomposed, case is folded, look-alikes become their Latin letter, diacritical and
invisible characters vanish, and every digit becomes one marker.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

SIZE = 0x110000
CLASS_SHIFT = 24
BREAK, DROP, LETTER, DIGIT, UNSPACED, JOIN, EXPAND = range(7)
"""Ends a word; vanishes; part of a word; part of a number; a letter of a script without spaces; `,` and `.`, which
go on with a number where a digit stands on both sides; several characters."""


class FoldTable(NamedTuple):
    """``fold``: uint32[SIZE], class in the top byte, folded code point (or index of an expansion) below.
    ``expansions``: uint32, a length and then so many entries like those of ``fold``."""

    fold: npt.NDArray[np.uint32]
    expansions: npt.NDArray[np.uint32]


@cache
def fold_table() -> FoldTable:
    """The table that ships with the package."""
    with (files("iolaus") / "data" / "fold.npz").open("rb") as file, np.load(file) as arrays:
        return FoldTable(arrays["fold"], arrays["expansions"])
