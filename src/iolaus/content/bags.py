"""Texts as bags of hashed features: words, pairs of words, letters and signs, each once a text.

The features are those of the content model, with a public seed; nothing of them is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from zlib import crc32

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from numba import njit
from scipy.sparse import csr_matrix

from iolaus.sketch.buffers import Texts
from iolaus.sketch.content_features import BUCKETS, Reader, Tables, features_of, new_reader
from iolaus.sketch.content_kernel import source_version
from iolaus.sketch.fold import fold_table
from iolaus.sketch.shingle import arrow_buffers, plain_arrays

Indices = npt.NDArray[np.int32]
Gatherer = Callable[[Texts, Tables, Reader], tuple[Indices, npt.NDArray[np.int64]]]


def bags(texts: pa.Array | pa.ChunkedArray) -> csr_matrix:
    """float32[n, BUCKETS] of ones, a row a text; a null or empty text has none. Raises TypeError for no strings."""
    table, reader = fold_table(), new_reader()
    tables = (table.fold, table.expansions)
    found = [gather(arrow_buffers(array), tables, reader) for array in plain_arrays(texts)]
    indices = np.concatenate([np.zeros(0, np.int32), *(part[0] for part in found)])
    counts = np.concatenate([np.zeros(0, np.int64), *(part[1] for part in found)])
    bounds = np.concatenate([[0], np.cumsum(counts)])
    return csr_matrix((np.ones(len(indices), np.float32), indices, bounds), (len(counts), BUCKETS))


def _compiled(version: int, cached: bool) -> Gatherer:
    @njit(cache=cached, error_model="numpy")
    def gather(texts: Texts, tables: Tables, reader: Reader) -> tuple[Indices, npt.NDArray[np.int64]]:
        rows = len(texts.valid)
        counts = np.zeros(rows, np.int64)
        indices = np.empty(1024, np.int32)
        size = version & 0
        for row in range(rows):
            if not texts.valid[row]:
                continue
            buckets, _ = features_of(texts.data[texts.offsets[row] : texts.offsets[row + 1]], tables, reader)
            buckets.sort()
            if size + len(buckets) > len(indices):
                wider = np.empty(2 * (size + len(buckets)), np.int32)
                wider[:size] = indices[:size]
                indices = wider
            for place in range(len(buckets)):
                if place == 0 or buckets[place] != buckets[place - 1]:
                    indices[size] = buckets[place]
                    size += 1
                    counts[row] += 1
        return indices[:size].copy(), counts

    return gather


_VERSION = crc32(__file__.encode(), source_version())
try:
    gather = _compiled(_VERSION, cached=True)
except RuntimeError:  # numba found no folder that it may write its cache to: compiled anew in each process
    gather = _compiled(_VERSION, cached=False)
"""Buckets of every row, ascending and distinct, and how many each row has."""
