"""The tests that the window protocol compares, over prompts that are read once. All score higher for stranger windows.

Ours, and the small implementations under ``iolaus.evaluate.baselines``, of which the parts that do not depend on a
window are computed once. Vectors of the others: the hashed projection of the sketch, not bge-small-en-v1.5.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from training.content.window_draws import Pool, Rows

from iolaus.content.reference import PUBLIC, Read, Reference, learn, unit
from iolaus.content.two_sample import Null, parts
from iolaus.evaluate.baselines import mahalanobis, mmd, prada, seat
from iolaus.evaluate.baselines.windows import Reference as Points
from iolaus.sketch.settings import SketchSettings
from iolaus.sketch.shingle import sketch, topic_weights, word_frequencies

Floats = npt.NDArray[np.float64]
Vectors = npt.NDArray[np.float32]
TESTS = ("ours", "mmd", "mahalanobis", "prada", "seat", "length")
CHUNK = 100


class Tests:
    """Every test over the prompts of one pool, the rows ``known`` being what they may learn from."""

    def __init__(self, pool: Pool, known: Rows, tests: Sequence[str] = TESTS) -> None:
        texts = [pool.texts[row] for row in known]
        self.names = tests
        self._reference: Reference = learn(texts)
        self._read: Read = self._reference.read(pool.texts)
        column = pa.chunked_array([pa.array(texts, pa.large_string())])
        weights = topic_weights(word_frequencies(column, PUBLIC), len(texts))
        everything = pa.array(pool.texts, pa.large_string())
        self.vectors = unit(sketch(everything, PUBLIC, SketchSettings(), weights).topics.astype(np.float32))
        self._known = known
        self.lengths = np.array([len(text) for text in pool.texts])
        points = Points(self.vectors[known], self.vectors[known])
        self._widest = mmd.widest_of(points.points)
        self._limit = seat.limit_of(points.points)
        distance = mahalanobis.prepare(points)
        self._distances = np.array([distance(vector[None]) for vector in self.vectors])
        self._across = np.concatenate(
            [mmd.kernel(part, points.points, self._widest).mean(1) for part in np.array_split(self.vectors, 20)]
        )
        self._sorted = np.sort(self.lengths[known])

    def values(self, windows: Sequence[Rows]) -> dict[str, Floats]:
        """Raw values by test: float64[w], of ours float64[w, 3]."""
        ways: dict[str, Callable[[Sequence[Rows]], Floats]] = {
            "ours": lambda each: parts(self._reference, self._read, each),
            "mmd": self._mmd,
            "mahalanobis": lambda each: np.array([self._distances[rows].mean() for rows in each]),
            "prada": lambda each: np.array([prada.irregularity(self.vectors[rows]) for rows in each]),
            "seat": self._seat,
            "length": lambda each: np.array([self._length(rows) for rows in each]),
        }
        return {name: ways[name](windows) for name in self.names}

    def _mmd(self, windows: Sequence[Rows]) -> Floats:
        """Without what is the same for all windows."""
        pairs = self._pair_means(windows, lambda one, other: mmd.kernel(one, other, self._widest))
        found: Floats = pairs - 2 * np.array([self._across[rows].mean() for rows in windows])
        return found

    def _seat(self, windows: Sequence[Rows]) -> Floats:
        return self._pair_means(windows, lambda one, other: (one @ other.T > self._limit).astype(np.float32))

    def _pair_means(self, windows: Sequence[Rows], of: Callable[[Vectors, Vectors], Vectors]) -> Floats:
        """Mean of ``of`` over pairs of different places of each window, by one product for many windows."""
        used, place = np.unique(np.concatenate(windows), return_inverse=True)
        matrix = np.concatenate(
            [of(part, self.vectors[used]) for part in np.array_split(self.vectors[used], 1 + len(used) // 2000)]
        )
        bounds = np.cumsum([0, *(len(rows) for rows in windows)])
        found = []
        for first in range(0, len(windows), CHUNK):
            last = min(first + CHUNK, len(windows))
            counts = np.zeros((last - first, len(used)), np.float32)
            for window in range(first, last):
                np.add.at(counts[window - first], place[bounds[window] : bounds[window + 1]], 1)
            total = ((counts @ matrix) * counts).sum(1, dtype=np.float64)
            same = counts @ np.diag(matrix)
            size = counts.sum(1, dtype=np.float64)
            found.append((total - same) / (size * (size - 1)))
        return np.concatenate(found)

    def _length(self, rows: Rows) -> float:
        """Two-sample statistic of Kolmogorov and Smirnov on characters."""
        mine = np.sort(self.lengths[rows])
        points = np.concatenate([mine, self._sorted])
        one = np.searchsorted(mine, points, "right") / len(mine)
        other = np.searchsorted(self._sorted, points, "right") / len(self._sorted)
        return float(np.abs(one - other).max())


TWO_SIDED = frozenset({"prada", "seat"})


class Judge:
    """Thresholds at 1 % from windows that state no rate. ``values``: what :meth:`Tests.values` gave of them."""

    LEVEL = 0.99

    def __init__(self, values: dict[str, Floats]) -> None:
        self._null = Null.of(values["ours"]) if "ours" in values else None
        self._centre = {name: (value.mean(), value.std()) for name, value in values.items() if name != "ours"}
        self._limits = {name: np.quantile(score, self.LEVEL) for name, score in self._scores(values).items()}

    def _scores(self, values: dict[str, Floats]) -> dict[str, Floats]:
        found = {}
        for name, value in values.items():
            if name == "ours":
                assert self._null is not None
                found[name] = self._null.scored(value)
                continue
            mean, deviation = self._centre[name]
            off = (value - mean) / max(deviation, 1e-12)
            found[name] = np.abs(off) if name in TWO_SIDED else off
        return found

    def flagged(self, values: dict[str, Floats]) -> dict[str, npt.NDArray[np.bool_]]:
        """bool[w] by test: windows past the threshold."""
        return {name: score > self._limits[name] for name, score in self._scores(values).items()}
