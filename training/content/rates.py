"""Rates with their intervals."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.stats import beta, rankdata

Floats = npt.NDArray[np.float64]
DRAWS = 200
NEEDED = 100
"""Honest negatives, times the rate, that a recall at this rate needs."""


def auroc(positive: Floats, negative: Floats) -> float:
    """Chance that a positive outscores a negative, ties counted half."""
    ranks = rankdata(np.concatenate([positive, negative]))
    count = len(positive)
    return float((ranks[:count].sum() - count * (count + 1) / 2) / (count * len(negative)))


def interval(positive: Floats, negative: Floats, seed: int = 0) -> tuple[float, float]:
    """95 % bootstrap interval of :func:`auroc`."""
    rng = np.random.default_rng(seed)
    found = [auroc(rng.choice(positive, len(positive)), rng.choice(negative, len(negative))) for _ in range(DRAWS)]
    low, high = np.quantile(found, [0.025, 0.975])
    return float(low), float(high)


def recall_at(positive: Floats, negative: Floats, rate: float) -> float | None:
    """Share of positives above the threshold of that false-positive rate; None where negatives are too few."""
    if len(negative) < NEEDED / rate:
        return None
    return float((positive > np.quantile(negative, 1 - rate)).mean())


def upper(count: int, total: int) -> float:
    """95 % one-sided Clopper-Pearson upper bound of a share."""
    return 1.0 if count >= total else float(beta.ppf(0.95, count + 1, total - count))
