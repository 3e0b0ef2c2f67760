"""Text by the column: every message is composed straight into one byte buffer, in compiled code.

A message is a pure function of who wrote it (author), what it is about (item, topic) and the turn. An
author's tastes, names and habits of writing persist; an item's fresh names do not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from numba import njit, uint64

from iolaus.simulate.draws import Seeds, mix_one
from iolaus.simulate.lexicon import FRESH, HABIT, ITEM, LIST, LIT, NUM, OWN, TASTE, Lexicon

LONGEST = 6_000
"""Bytes after which a message ends."""

DEPTH = 24
_ONSETS = np.frombuffer(b"b c d f g h j k l m n p r s t v w z d l m n r s t brchdrgrklplprshstthtr", np.uint8)
_VOWELS = np.frombuffer(b"a e i o u a e i o u a e i o aieaeiioou", np.uint8)
_ENDS = np.frombuffer(b"            n r s l m t k ndnstr", np.uint8)


@dataclass(frozen=True)
class Messages:
    """Columns that say what to compose, one row a message; -1 in ``group`` makes no text.

    ``wrapper`` is a group of templates or -1, of which the first ``wordings`` frames are used.
    """

    author: Seeds
    item: Seeds
    turn: npt.NDArray[np.int64]
    topic: npt.NDArray[np.int64]
    group: npt.NDArray[np.int64]
    wrapper: npt.NDArray[np.int64]
    wordings: npt.NDArray[np.int64]
    tail: npt.NDArray[np.int64]
    plain: npt.NDArray[np.bool_]


def compose(lexicon: Lexicon, messages: Messages) -> pa.LargeStringArray:
    """The messages as large_string, null where ``group`` is -1."""
    rows = len(messages.group)
    offsets = np.zeros(rows + 1, np.int64)
    size = rows * 420 + LONGEST * 2
    while True:
        buffer = np.empty(size, np.uint8)
        done = _fill(
            *lexicon.arrays, messages.author, messages.item, messages.turn, messages.topic, messages.group,
            messages.wrapper, messages.wordings, messages.tail, messages.plain, buffer, offsets,
        )  # fmt: skip
        if done == rows:
            break
        size *= 2
    missing = messages.group < 0
    valid = pa.array(~missing).buffers()[1] if missing.any() else None
    return pa.LargeStringArray.from_buffers(
        rows, pa.py_buffer(offsets), pa.py_buffer(buffer[: offsets[-1]]), valid, int(missing.sum())
    )


@njit(nogil=True, cache=True)
def _put_token(blob, token_at, token, buffer, at):  # type: ignore[no-untyped-def]
    for place in range(token_at[token], token_at[token + 1]):
        buffer[at] = blob[place]
        at += 1
    return at


@njit(nogil=True, cache=True)
def _put_number(value, buffer, at):  # type: ignore[no-untyped-def]
    digits = 1
    while value >= 10**digits:
        digits += 1
    for place in range(digits):
        buffer[at + digits - 1 - place] = 48 + value % 10
        value //= 10
    return at + digits


@njit(nogil=True, cache=True)
def _put_name(kind, seed, buffer, at):  # type: ignore[no-untyped-def]
    """Spell an invented name: two to four syllables; people get a family name."""
    parts = 2 if kind == 3 else 1
    for part in range(parts):
        state = mix_one(seed, uint64(part + 11))
        first = at
        for _ in range(2 + (state >> uint64(60)) % uint64(2) + (1 if kind == 0 else 0)):
            state = mix_one(state, uint64(5))
            onset = int(state % uint64(len(_ONSETS) // 2)) * 2
            vowel = int((state >> uint64(16)) % uint64(len(_VOWELS) // 2)) * 2
            end = int((state >> uint64(32)) % uint64(len(_ENDS) // 2)) * 2
            for source, place in ((_ONSETS, onset), (_VOWELS, vowel), (_ENDS, end)):
                for letter in range(2):
                    if source[place + letter] != 32:
                        buffer[at] = source[place + letter]
                        at += 1
        if kind != 1:
            buffer[first] -= 32
        if part + 1 < parts:
            buffer[at] = 32
            at += 1
    return at


@njit(nogil=True, cache=True)
def _taste(topic_at, topic_members, topic, author, draw):  # type: ignore[no-untyped-def]
    """A chunk of the topic: each author goes through its words in an order of their own, favourites first."""
    size = topic_at[topic + 1] - topic_at[topic]
    share = float(draw >> uint64(11)) * 2.0**-53
    rank = int((size + 1.0) ** share) - 1 if (draw & uint64(3)) else int(share * size)
    own = mix_one(author, uint64(topic))
    stride = int(own % uint64(size - 1)) + 1
    while _common(stride, size):
        stride = stride % (size - 1) + 1
    return topic_members[topic_at[topic] + (rank * stride + int((own >> uint64(32)) % uint64(size))) % size]


@njit(nogil=True, cache=True)
def _common(a, b):  # type: ignore[no-untyped-def]
    while b:
        a, b = b, a % b
    return a > 1


@njit(nogil=True, cache=True)
def _write(  # type: ignore[no-untyped-def]
    blob, token_at, list_at, members, topic_at, topic_members, ops, frame_at, group_at,
    author, item, turn, topic, group, wrapper, wordings, buffer, at,
):  # fmt: skip
    """Expand one message; returns where it ends. Frames nest on a small stack."""
    stack = np.empty((DEPTH, 3), np.int64)
    held = np.empty(DEPTH, np.uint64)
    state = mix_one(item, uint64(turn + 101))
    limit = at + LONGEST
    if wrapper >= 0 and turn == 0:
        frame = group_at[wrapper] + int(mix_one(item, uint64(31)) % uint64(wordings))
    else:
        frame = group_at[group] + int(state % uint64(group_at[group + 1] - group_at[group]))
    stack[0, 0], stack[0, 1], stack[0, 2] = frame_at[frame], frame_at[frame + 1], 0
    depth, alike = 0, 0
    home = np.int64(mix_one(author, uint64(43)) % uint64(len(topic_at) - 1))
    while depth >= 0:
        if stack[depth, 0] == stack[depth, 1]:
            if stack[depth, 2]:
                state = held[depth]
                alike -= 1
            depth -= 1
            continue
        op = ops[stack[depth, 0]]
        stack[depth, 0] += 1
        kind, value = op % 16, op // 16
        state = mix_one(state, uint64(3))
        if at + 256 > limit and kind != LIT:
            continue
        if kind == LIT:
            at = _put_token(blob, token_at, value, buffer, at)
        elif kind == LIST:
            width = list_at[value + 1] - list_at[value]
            at = _put_token(blob, token_at, members[list_at[value] + int(state % uint64(width))], buffer, at)
        elif kind == TASTE:
            at = _put_token(
                blob, token_at, _taste(topic_at, topic_members, home if alike else topic, author, state), buffer, at
            )
        elif kind == OWN:
            mine = mix_one(author, uint64(value * 8) + state % uint64(3))
            at = _put_name(value, mine, buffer, at)
        elif kind == FRESH:
            at = _put_name(value, mix_one(item, uint64(value * 8) + state % uint64(4)), buffer, at)
        elif kind == NUM:
            low, high = value // 1_000_000, value % 1_000_000
            at = _put_number(low + int(state % uint64(high - low + 1)), buffer, at)
        else:
            target = group if kind == ITEM else value
            if depth + 1 < DEPTH:
                held[depth + 1] = state
                if kind == HABIT:
                    state = mix_one(author, uint64(value + 400))
                    alike += 1
                chosen = group_at[target] + int(state % uint64(group_at[target + 1] - group_at[target]))
                depth += 1
                stack[depth, 0], stack[depth, 1] = frame_at[chosen], frame_at[chosen + 1]
                stack[depth, 2] = kind == HABIT
    return at


@njit(nogil=True, cache=True)
def _restyle(author, first, at, buffer):  # type: ignore[no-untyped-def]
    """Habits of one writer: no capitals, no full stop at the end, line breaks between sentences."""
    habit = mix_one(author, uint64(977))
    if habit % uint64(100) < uint64(28):
        for place in range(first, at):
            if 65 <= buffer[place] <= 90:
                buffer[place] += 32
    elif 97 <= buffer[first] <= 122:
        buffer[first] -= 32
    if (habit >> uint64(16)) % uint64(100) < uint64(24) and (buffer[at - 1] == 46 or buffer[at - 1] == 63):
        at -= 1
    if (habit >> uint64(32)) % uint64(100) < uint64(10):
        for place in range(first + 1, at):
            if buffer[place] == 32 and buffer[place - 1] == 46:
                buffer[place] = 10
    return at


@njit(nogil=True, cache=True)
def _fill(  # type: ignore[no-untyped-def]
    blob, token_at, list_at, members, topic_at, topic_members, ops, frame_at, group_at,
    author, item, turn, topic, group, wrapper, wordings, tail, plain, buffer, offsets,
):  # fmt: skip
    """Compose rows until the buffer is nearly full; returns how many are done."""
    at = 0
    for row in range(len(group)):
        if at + 2 * LONGEST > len(buffer):
            return row
        offsets[row] = at
        if group[row] >= 0:
            first = at
            at = _write(
                blob, token_at, list_at, members, topic_at, topic_members, ops, frame_at, group_at,
                author[row], item[row], turn[row], topic[row], group[row], wrapper[row], wordings[row],
                buffer, at,
            )  # fmt: skip
            if not plain[row]:
                at = _restyle(author[row], first, at, buffer)
            if tail[row] >= 0:
                buffer[at] = 10
                place = int(mix_one(item[row], uint64(77)) % uint64(list_at[tail[row] + 1] - list_at[tail[row]]))
                at = _put_token(blob, token_at, members[list_at[tail[row]] + place], buffer, at + 1)
    offsets[len(group)] = at
    return len(group)


def spelled(kind: int, seeds: Seeds) -> pa.LargeStringArray:
    """An invented name for each seed; kinds as in ``lexicon.NAMES``."""
    offsets = np.zeros(len(seeds) + 1, np.int64)
    buffer = np.empty(len(seeds) * 64, np.uint8)
    _spell(kind, seeds.astype(np.uint64), offsets, buffer)
    return pa.LargeStringArray.from_buffers(len(seeds), pa.py_buffer(offsets), pa.py_buffer(buffer[: offsets[-1]]))


@njit(nogil=True, cache=True)
def _spell(kind, seeds, offsets, buffer):  # type: ignore[no-untyped-def]
    at = 0
    for row in range(len(seeds)):
        at = _put_name(kind, seeds[row], buffer, at)
        offsets[row + 1] = at
