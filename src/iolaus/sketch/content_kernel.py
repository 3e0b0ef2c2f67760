"""The compiled scoring of a text for what it asks: hashed features to sums of weights.

What is scored is a window of two blocks that stand together: a request keeps its score however much is put before,
after or around it. How a block is read: :mod:`iolaus.sketch.content_features`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from zlib import crc32

import numpy as np
import numpy.typing as npt
from numba import njit

from iolaus.sketch.buffers import Texts
from iolaus.sketch.content_features import OUTPUTS, STEP, STOP, Reader, Tables, distinct_of, read_block, start

FEW = 24
"""Windows whose number costs a text nothing more."""


@njit(error_model="numpy")
def score_text(
    data: npt.NDArray[np.uint8],
    place: int,
    end: int,
    tables: Tables,
    weights: npt.NDArray[np.int8],
    reader: Reader,
    narrow: npt.NDArray[np.float32],
    best: npt.NDArray[np.float32],
    mean: npt.NDArray[np.float32],
    rivals: npt.NDArray[np.float32],
) -> None:
    """The largest and the mean score over the windows of a text, by output, in units of ``weights``; and how many come
    near the largest: each counts exp(-``narrow`` x what it lacks), but never less than all of a text of FEW."""
    start(reader)
    windows, blocks = 0, 0
    best[:] = 0.0
    mean[:] = 0.0
    rivals[:] = 1.0
    sums = np.zeros(OUTPUTS, np.int32)
    while place < end or reader.state[STEP] < reader.state[STOP]:
        place, found = read_block(data, place, end, tables, reader)
        kept = distinct_of(reader, found)
        sums[:] = 0
        for index in range(kept):
            row = np.int64(reader.buckets[index])
            for output in range(OUTPUTS):
                sums[output] += weights[row, output]
        if kept == 0:
            continue
        blocks += 1
        count = kept + reader.counts[0]
        if blocks > 1 or place >= end:
            scale = np.float32(1.0 / np.sqrt(count))
            for output in range(OUTPUTS):
                score = np.float32(sums[output] + reader.sums[0, output]) * scale
                if windows == 0:
                    best[output] = score
                elif score > best[output]:
                    rivals[output] = 1 + rivals[output] * np.exp((best[output] - score) * narrow[output])
                    best[output] = score
                else:
                    rivals[output] += np.exp((score - best[output]) * narrow[output])
                mean[output] += score
            windows += 1
        for output in range(OUTPUTS):
            reader.sums[0, output] = sums[output]
        reader.counts[0] = kept
    if windows > 0:
        mean /= np.float32(windows)
        rivals[:] = np.maximum(rivals, np.float32(min(windows, FEW)))
    elif blocks > 0:
        scale = np.float32(1.0 / np.sqrt(reader.counts[0]))
        for output in range(OUTPUTS):
            best[output] = mean[output] = np.float32(reader.sums[0, output]) * scale


Scores = npt.NDArray[np.float32]
Scorer = Callable[[Texts, int, int, Tables, npt.NDArray[np.int8], Scores, Scores, Scores, Scores, Reader], None]


def _compiled(version: int, cached: bool) -> Scorer:
    """The entry point; ``version`` makes numba's cache look at all that is inlined."""

    @njit(nogil=True, cache=cached, error_model="numpy")
    def score_rows(
        texts: Texts,
        first: int,
        last: int,
        tables: Tables,
        weights: npt.NDArray[np.int8],
        narrow: Scores,
        best: Scores,
        mean: Scores,
        rivals: Scores,
        reader: Reader,
    ) -> None:
        for row in range(first, last + (version & 0)):
            if texts.valid[row]:
                score_text(
                    texts.data,
                    texts.offsets[row],
                    texts.offsets[row + 1],
                    tables,
                    weights,
                    reader,
                    narrow,
                    best[row],
                    mean[row],
                    rivals[row],
                )

    return score_rows


def source_version() -> int:
    """Checksum of all that is inlined, by which numba's cache is told apart."""
    folder, version = Path(__file__).parent, 0
    for name in ("fold.py", "hashing.py", "units.py", "content_features.py", "content_kernel.py"):
        version = crc32((folder / name).read_bytes(), version)
    return version


try:
    score_rows = _compiled(source_version(), cached=True)
except RuntimeError:  # numba found no folder that it may write its cache to: compiled anew in each process
    score_rows = _compiled(source_version(), cached=False)
"""Scores rows ``first`` to ``last`` into ``best``, ``mean``, ``rivals`` (float32[n, OUTPUTS], see ``score_text``)."""
