"""One number of many accounts, said so that a few hostile ones move it by a bounded amount.

The lowest and the highest share of the values are cut off and the rest is averaged (the trimmed mean; Tukey 1960).
Bound: if at most that share of the n accounts is hostile, whatever these send, the trimmed mean of the others alone
lies between ``low`` and ``high``. Proof: with b of the n values taken away, each ordered value of the rest is at least
the same of what is left when the b highest are taken, and at most the same of what is left when the b lowest are.
"""

from __future__ import annotations

import math

import msgspec
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
PLACES = 6


class Level(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``mean``: of all values; ``trimmed``: without the ends; ``low`` to ``high``: where the trimmed mean of the honest
    values lies, if no more than the stated share is hostile; ``error``: standard error of the trimmed mean."""

    mean: float
    trimmed: float
    low: float
    high: float
    error: float


def trimmed(values: Floats, share: float) -> float:
    """Mean of ``values`` (float64[n], any order, n >= 1) without the lowest and the highest ``share`` of them."""
    cut = _cut(len(values), share)
    return float(np.sort(values)[cut : len(values) - cut].mean())


def level(values: Floats, share: float, independent: int | None = None) -> Level:
    """The level of one value an account, float64[n]; ``share`` below one half.

    independent: how many of the values count for the error, where they hang together. Raises ValueError where n is 0.
    """
    size = len(values)
    if size == 0:
        raise ValueError("a level needs one value, found none")
    ordered = np.sort(values)
    hostile = _cut(size, share)
    return Level(
        mean=_rounded(ordered.mean()),
        trimmed=_rounded(trimmed(ordered, share)),
        low=_rounded(trimmed(ordered[: size - hostile], share)),
        high=_rounded(trimmed(ordered[hostile:], share)),
        error=_rounded(_error(ordered, hostile, size if independent is None else independent)),
    )


def _cut(size: int, share: float) -> int:
    """Values at each end that are cut off; one is always left."""
    return min(int(share * size), (size - 1) // 2)


def _error(ordered: Floats, cut: int, independent: int) -> float:
    """Standard error by the winsorised deviation (Tukey and McLaughlin 1963); 0 of a single value."""
    size = len(ordered)
    if size < 2:
        return 0.0
    held = np.clip(ordered, ordered[cut], ordered[size - 1 - cut])
    return float(held.std(ddof=1)) / ((1 - 2 * cut / size) * math.sqrt(independent))


def _rounded(value: float) -> float:
    return round(float(value), PLACES) + 0.0
