"""Rates with exact bounds: a share of few is said with how little it proves."""

from __future__ import annotations

import msgspec
from scipy.stats import beta

LEVEL = 0.95
"""Two-sided level of every interval in an evaluation."""


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """``hits`` of ``of`` with the Clopper-Pearson interval at 95 %; ``value`` is None where ``of`` is 0."""

    hits: int
    of: int
    value: float | None
    low: float
    high: float


def rate(hits: int, of: int) -> Rate:
    """The rate of ``hits`` in ``of``. Raises ValueError where ``hits`` is not in 0 .. ``of``."""
    low, high = clopper_pearson(hits, of)
    value = round(hits / of, 6) if of else None
    return Rate(hits=int(hits), of=int(of), value=value, low=round(low, 6), high=round(high, 6))


def clopper_pearson(hits: int, of: int, level: float = LEVEL) -> tuple[float, float]:
    """Exact two-sided interval of a binomial share; 0 and 1 where nothing was counted.

    After Clopper and Pearson, Biometrika 26 (1934). Raises ValueError where ``hits`` is not in 0 .. ``of``.
    """
    if not 0 <= hits <= of:
        raise ValueError(f"hits {hits} are outside 0 .. {of}")
    tail = (1 - level) / 2
    low = 0.0 if hits == 0 else float(beta.ppf(tail, hits, of - hits + 1))
    high = 1.0 if hits == of else float(beta.ppf(1 - tail, hits + 1, of - hits))
    return low, high
