"""What the compiled loop over texts is given, what it remembers of one text, and what it leaves."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from iolaus.sketch.sampling import Hashes, Ring, Smallest
from iolaus.sketch.topic import BUCKETS, DIMENSIONS, NAMES, NO_NAME, WIDTH
from iolaus.sketch.units import BLOCK, STATES, Stream, new_stream

WORDS_WIDE, LETTERS_WIDE = 4, 5
HELD, TURNED, LOWEST, STAMP, SPACED, UNSPACED, COUNTERS = range(7)


class Texts(NamedTuple):
    """The buffers of one Arrow array. ``data``: uint8; ``offsets``: int64[n+1]; ``valid``: bool[n]."""

    data: npt.NDArray[np.uint8]
    offsets: npt.NDArray[np.int64]
    valid: npt.NDArray[np.bool_]


class Rules(NamedTuple):
    """What a pass is told. ``tables``: the fold and its expansions; ``seeds``: uint64[7]; ``limits``: uint64[2] as
    in ``keep_sampled``; ``weights``: float32[65536]; ``rare``: weight of a name; ``edge`` in units, ``least`` in
    shingles."""

    tables: tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]
    seeds: Hashes
    limits: Hashes
    weights: npt.NDArray[np.float32]
    rare: float
    edge: int
    least: int


class Columns(NamedTuple):
    """A row a text. ``counts``: int64[n], distinct shingles; the rest as in ``Sketch``."""

    counts: npt.NDArray[np.int64]
    texts: npt.NDArray[np.int64]
    words: npt.NDArray[np.int32]
    topics: npt.NDArray[np.int8]
    unspaced: npt.NDArray[np.float32]


class Scratch(NamedTuple):
    """What one thread remembers of one text and uses again for the next; see the functions that take the parts."""

    state: npt.NDArray[np.int64]
    counters: npt.NDArray[np.int64]
    wholes: Hashes
    word_stream: Stream
    letter_stream: Stream
    shingles: Hashes
    samples: Hashes
    smallest: Smallest
    ring: Ring
    long: Hashes
    seen: npt.NDArray[np.int64]
    topic: npt.NDArray[np.float64]
    names: npt.NDArray[np.uint32]
    frequencies: npt.NDArray[np.int64]


def new_columns(rows: int) -> Columns:
    """Columns of ``rows`` empty texts."""
    return Columns(
        np.zeros(rows, np.int64),
        np.zeros(rows, np.int64),
        np.zeros(rows, np.int32),
        np.zeros((rows, WIDTH), np.int8),
        np.zeros(rows, np.float32),
    )


def new_scratch(rules: Rules) -> Scratch:
    """Scratch for one thread; ``frequencies`` ends as the number of texts with a word of each bucket."""
    room = BLOCK + LETTERS_WIDE + 2
    edge = max(rules.edge, 1)
    return Scratch(
        state=np.zeros(STATES, np.int64),
        counters=np.zeros(COUNTERS, np.int64),
        wholes=np.zeros(2, np.uint64),
        word_stream=new_stream(WORDS_WIDE - 1),
        letter_stream=new_stream(LETTERS_WIDE - 1),
        shingles=np.zeros(room, np.uint64),
        samples=np.zeros(room, np.uint64),
        smallest=Smallest(np.zeros(rules.least, np.uint64), np.zeros(rules.least, np.uint64)),
        ring=Ring(np.zeros(edge, np.uint64), np.zeros(edge, np.int64)),
        long=np.zeros(room, np.uint64),
        seen=np.zeros(BUCKETS, np.int64),
        topic=np.zeros(DIMENSIONS, np.float64),
        names=np.full(NAMES, NO_NAME, np.uint32),
        frequencies=np.zeros(BUCKETS, np.int64),
    )
