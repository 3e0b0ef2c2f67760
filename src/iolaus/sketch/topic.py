"""The compiled topic of a text: its distinct words, hashed into signed dimensions and weighed by rarity.

Some of its rarest words, by their hashes, stand behind the dimensions: what a text is about says little of whose it
is, and a name that comes back says it plainly.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

from iolaus.sketch.hashing import mix

BUCKETS, DIMENSIONS, NAMES = 65536, 128, 8
WIDTH = DIMENSIONS + 4 * NAMES
"""Bytes of a topic: a signed one a dimension, and four a name."""

RARE = 5.3
"""Weight from which a word may be a name: it stands in one of 200 texts at most."""

NO_NAME = np.uint32(0xFFFFFFFF)
SHORTEST = 3


@njit(error_model="numpy")
def long_words(
    hashes: npt.NDArray[np.uint64],
    sizes: npt.NDArray[np.int64],
    first: int,
    last: int,
    found: npt.NDArray[np.uint64],
) -> int:
    """Hashes of the words from ``first`` to ``last`` that have three letters or more; returns their number."""
    count = 0
    for index in range(first, last):
        if sizes[index] >= SHORTEST:
            found[count] = hashes[index]
            count += 1
    return count


@njit(error_model="numpy")
def letter_pairs(
    letters: npt.NDArray[np.uint64], first: int, last: int, seed: np.uint64, found: npt.NDArray[np.uint64]
) -> int:
    """Hashes of the pairs of unspaced letters that end from ``first`` to ``last``; returns their number."""
    count = 0
    for index in range(max(first, 1), last):
        pair = letters[index - 1] << np.uint64(32) | letters[index]
        found[count] = mix(pair ^ seed)
        count += 1
    return count


@njit(error_model="numpy")
def weigh(
    hashes: npt.NDArray[np.uint64],
    count: int,
    seen: npt.NDArray[np.int64],
    stamp: int,
    weights: npt.NDArray[np.float32],
    rare: float,
    topic: npt.NDArray[np.float64],
    names: npt.NDArray[np.uint32],
    texts: npt.NDArray[np.int64],
) -> None:
    """Adds the bucket of each hash to ``topic`` (float64[128]) once a text: a word says what a text is about however
    often it stands there. ``seen``: int64[65536], the number of the last text with that bucket; ``texts`` counts them.
    ``names``: uint32[8], the smallest hashes of those that weigh ``rare`` or more, so that two texts with the same rare
    words keep the same."""
    for index in range(count):
        bucket = np.int64(hashes[index] >> np.uint64(48))
        if seen[bucket] == stamp:
            continue
        seen[bucket] = stamp
        texts[bucket] += 1
        weight = np.float64(weights[bucket])
        topic[bucket & (DIMENSIONS - 1)] += weight if bucket & DIMENSIONS else -weight
        if weight >= rare:
            keep_name(np.uint32(hashes[index] & np.uint64(0xFFFFFFFF)), names)


@njit(error_model="numpy", forceinline=True)
def keep_name(name: np.uint32, names: npt.NDArray[np.uint32]) -> None:
    """Keeps the smallest names, ascending."""
    place = NAMES - 1
    if name >= names[place]:
        return
    while place > 0 and names[place - 1] > name:
        names[place] = names[place - 1]
        place -= 1
    names[place] = name


@njit(error_model="numpy")
def write_topic(topic: npt.NDArray[np.float64], names: npt.NDArray[np.uint32], row: npt.NDArray[np.int8]) -> None:
    """The direction of ``topic`` at length 127, in whole numbers, and the names, low byte first; zeros where none."""
    square = 0.0
    for value in topic:
        square += value * value
    if square > 0.0:
        scale = 127.0 / np.sqrt(square)
        for index in range(DIMENSIONS):
            row[index] = np.int8(np.rint(topic[index] * scale))
    for place in range(NAMES):
        if names[place] != NO_NAME:
            for byte in range(4):
                part = np.uint8((names[place] >> np.uint32(8 * byte)) & np.uint32(255))
                row[DIMENSIONS + 4 * place + byte] = np.int8(part)
