"""The compiled topic of a text: its distinct words, hashed into signed dimensions and weighed by rarity."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

from iolaus.sketch.hashing import mix

BUCKETS, DIMENSIONS = 65536, 128
SHORTEST = 3


@njit(error_model="numpy")
def word_buckets(
    hashes: npt.NDArray[np.uint64],
    sizes: npt.NDArray[np.int64],
    first: int,
    last: int,
    buckets: npt.NDArray[np.int64],
) -> int:
    """Buckets of the words from ``first`` to ``last`` that have three letters or more; returns their number."""
    count = 0
    for index in range(first, last):
        if sizes[index] >= SHORTEST:
            buckets[count] = np.int64(hashes[index] >> np.uint64(48))
            count += 1
    return count


@njit(error_model="numpy")
def pair_buckets(
    letters: npt.NDArray[np.uint64], first: int, last: int, seed: np.uint64, buckets: npt.NDArray[np.int64]
) -> int:
    """Buckets of the pairs of unspaced letters that end from ``first`` to ``last``; returns their number."""
    count = 0
    for index in range(max(first, 1), last):
        pair = letters[index - 1] << np.uint64(32) | letters[index]
        buckets[count] = np.int64(mix(pair ^ seed) >> np.uint64(48))
        count += 1
    return count


@njit(error_model="numpy")
def weigh(
    buckets: npt.NDArray[np.int64],
    count: int,
    seen: npt.NDArray[np.int64],
    stamp: int,
    weights: npt.NDArray[np.float32],
    topic: npt.NDArray[np.float64],
    texts: npt.NDArray[np.int64],
) -> None:
    """Adds each bucket to ``topic`` (float64[128]) once a text: a word says what a text is about however often it
    stands there. ``seen``: int64[65536], the number of the last text with that bucket; ``texts`` counts them."""
    for index in range(count):
        bucket = buckets[index]
        if seen[bucket] == stamp:
            continue
        seen[bucket] = stamp
        texts[bucket] += 1
        weight = np.float64(weights[bucket])
        topic[bucket & (DIMENSIONS - 1)] += weight if bucket & DIMENSIONS else -weight


@njit(error_model="numpy")
def write_topic(topic: npt.NDArray[np.float64], row: npt.NDArray[np.int8]) -> None:
    """The direction of ``topic`` at length 127, in whole numbers; zeros stay zeros."""
    square = 0.0
    for value in topic:
        square += value * value
    if square > 0.0:
        scale = 127.0 / np.sqrt(square)
        for index in range(DIMENSIONS):
            row[index] = np.int8(np.rint(topic[index] * scale))
