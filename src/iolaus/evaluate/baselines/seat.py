"""SEAT: accounts of an extraction send too many texts that resemble each other. Zhang et al., AISec 2021.

The share of pairs of a window whose cosine passes the benign 99th percentile; two-sided, as arXiv 2606.05725 runs it.
"""

from __future__ import annotations

import numpy as np

from iolaus.evaluate.baselines.log import Log, Scored, Vectors
from iolaus.evaluate.baselines.windows import Reference, Statistic, judge_windows

PERCENTILE = 0.99
POINTS = 2000
"""Texts of the reference from whose pairs the percentile is taken."""


def judge(log: Log) -> dict[str, Scored]:
    """Share of similar pairs by account and by phrase, two-sided."""
    return judge_windows(log, "seat", prepare, two_sided=True)


def prepare(reference: Reference) -> Statistic:
    """The statistic of a window: float32[n, d] -> share of its pairs above the benign percentile."""
    limit = limit_of(reference.points)

    def statistic(window: Vectors) -> float:
        return float(((window @ window.T)[np.triu_indices(len(window), 1)] > limit).mean())

    return statistic


def limit_of(points: Vectors) -> float:
    """Cosine from which a pair counts as similar: the benign percentile over pairs of ``points``."""
    some = points[:POINTS]
    return float(np.quantile((some @ some.T)[np.triu_indices(len(some), 1)], PERCENTILE))
