"""Per-account volume: who sends far more on a day of work than others do.

The score is exchanges an active day. At its own threshold: more than three standard deviations above the mean of
its logarithm (Shewhart's three sigma), which is what rate alarms amount to.
"""

from __future__ import annotations

import numpy as np

from iolaus.evaluate.baselines.log import Log, Scored

SIGMAS = 3.0


def judge(log: Log) -> dict[str, Scored]:
    """Exchanges an active day of each account; NaN for those without traffic."""
    there = log.exchanges > 0
    rate = np.where(there, log.exchanges / np.maximum(log.active_days, 1), np.nan)
    spoken = np.log(rate[there]) if there.any() else np.zeros(1)
    limit = np.exp(spoken.mean() + SIGMAS * spoken.std())
    return {"volume": Scored(rate, np.nan_to_num(rate) > limit)}
