"""Scores under the key: they are a public function of a text, so bare ones would let anybody test a guess of it.

Each row is combined with a pad of its own, made of the key and a hash of its exchange or of its text; doing so twice
gives it back.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from iolaus.ingest.hashing import Hasher
from iolaus.sketch.content import CAPABILITIES, INTENTS

OUTPUTS = len(INTENTS) + len(CAPABILITIES)
"""Scores of a request."""

Floats = npt.NDArray[np.float32]
BYTES = OUTPUTS * 4
WORDS = BYTES // 8
"""64-bit words of a row."""


def masked(scores: Floats, own: pa.Array, hasher: Hasher) -> pa.Array:
    """binary[n] from float32[n, OUTPUTS]. own: int64[n], a keyed hash that is each row's own."""
    rows = np.ascontiguousarray(scores, np.float32).view(np.uint64) ^ _pad(own, hasher)
    return pa.Array.from_buffers(pa.binary(BYTES), len(rows), [None, pa.py_buffer(rows.tobytes())])


def bare(kept: pa.Array, own: pa.Array, hasher: Hasher) -> pa.Array:
    """Lists of float32 from what :func:`masked` gave, without nulls."""
    raw = np.frombuffer(kept.buffers()[1], np.uint64).reshape(-1, WORDS)[kept.offset : kept.offset + len(kept)]
    scores = (raw ^ _pad(own, hasher)).view(np.float32)
    return pa.FixedSizeListArray.from_arrays(pa.array(scores.ravel()), OUTPUTS)


def _pad(own: pa.Array, hasher: Hasher) -> npt.NDArray[np.uint64]:
    """uint64[n, WORDS]."""
    return hasher.pairs(own.to_numpy(), np.arange(WORDS)).view(np.uint64)
