"""MMD: are a window's texts drawn from the benign distribution? Gretton et al., JMLR 13 (2012); arXiv 2606.05725.

Unbiased squared MMD with the mean of four RBF kernels at 0.5, 1, 2 and 4 times the median pairwise distance of the
reference. The published score is a mean over 20 fresh reference draws; here the whole reference stands for them,
which is what that mean tends to.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.spatial.distance import pdist

from iolaus.evaluate.baselines.log import Log, Scored, Vectors
from iolaus.evaluate.baselines.windows import Reference, Statistic, judge_windows

MEDIAN_POINTS = 2000


def judge(log: Log) -> dict[str, Scored]:
    """MMD by account and by phrase, one-sided."""
    return judge_windows(log, "mmd", prepare, two_sided=False)


def prepare(reference: Reference) -> Statistic:
    """The statistic of a window: float32[n, d] -> squared MMD to the reference."""
    widest = widest_of(reference.points)
    inside = _off_diagonal(kernel(reference.points, reference.points, widest))

    def statistic(window: Vectors) -> float:
        across = float(kernel(window, reference.points, widest).mean())
        return _off_diagonal(kernel(window, window, widest)) + inside - 2 * across

    return statistic


def widest_of(points: Vectors) -> float:
    """Denominator of the widest kernel's exponent: twice the square of four median pairwise distances."""
    return 2 * (4 * float(np.median(pdist(points[:MEDIAN_POINTS])))) ** 2


def kernel(one: Vectors, other: Vectors, widest: float) -> npt.NDArray[np.float32]:
    """[n, m]: each narrower kernel is the fourth power of the next wider one."""
    square = np.maximum((one**2).sum(1)[:, None] + (other**2).sum(1)[None] - 2 * one @ other.T, 0)
    total = narrower = np.exp(-square / np.float32(widest))
    for _ in range(3):
        narrower = (narrower * narrower) ** 2
        total = total + narrower
    found: npt.NDArray[np.float32] = total / 4
    return found


def _off_diagonal(values: npt.NDArray[np.float32]) -> float:
    count = len(values)
    return float((values.sum() - np.trace(values)) / max(count * (count - 1), 1))
