"""Scores are given back to the bit, and say nothing without the key."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from iolaus.ingest.hashing import Hasher
from iolaus.key import BYTES as KEY_BYTES
from iolaus.key import Key
from iolaus.sketch.mask import BYTES, OUTPUTS, bare, masked

MINE, OTHER = Hasher(Key(bytes(range(KEY_BYTES)))), Hasher(Key(bytes(KEY_BYTES)))
SCORES = np.random.default_rng(0).random((50, OUTPUTS), np.float32)
EXCHANGE = pa.array(np.arange(50, dtype=np.int64) * 7919)


def test_masking_twice_gives_it_back() -> None:
    kept = masked(SCORES, EXCHANGE, MINE)
    assert kept.type == pa.binary(BYTES)
    found = np.asarray(bare(kept, EXCHANGE, MINE).flatten()).reshape(-1, OUTPUTS)
    assert found.tobytes() == SCORES.tobytes()
    part = np.asarray(bare(kept.slice(10, 5), EXCHANGE.slice(10, 5), MINE).flatten())
    assert part.tobytes() == SCORES[10:15].tobytes()


def test_equal_scores_look_different() -> None:
    kept = masked(np.zeros_like(SCORES), EXCHANGE, MINE).to_pylist()
    assert len({value[place : place + 8] for value in kept for place in range(0, BYTES, 8)}) == 50 * BYTES // 8


def test_another_key_reads_nothing() -> None:
    found = np.asarray(bare(masked(SCORES, EXCHANGE, MINE), EXCHANGE, OTHER).flatten()).reshape(-1, OUTPUTS)
    assert not (found == SCORES).any()


def test_none_is_none() -> None:
    assert len(bare(masked(SCORES[:0], EXCHANGE[:0], MINE), EXCHANGE[:0], MINE)) == 0
