"""PRADA: synthetic query streams have distances that are no longer normal. Juuti et al., EuroS&P 2019.

1 - W of Shapiro and Wilk over the distances of each text of a window to its nearest neighbour in it, trimmed at
three standard deviations; two-sided, since templates make them too regular as well as too irregular.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import shapiro

from iolaus.evaluate.baselines.log import Log, Scored, Vectors
from iolaus.evaluate.baselines.windows import Reference, Statistic, judge_windows

TRIM = 3.0


def judge(log: Log) -> dict[str, Scored]:
    """1 - W by account and by phrase, two-sided."""
    return judge_windows(log, "prada", prepare, two_sided=True)


def prepare(reference: Reference) -> Statistic:
    """The statistic of a window; the reference is not looked at."""
    return irregularity


def irregularity(window: Vectors) -> float:
    """1 - W; 1 where all distances are equal, as they are of one text sent again and again."""
    cosine = window @ window.T
    np.fill_diagonal(cosine, -np.inf)
    nearest = np.sqrt(np.maximum(2 - 2 * cosine.max(1).astype(np.float64), 0))
    kept = nearest[np.abs(nearest - nearest.mean()) <= TRIM * nearest.std()]
    if len(kept) < 3 or np.ptp(kept) < 1e-9:
        return 1.0
    return float(1 - shapiro(kept).statistic)
