"""A two-sample test for texts: are these drawn from what honest people ask?

The statistic adds up three, each the logarithm of a sum, in deviations of its own null:

- the shift of the mean vector, whitened by the honest covariance (Hotelling 1931, with a ridge);
- surplus features: squares of what stands out beyond three deviations of a binomial count, which finds a few rare words
  that come too often (the sparse alternative of Donoho and Kipnis, Annals of Statistics 50, 2022);
- surplus cells: the same beyond one deviation over cells around honest texts, which finds a small cluster (a classifier
  test whose classifier is the nearest landmark; Lopez-Paz and Oquab, ICLR 2017).

The null is made of windows of honest texts that the reference has not seen; nothing is assumed of its shape.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from iolaus.content.reference import CELLS, Floats, Read, Reference

Rows = npt.NDArray[np.int64]
FEATURES_BEYOND, CELLS_BEYOND = 3.0, 1.0
WEIGHTS = (1.0, 0.5, 0.5)
FLOOR = 1e-6
CHUNK = 64
"""Windows whose features are counted together."""


def parts(reference: Reference, texts: Read, windows: Sequence[Rows]) -> Floats:
    """float64[w, 3]: logarithms of shift, surplus features and surplus cells of each window (rows of ``texts``)."""
    found = np.zeros((len(windows), 3))
    for first in range(0, len(windows), CHUNK):
        chosen = windows[first : first + CHUNK]
        counts = _indicator(chosen, len(texts)) @ texts.bags
        for place, rows in enumerate(chosen):
            row = slice(counts.indptr[place], counts.indptr[place + 1])
            often = counts.data[row] > 1  # A feature of one text never stands out beyond two deviations.
            found[first + place] = (
                _shift(reference, texts, rows),
                _surplus(
                    counts.data[row][often],
                    reference.held[counts.indices[row][often]] + 0.5,
                    len(rows),
                    reference.size + 1,
                    FEATURES_BEYOND,
                ),
                _surplus(
                    np.bincount(texts.cells[rows], minlength=CELLS).astype(np.float64),
                    reference.in_cell + 0.5,
                    len(rows),
                    reference.size + CELLS / 2,
                    CELLS_BEYOND,
                ),
            )
    logs: Floats = np.log(np.maximum(found, FLOOR))
    return logs


def _indicator(windows: Sequence[Rows], texts: int) -> csr_matrix:
    bounds = np.concatenate([[0], np.cumsum([len(rows) for rows in windows])])
    return csr_matrix((np.ones(bounds[-1], np.float32), np.concatenate(windows), bounds), (len(windows), texts))


def _shift(reference: Reference, texts: Read, rows: Rows) -> float:
    off = texts.vectors[rows].mean(0, dtype=np.float64) - reference.centre
    return float(off @ reference.whitening @ off)


def _surplus(seen: npt.NDArray[np.float64], held: Floats, size: int, of: float, beyond: float) -> float:
    """Sum of squared deviations beyond ``beyond``; ``held`` of ``of`` honest texts have it too."""
    share = held / of
    mean = size * share
    deviation = np.sqrt(mean * (1 - share) * (1 + size / of) + 0.25)
    return float((np.maximum((seen - mean) / deviation - beyond, 0) ** 2).sum())


@dataclass(frozen=True)
class Null:
    """What honest windows of one size give. ``mean``, ``deviation``: float64[3]; ``scores``: float64[w], ascending."""

    mean: Floats
    deviation: Floats
    scores: Floats

    @classmethod
    def of(cls, found: Floats) -> Null:
        """From the parts of honest windows, float64[w, 3]."""
        mean, deviation = found.mean(0), np.maximum(found.std(0), 1e-9)
        return cls(mean, deviation, np.sort(_score(found, mean, deviation)))

    def scored(self, found: Floats) -> Floats:
        """float64[w]: statistic of windows of the same size."""
        return _score(found, self.mean, self.deviation)

    def p_value(self, score: float) -> float:
        """Share of honest windows that score as high, the window itself counted (Davison and Hinkley 1997)."""
        above = len(self.scores) - int(np.searchsorted(self.scores, score, "left"))
        return (1 + above) / (1 + len(self.scores))


def _score(found: Floats, mean: Floats, deviation: Floats) -> Floats:
    total: Floats = ((found - mean) / deviation) @ np.array(WEIGHTS)
    return total
