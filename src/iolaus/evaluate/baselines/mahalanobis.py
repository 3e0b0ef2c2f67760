"""Mahalanobis: mean squared distance of a window's texts to the benign Gaussian. Lee et al., NeurIPS 2018.

Full covariance of the reference with a ridge of 1e-6, as arXiv 2606.05725 runs it.
"""

from __future__ import annotations

import numpy as np

from iolaus.evaluate.baselines.log import Log, Scored, Vectors
from iolaus.evaluate.baselines.windows import Reference, Statistic, judge_windows

RIDGE = 1e-6


def judge(log: Log) -> dict[str, Scored]:
    """Mean squared distance by account and by phrase, one-sided."""
    return judge_windows(log, "mahalanobis", prepare, two_sided=False)


def prepare(reference: Reference) -> Statistic:
    """The statistic of a window: float32[n, d] -> mean squared Mahalanobis distance."""
    points = reference.points.astype(np.float64)
    centre = points.mean(0)
    inverse = np.linalg.inv(np.cov(points, rowvar=False) + RIDGE * np.eye(points.shape[1]))

    def statistic(window: Vectors) -> float:
        off = window.astype(np.float64) - centre
        return float(np.einsum("ij,jk,ik->i", off, inverse, off).mean())

    return statistic
