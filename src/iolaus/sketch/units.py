"""The compiled reading of a text: bytes to folded words and letters.

A text is read in blocks of units, so that nothing grows with it. Two streams run side by side, words of spaced
scripts and letters of unspaced ones: a slot filled in the one does not break a template in the other. A unit's
place is its number in the whole text. Compiled functions take arrays at block level only; a call with arrays
costs more than a word.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from iolaus.sketch.fold import CLASS_SHIFT, DIGIT, DROP, EXPAND, JOIN, LETTER, SIZE, UNSPACED
from iolaus.sketch.hashing import absorb, mix

BLOCK = 2048
HASH, LENGTH, NUMBER, UNITS, LETTERS, STEP, STOP, STATES = range(8)
Whole = int | np.int64
POINT = np.uint32((1 << 21) - 1)
LETTERS_FROM, LETTERS_TO = np.uint32(LETTER << CLASS_SHIFT), np.uint32((LETTER + 1) << CLASS_SHIFT)


class Stream(NamedTuple):
    """Units of one kind. ``hashes``: uint64; ``places``: int64, number in the text; ``sizes``: int64, letters."""

    hashes: npt.NDArray[np.uint64]
    places: npt.NDArray[np.int64]
    sizes: npt.NDArray[np.int64]


def new_stream(carried: int) -> Stream:
    """Room for a block and the ``carried`` units before it that its first shingles begin with."""
    room = BLOCK + carried + 2
    return Stream(np.zeros(room, np.uint64), np.zeros(room, np.int64), np.zeros(room, np.int64))


@njit(forceinline=True)
def width_of(lead: Whole) -> int:
    """Bytes of a UTF-8 sequence by its first, 0 where none begins so."""
    if lead < 0xC2 or lead > 0xF4:
        return 0
    return 2 if lead < 0xE0 else 3 if lead < 0xF0 else 4


@njit(forceinline=True)
def decoded(lead: Whole, second: Whole, third: Whole, fourth: Whole, width: int) -> Whole:
    """The code point, or -1 for a broken, overlong or surrogate sequence; missing bytes are given as 0."""
    if width == 0 or second & 0xC0 != 0x80:
        return -1
    if width == 2:
        return (lead & 0x1F) << 6 | second & 0x3F
    if third & 0xC0 != 0x80:
        return -1
    if width == 3:
        point = (lead & 0x0F) << 12 | (second & 0x3F) << 6 | third & 0x3F
        return -1 if point < 0x800 or 0xD800 <= point < 0xE000 else point
    point = (lead & 0x07) << 18 | (second & 0x3F) << 12 | (third & 0x3F) << 6 | fourth & 0x3F
    return -1 if fourth & 0xC0 != 0x80 or point < 0x10000 or point >= SIZE else point


@njit(forceinline=True)
def ends_word(kind: Whole, number: Whole) -> bool:
    """Whether a character of this kind ends the word before it; ``number`` is 2 after a joiner."""
    return (kind != LETTER and kind != DIGIT) or (number == 2 and kind == LETTER)  # noqa: PLR1714


@njit(error_model="numpy")
def next_entry(
    data: npt.NDArray[np.uint8], place: int, end: int, fold: npt.NDArray[np.uint32]
) -> tuple[np.uint32, int]:
    """The table's entry for the character above ASCII at ``place``, and its width; broken bytes end a word."""
    lead = np.int64(data[place])
    width = width_of(lead)
    second = np.int64(data[place + 1]) if place + 1 < end else 0
    third = np.int64(data[place + 2]) if place + 2 < end else 0
    fourth = np.int64(data[place + 3]) if place + 3 < end else 0
    point = decoded(lead, second, third, fourth, width)
    return (fold[point], width) if point >= 0 else (np.uint32(0), 1)


@njit(error_model="numpy")
def read_units(
    data: npt.NDArray[np.uint8],
    place: int,
    end: int,
    tables: tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]],
    seed: np.uint64,
    state: npt.NDArray[np.int64],
    word_stream: Stream,
    letter_stream: Stream,
    words: int,
    letters: int,
) -> tuple[int, int, int]:
    """Reads on from ``place`` until the text ends or a block is full.

    ``state``: int64[7], an open word's hash, length and number state, units and letters so far, an open expansion.
    Returns the place reached and how many units each stream now holds.
    """
    fold, expansions = tables
    hashes, places, sizes = word_stream
    letter_hashes, letter_places, _ = letter_stream
    value, length, number = np.uint64(state[HASH]), state[LENGTH], state[NUMBER]
    units, spaced, step, stop = state[UNITS], state[LETTERS], state[STEP], state[STOP]
    full_words, full_letters = len(hashes) - 1, len(letter_hashes) - 1
    while (place < end or step < stop) and words < full_words and letters < full_letters:
        if step < stop:
            entry = expansions[step]
            step += 1
        elif data[place] < 128:
            entry = fold[data[place]]
            place += 1
            if entry >= LETTERS_FROM and entry < LETTERS_TO and number != 2:
                # Most bytes are seen here: ASCII letters, while they last.
                first, number = place, 0
                value = absorb(value, np.uint64(entry & POINT))
                while place < end and data[place] < 128:
                    entry = fold[data[place]]
                    if entry < LETTERS_FROM or entry >= LETTERS_TO:
                        break
                    value = absorb(value, np.uint64(entry & POINT))
                    place += 1
                length += place - first + 1
                spaced += place - first + 1
                continue
        else:
            entry, width = next_entry(data, place, end, fold)
            place += width
        kind = np.int64(entry >> np.uint32(CLASS_SHIFT))
        if kind == EXPAND:
            step = np.int64(entry & POINT) + 1
            stop = step + np.int64(expansions[step - 1])
            continue
        if kind == DROP:
            continue
        if kind == JOIN and number == 1:
            number = 2
            continue
        if length > 0 and ends_word(kind, number):
            hashes[words], places[words], sizes[words] = mix(value), units, length
            words, units, value, length, number = words + 1, units + 1, seed, 0, 0
        if kind == LETTER or (kind == DIGIT and number == 0):
            value = absorb(value, np.uint64(entry & POINT))
            length += 1
        if kind == LETTER:
            spaced += 1
            number = 0
        elif kind == DIGIT:
            number = 1
        elif kind == UNSPACED:
            letter_hashes[letters], letter_places[letters] = np.uint64(entry & POINT), units
            letters, units = letters + 1, units + 1
    if place >= end and step >= stop and length > 0:
        hashes[words], places[words], sizes[words] = mix(value), units, length
        words, units, length = words + 1, units + 1, 0
    state[HASH], state[LENGTH], state[NUMBER] = np.int64(value), length, number
    state[UNITS], state[LETTERS], state[STEP], state[STOP] = units, spaced, step, stop
    return place, words, letters
