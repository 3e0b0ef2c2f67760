"""The compiled loop over texts: Arrow's buffers in, the columns of a sketch out.

What is kept of a text grows only with the distinct shingles that its sample holds.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from zlib import crc32

import numpy as np
import numpy.typing as npt
from numba import njit

from iolaus.sketch.buffers import (
    HELD,
    LETTERS_WIDE,
    LOWEST,
    SPACED,
    STAMP,
    TURNED,
    UNSPACED,
    WORDS_WIDE,
    Columns,
    Rules,
    Scratch,
    Texts,
)
from iolaus.sketch.hashing import CHARACTERS, PAIR, SAMPLE, SHINGLE, SHORT, TEXT, WORD, absorb, mix
from iolaus.sketch.sampling import (
    Hashes,
    distinct,
    hash_shingles,
    keep_last,
    keep_sampled,
    keep_smallest,
)
from iolaus.sketch.topic import NO_NAME, letter_pairs, long_words, weigh, write_topic
from iolaus.sketch.units import BLOCK, HASH, LETTERS, UNITS, Stream, read_units


@njit(error_model="numpy", forceinline=True)
def with_room(kept: Hashes, count: int, room: int) -> Hashes:
    """``kept``, or twice as much with the same first ``count`` entries, so that ``room`` more fit."""
    if count + room <= len(kept):
        return kept
    larger = np.empty(2 * len(kept) + room, np.uint64)
    larger[:count] = kept[:count]
    return larger


@njit(error_model="numpy", forceinline=True)
def take_stream(
    stream: Stream, count: int, width: int, seed: np.uint64, kept: Hashes, scratch: Scratch, rules: Rules
) -> int:
    """The shingles of a block of units; returns how many units are carried to the front for the next block."""
    counters = scratch.counters
    shingles, samples = scratch.shingles, scratch.samples
    found = hash_shingles(stream.hashes, count, width, seed, rules.seeds[SAMPLE], shingles, samples)
    counters[LOWEST] = keep_smallest(shingles, samples, found, scratch.smallest, counters[LOWEST])
    counters[HELD], counters[TURNED] = keep_sampled(
        shingles, samples, found, stream.places, width, rules.limits, rules.edge, kept, counters[HELD],
        scratch.ring, counters[TURNED],
    )  # fmt: skip
    carried = min(count, width - 1)
    for index in range(carried):
        stream.hashes[index] = stream.hashes[count - carried + index]
        stream.places[index] = stream.places[count - carried + index]
    return carried


@njit(error_model="numpy", forceinline=True)
def absorbed(whole: np.uint64, hashes: Hashes, first: int, last: int) -> np.uint64:
    """The hash of a stream so far, with the units from ``first`` to ``last``."""
    for index in range(first, last):
        whole = absorb(whole, hashes[index])
    return whole


@njit(error_model="numpy", forceinline=True)
def take_topic(found: int, scratch: Scratch, rules: Rules) -> None:
    """What the ``found`` words or pairs of a block say of the topic."""
    weigh(
        scratch.long, found, scratch.seen, scratch.counters[STAMP], rules.weights, rules.rare,
        scratch.topic, scratch.names, scratch.frequencies,
    )  # fmt: skip


@njit(error_model="numpy", forceinline=True)
def take_words(before: int, count: int, kept: Hashes, scratch: Scratch, rules: Rules) -> int:
    """A block of words, of which ``before`` were carried; returns how many are carried on."""
    stream = scratch.word_stream
    scratch.wholes[0] = absorbed(scratch.wholes[0], stream.hashes, before, count)
    found = long_words(stream.hashes, stream.sizes, before, count, scratch.long)
    take_topic(found, scratch, rules)
    scratch.counters[SPACED] += count - before
    return take_stream(stream, count, WORDS_WIDE, rules.seeds[SHINGLE], kept, scratch, rules)


@njit(error_model="numpy", forceinline=True)
def take_letters(before: int, count: int, kept: Hashes, scratch: Scratch, rules: Rules) -> int:
    """A block of unspaced letters, of which ``before`` were carried; returns how many are carried on."""
    stream = scratch.letter_stream
    scratch.wholes[1] = absorbed(scratch.wholes[1], stream.hashes, before, count)
    found = letter_pairs(stream.hashes, before, count, rules.seeds[PAIR], scratch.long)
    take_topic(found, scratch, rules)
    scratch.counters[UNSPACED] += count - before
    return take_stream(stream, count, LETTERS_WIDE, rules.seeds[CHARACTERS], kept, scratch, rules)


@njit(error_model="numpy", forceinline=True)
def begin(scratch: Scratch, rules: Rules) -> None:
    """Forgets the text before."""
    counters = scratch.counters
    counters[HELD] = counters[TURNED] = counters[LOWEST] = counters[SPACED] = counters[UNSPACED] = 0
    counters[STAMP] += 1
    scratch.state[:] = 0
    scratch.state[HASH] = np.int64(rules.seeds[WORD])
    scratch.wholes[:] = rules.seeds[TEXT]
    scratch.topic[:] = 0.0
    scratch.names[:] = NO_NAME


@njit(error_model="numpy", forceinline=True)
def finish(kept: Hashes, scratch: Scratch, rules: Rules) -> int:
    """Adds what the end of the text decides; returns how many distinct shingles ``kept`` begins with."""
    counters = scratch.counters
    units, held = scratch.state[UNITS], counters[HELD]
    if counters[LOWEST] == 0 and units > 0:
        kept[held] = mix(whole_text(scratch) ^ rules.seeds[SHORT])
        held += 1
    held = keep_last(scratch.ring, counters[TURNED], units, rules.edge, kept, held)
    for place in range(counters[LOWEST]):
        kept[held] = scratch.smallest.shingles[place]
        held += 1
    return distinct(kept, held)


@njit(error_model="numpy", forceinline=True)
def whole_text(scratch: Scratch) -> np.uint64:
    """The hash of both streams."""
    return mix(absorb(scratch.wholes[0], mix(scratch.wholes[1])))


@njit(error_model="numpy", forceinline=True)
def read_text(
    data: npt.NDArray[np.uint8], place: int, end: int, kept: Hashes, scratch: Scratch, rules: Rules
) -> Hashes:
    """Reads one text whole; its distinct shingles, ascending, begin the array that is returned."""
    begin(scratch, rules)
    counters = scratch.counters
    room = 2 * (BLOCK + LETTERS_WIDE + 2) + rules.edge + rules.least + 1
    words = letters = 0
    while True:
        before_words, before_letters = words, letters
        place, words, letters = read_units(
            data, place, end, rules.tables, rules.seeds[WORD], scratch.state, scratch.word_stream,
            scratch.letter_stream, words, letters,
        )  # fmt: skip
        if counters[HELD] + room > len(kept):
            counters[HELD] = distinct(kept, counters[HELD])
            if 2 * counters[HELD] + room > len(kept):
                kept = with_room(kept, counters[HELD], len(kept))
        if words > before_words:
            words = take_words(before_words, words, kept, scratch, rules)
        if letters > before_letters:
            letters = take_letters(before_letters, letters, kept, scratch, rules)
        if place >= end and scratch.state[5] >= scratch.state[6]:
            break
    counters[HELD] = finish(kept, scratch, rules)
    return kept


@njit(error_model="numpy", forceinline=True)
def write_row(row: int, scratch: Scratch, columns: Columns) -> None:
    """The columns of the text that was just read."""
    counters, units = scratch.counters, scratch.state[UNITS]
    columns.counts[row] = counters[HELD]
    columns.words[row] = min(units, np.int64(2147483647))
    if units == 0:
        return
    whole = np.int64(whole_text(scratch))
    columns.texts[row] = whole if whole != 0 else 1
    letters = scratch.state[LETTERS] + counters[UNSPACED]
    if letters > 0:
        columns.unspaced[row] = np.float32(counters[UNSPACED] / letters)
    write_topic(scratch.topic, scratch.names, columns.topics[row])


def _compiled(version: int, cached: bool) -> Callable[[Texts, int, int, Columns, Scratch, Rules], Hashes]:
    """The entry point. numba's cache looks at this file alone; ``version`` makes it look at all that is inlined."""

    @njit(nogil=True, cache=cached, error_model="numpy")
    def read_rows(texts: Texts, first: int, last: int, columns: Columns, scratch: Scratch, rules: Rules) -> Hashes:
        found, count = np.empty(version & 0 | 1024, np.uint64), 0
        kept = np.empty(4 * BLOCK + rules.edge + rules.least, np.uint64)
        for row in range(first, last):
            if not texts.valid[row]:
                continue
            kept = read_text(texts.data, texts.offsets[row], texts.offsets[row + 1], kept, scratch, rules)
            held = scratch.counters[HELD]
            found = with_room(found, count, held)
            for index in range(held):
                found[count + index] = kept[index]
            count += held
            write_row(row, scratch, columns)
        return found[:count].copy()

    return read_rows


def _source_version() -> int:
    """A checksum of the files that are compiled together."""
    folder, version = Path(__file__).parent, 0
    for name in ("fold.py", "hashing.py", "units.py", "sampling.py", "topic.py", "buffers.py", "kernel.py"):
        version = crc32((folder / name).read_bytes(), version)
    return version


try:
    read_rows = _compiled(_source_version(), cached=True)
except RuntimeError:  # numba found no folder that it may write its cache to: compiled anew in each process
    read_rows = _compiled(_source_version(), cached=False)
"""Sketches the rows ``first`` to ``last`` into ``columns``; returns their shingles end to end (uint64)."""
