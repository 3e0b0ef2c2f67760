"""What honest requests look like: the ways in which a set of others is compared with them.

Three views of a text. *Vectors*: the leading components of its weighed features, and its topic; they show a shift of
the whole. *Features* themselves: words that hardly any honest request holds. *Cells*: which of some hundred honest
requests is nearest; they show a small part that asks one kind of thing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.sparse import csr_matrix, diags
from sklearn.utils.extmath import randomized_svd

from iolaus.content.bags import bags
from iolaus.key import BYTES, Key
from iolaus.sketch.settings import SketchSettings
from iolaus.sketch.shingle import sketch, topic_weights, word_frequencies

Floats = npt.NDArray[np.float64]
Vectors = npt.NDArray[np.float32]
PUBLIC = Key(bytes(BYTES))
"""Nothing that is hashed here is kept, so its key may be known."""

COMPONENTS, CELLS = 96, 300
LEAST_TEXTS = 3
"""Texts that must hold a feature before it has a part in the components."""

RIDGE = 0.1
"""Of the mean variance, added to each: what few texts do not tell is not believed."""


@dataclass(frozen=True)
class Read:
    """n texts in the three views. ``bags``: float32[n, BUCKETS]; ``vectors``: float32[n, d]; ``cells``: int64[n]."""

    bags: csr_matrix
    vectors: Vectors
    cells: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.cells)


@dataclass(frozen=True)
class Reference:
    """Learnt from honest texts.

    kept: int64[f], features with a part in the components; rarity: float32[f]; axes: float32[f, c]; words:
    float32[65536], of topics; landmarks: float32[cells, c]; held: float64[BUCKETS], texts that hold a feature; size:
    texts; centre: float64[d], whitening: float64[d, d], of vectors; in_cell: float64[cells], texts of each cell.
    """

    kept: npt.NDArray[np.int64]
    rarity: Vectors
    axes: Vectors
    words: Vectors
    landmarks: Vectors
    held: Floats
    size: int
    centre: Floats
    whitening: Floats
    in_cell: Floats

    def read(self, texts: Sequence[str]) -> Read:
        """Texts in the views of this reference."""
        column = pa.array(texts, pa.large_string())
        found = bags(column)
        components = self._components(found)
        topics = sketch(column, PUBLIC, SketchSettings(), self.words).topics.astype(np.float32)
        cells = np.argmax(components @ self.landmarks.T, axis=1).astype(np.int64)
        return Read(found, np.hstack([components, unit(topics)]).astype(np.float32), cells)

    def _components(self, found: csr_matrix) -> Vectors:
        return unit((found[:, self.kept] @ diags(self.rarity)) @ self.axes)


def unit(vectors: npt.NDArray[np.float32]) -> Vectors:
    """Rows at length 1; zeros stay zeros."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    found: Vectors = (vectors / np.maximum(length, 1e-9)).astype(np.float32)
    return found


def learn(texts: Sequence[str]) -> Reference:
    """The reference of honest texts. Raises ValueError for fewer than twice as many texts as components."""
    size = len(texts)
    if size < 2 * COMPONENTS:
        raise ValueError(f"a reference needs {2 * COMPONENTS} texts, found {size}")
    column = pa.array(texts, pa.large_string())
    found = bags(column)
    held = np.asarray(found.sum(0), np.float64).ravel()
    kept = np.flatnonzero(held >= LEAST_TEXTS)
    rarity = np.log((size + 1) / (held[kept] + 1)).astype(np.float32)
    weighed = found[:, kept] @ diags(rarity)
    length = np.sqrt(np.asarray(weighed.multiply(weighed).sum(1)).ravel())
    weighed = diags((1 / np.maximum(length, 1e-9)).astype(np.float32)) @ weighed
    count = min(COMPONENTS, len(kept) - 1)
    _, _, right = randomized_svd(weighed, count, n_iter=3, random_state=0)
    axes = right.T.astype(np.float32)
    landmarks = unit(weighed[np.linspace(0, size - 1, CELLS).astype(int)] @ axes)
    words = topic_weights(word_frequencies(pa.chunked_array([column]), PUBLIC), size)
    nothing = np.zeros(0)
    blank = Reference(
        kept, rarity, axes, words, landmarks, held, size, nothing, np.zeros((0, 0)), nothing
    )  # fmt: skip
    seen = blank.read(texts)
    spread = np.cov(seen.vectors.astype(np.float64), rowvar=False)
    spread += np.eye(len(spread)) * np.trace(spread) / len(spread) * RIDGE
    in_cell = np.bincount(seen.cells, minlength=CELLS).astype(np.float64)
    return Reference(
        kept, rarity, axes, words, landmarks, held, size,
        seen.vectors.mean(0, dtype=np.float64), np.asarray(np.linalg.inv(spread), np.float64), in_cell,
    )  # fmt: skip
