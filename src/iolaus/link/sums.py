"""Sums of vectors by group, each added up in the order of its rows, so that they are the same to the last bit."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from iolaus.link.population import Floats


def sums_by(group: npt.NDArray[np.integer], vectors: Floats, groups: int) -> Floats:
    """float64[groups, d], the sum of the vectors (float64[m, d]) of each group (int[m])."""
    rows = np.arange(len(group))
    found: Floats = csr_matrix((np.ones(len(group)), (group, rows)), (groups, len(group))) @ vectors
    return found
