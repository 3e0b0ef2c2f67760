"""Kolmogorov-Smirnov on prompt length alone: is an account's distribution of lengths that of the whole log?

The test that shows whether a benchmark measures anything but length. Two-sample statistic after Smirnov 1939, the
asymptotic p-value; the score is -log10 p. At its own threshold: p below 0.01 over the number of tests (Bonferroni).
"""

from __future__ import annotations

import numpy as np
from scipy.stats import kstwobign

from iolaus.evaluate.baselines.log import Log, Scored

LEAST = 5
"""Openings below which nothing is said of an account."""

LEVEL = 0.01


def judge(log: Log) -> dict[str, Scored]:
    """-log10 p of each account."""
    everybody = np.sort(log.length)
    score = np.full(len(log), np.nan)
    order = np.argsort(log.account, kind="stable")
    bounds = np.flatnonzero(np.diff(log.account[order])) + 1
    for rows in np.split(order, bounds) if len(order) else []:
        if len(rows) >= LEAST:
            score[log.account[rows[0]]] = _surprise(np.sort(log.length[rows]), everybody)
    limit = -np.log10(LEVEL / max(int(np.isfinite(score).sum()), 1))
    return {"prompt_length_ks": Scored(score, np.nan_to_num(score) > limit)}


def _surprise(mine: np.ndarray, everybody: np.ndarray) -> float:
    """-log10 of the asymptotic two-sample p-value. Both ascending."""
    values = np.unique(mine)
    gaps = [
        np.abs(np.searchsorted(mine, values, side) / len(mine) - np.searchsorted(everybody, values, side)
               / len(everybody)).max()
        for side in ("left", "right")
    ]  # fmt: skip
    size = len(mine) * len(everybody) / (len(mine) + len(everybody))
    return float(-kstwobign.logsf(np.sqrt(size) * max(gaps)) / np.log(10))
