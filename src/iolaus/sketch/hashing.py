"""The 64-bit mixing that compiled kernels share. Every seed comes from the deployment's key."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from iolaus.key import Key

PURPOSES = ("word", "shingle", "unspaced", "sample", "text", "short", "pair")
WORD, SHINGLE, CHARACTERS, SAMPLE, TEXT, SHORT, PAIR = range(len(PURPOSES))


def seeds(key: Key) -> np.ndarray[Any, np.dtype[np.uint64]]:
    """uint64[7]: one odd seed a purpose, none of which can be told from another without the key."""
    return np.array([key.seed(f"sketch.{purpose}") | 1 for purpose in PURPOSES], dtype=np.uint64)


@njit(forceinline=True)
def mix(value: np.uint64) -> np.uint64:
    """A bijection of 64 bits in which every input bit moves every output bit (Stafford 2011, variant 13)."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


@njit(forceinline=True)
def absorb(state: np.uint64, value: np.uint64) -> np.uint64:
    """One more character; cheap, and finished by ``mix``."""
    state = (state ^ value) * np.uint64(0x9FB21C651E98DF25)
    return state ^ (state >> np.uint64(32))
