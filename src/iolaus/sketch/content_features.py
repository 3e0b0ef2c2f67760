"""The compiled reading of a text for what it asks: folded letters to hashed features, in blocks of words.

A feature counts once a block: a word, two words, four letters of a word, one to three letters of an unspaced script,
one or two signs. The hashes have a public seed, since the weights that belong to them ship with the package. What the
features sum up to: :mod:`iolaus.sketch.content_kernel`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from iolaus.sketch.fold import CLASS_SHIFT, DIGIT, DROP, EXPAND, JOIN, LETTER, UNSPACED
from iolaus.sketch.hashing import absorb, mix
from iolaus.sketch.units import POINT, next_entry

BITS = 18
BUCKETS = 1 << BITS
OUTPUTS = 16
BLOCK_UNITS, BLOCK_LETTERS = 96, 768
ROOM = 4 * BLOCK_LETTERS + 8 * BLOCK_UNITS + 64
SEED = np.uint64(0x51ED270B9F652295)
WORD, PAIR, QUAD, ONE, TWO, THREE, SIGN = (np.uint64(k * 0x9E3779B97F4A7C15 % 2**64) for k in range(1, 8))
SPREAD = np.uint64(0x100000001B3)
VALUE, BEFORE, LENGTH, NUMBER, FIRST, SECOND, THIRD, LAST, LAST_BUT_ONE, MARK, STEP, STOP, STATES = range(13)

Buckets = npt.NDArray[np.int32]
Tables = tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]


class Reader(NamedTuple):
    """What one thread remembers. ``state``: uint64[STATES]; ``buckets``: int32[ROOM], of the block; ``seen``:
    int32[BUCKETS], the last block with that bucket; ``stamp``: int64[1]; ``sums``: int64[2, OUTPUTS], of this block
    and the one before; ``counts``: int64[2]."""

    state: npt.NDArray[np.uint64]
    buckets: Buckets
    seen: Buckets
    stamp: npt.NDArray[np.int64]
    sums: npt.NDArray[np.int64]
    counts: npt.NDArray[np.int64]


def new_reader() -> Reader:
    """Scratch for one thread."""
    return Reader(
        np.zeros(STATES, np.uint64),
        np.zeros(ROOM, np.int32),
        np.zeros(BUCKETS, np.int32),
        np.zeros(1, np.int64),
        np.zeros((2, OUTPUTS), np.int64),
        np.zeros(2, np.int64),
    )


@njit(forceinline=True)
def bucket_of(value: np.uint64, kind: np.uint64) -> np.int32:
    """Bucket of one feature."""
    return np.int32(mix(value ^ kind) >> np.uint64(64 - BITS))


@njit(error_model="numpy")
def read_block(data: npt.NDArray[np.uint8], place: int, end: int, tables: Tables, reader: Reader) -> tuple[int, int]:
    """Reads on from ``place`` until a block is full or the text ends; returns the place and the features found."""
    fold, expansions = tables
    state, buckets = reader.state, reader.buckets
    value, before, length, number = state[VALUE], state[BEFORE], state[LENGTH], state[NUMBER]
    first, second, third = state[FIRST], state[SECOND], state[THIRD]
    last, last_but_one, mark = state[LAST], state[LAST_BUT_ONE], state[MARK]
    step, stop = np.int64(state[STEP]), np.int64(state[STOP])
    found = units = letters = 0
    none, one = np.uint64(0), np.uint64(1)
    while (place < end or step < stop) and units < BLOCK_UNITS and letters < BLOCK_LETTERS:
        sign = none
        if step < stop:
            entry = expansions[step]
            step += 1
        elif data[place] < 128:
            entry = fold[data[place]]
            sign = np.uint64(data[place])
            place += 1
        else:
            entry, width = next_entry(data, place, end, fold)
            place += width
        kind = np.int64(entry >> np.uint32(CLASS_SHIFT))
        if kind == LETTER or (kind == DIGIT and number == none):
            point = np.uint64(entry & POINT)
            value = absorb(value, point)
            length += one
            letters += 1
            if length > one:
                quad = ((first * SPREAD + second) * SPREAD + third) * SPREAD + point
                buckets[found] = bucket_of(quad, QUAD)
                found += 1
            first, second, third = second, third, point
            number = one if kind == DIGIT else none
            last = last_but_one = mark = none
            continue
        if kind in (DROP, DIGIT) or (kind == JOIN and number == one):
            continue
        if kind == EXPAND:
            step = np.int64(entry & POINT) + 1
            stop = step + np.int64(expansions[step - 1])
            continue
        if length > none:
            word = mix(value)
            buckets[found] = bucket_of(word, WORD)
            buckets[found + 1] = bucket_of(absorb(before, word), PAIR)
            buckets[found + 2] = bucket_of(((first * SPREAD + second) * SPREAD + third) * SPREAD, QUAD)
            found += 3
            before, value, length, number = word, SEED, none, none
            first = second = third = none
            units += 1
        if kind == UNSPACED:
            point = np.uint64(entry & POINT)
            buckets[found] = bucket_of(point, ONE)
            buckets[found + 1] = bucket_of(last * SPREAD + point, TWO)
            buckets[found + 2] = bucket_of((last_but_one * SPREAD + last) * SPREAD + point, THREE)
            found += 3
            last_but_one, last, mark = last, point, none
            units += 1
        elif sign > np.uint64(32) or sign == np.uint64(10):
            buckets[found] = bucket_of(mark * SPREAD + sign, SIGN)
            found += 1
            mark = sign
            letters += 1
    if place >= end and step >= stop and length > none:
        word = mix(value)
        buckets[found] = bucket_of(word, WORD)
        buckets[found + 1] = bucket_of(absorb(before, word), PAIR)
        buckets[found + 2] = bucket_of(((first * SPREAD + second) * SPREAD + third) * SPREAD, QUAD)
        found += 3
    state[VALUE], state[BEFORE], state[LENGTH], state[NUMBER] = value, before, length, number
    state[FIRST], state[SECOND], state[THIRD] = first, second, third
    state[LAST], state[LAST_BUT_ONE], state[MARK] = last, last_but_one, mark
    state[STEP], state[STOP] = np.uint64(step), np.uint64(stop)
    return place, found


@njit(error_model="numpy")
def distinct_of(reader: Reader, found: int) -> int:
    """Moves each bucket of the block to the front once; returns how many there are."""
    reader.stamp[0] += 1
    stamp, kept = np.int32(reader.stamp[0]), 0
    for index in range(found):
        bucket = reader.buckets[index]
        if reader.seen[bucket] != stamp:
            reader.seen[bucket] = stamp
            reader.buckets[kept] = bucket
            kept += 1
    return kept


@njit(error_model="numpy", forceinline=True)
def start(reader: Reader) -> None:
    """Forgets the text before."""
    reader.state[:] = 0
    reader.state[VALUE] = SEED
    reader.sums[:] = 0
    reader.counts[:] = 0
    if reader.stamp[0] > 2_000_000_000:
        reader.seen[:] = 0
        reader.stamp[0] = 0


@njit(error_model="numpy")
def features_of(data: npt.NDArray[np.uint8], tables: Tables, reader: Reader) -> tuple[Buckets, npt.NDArray[np.int64]]:
    """Buckets of one text, block after block, and where each block ends: what training reads."""
    start(reader)
    place, end = 0, len(data)
    all_buckets = np.empty(4 * len(data) + ROOM, np.int32)
    ends = np.empty(len(data) + 1, np.int64)
    count = blocks = 0
    while place < end or reader.state[STEP] < reader.state[STOP]:
        place, found = read_block(data, place, end, tables, reader)
        kept = distinct_of(reader, found)
        if kept == 0:
            continue
        all_buckets[count : count + kept] = reader.buckets[:kept]
        count += kept
        ends[blocks] = count
        blocks += 1
    return all_buckets[:count].copy(), ends[:blocks].copy()
