"""Which shingles may be shared by k accounts: one bounded pass that never loses one that is.

A table of 64-bit sets, addressed by shingle hash; each use sets the bit of its account. A shingle of
k accounts sets about 64 (1 - (1 - 1/64)^k) bits, however often it is used (linear counting, Whang et al.
1990). Collisions only add bits, so that the filter errs on the side of keeping; what it keeps is
counted exactly afterwards. The rest is forgotten.
"""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint64]

_MIX = np.uint64(0x9E3779B97F4A7C15)
_FINAL = np.uint64(0xD6E8FEB86659FD93)


class SharedFilter:
    """Marks which shingles several accounts used. Memory: 8 bytes x 2**bits, whatever the input."""

    def __init__(self, bits: int, k: int) -> None:
        self._sets = np.zeros(1 << bits, np.uint64)
        self._shift = np.uint64(64 - bits)
        self._least = _least_bits(k)

    def add(self, shingles: npt.NDArray[np.int64], accounts: npt.NDArray[np.int32]) -> None:
        """Count uses. shingles, accounts: [n], one row a use."""
        _add(self._sets, self._shift, shingles.view(np.uint64), accounts)

    def likely(self, shingles: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """[n] True where at least k accounts may use the shingle. At k = 10, 99.9 % of those are kept."""
        kept: npt.NDArray[np.bool_] = _likely(self._sets, self._shift, shingles.view(np.uint64), self._least)
        return kept


def _least_bits(k: int) -> int:
    """Bits below which fewer than one shingle in 1,000 with k accounts falls (exact occupancy distribution)."""
    chance = np.zeros(65)
    chance[0] = 1.0
    full = np.arange(65) / 64
    for _ in range(k):
        moved = chance * (1 - full)
        chance = chance * full
        chance[1:] += moved[:-1]
    return int(np.searchsorted(np.cumsum(chance), 0.001))


@numba.njit(cache=True, nogil=True)
def _add(sets: Words, shift: np.uint64, shingles: Words, accounts: npt.NDArray[np.int32]) -> None:
    for i in range(shingles.size):
        bit = np.uint64(accounts[i] + 1) * _MIX
        bit = ((bit ^ (bit >> np.uint64(32))) * _FINAL) >> np.uint64(58)
        sets[(shingles[i] * _MIX) >> shift] |= np.uint64(1) << bit


@numba.njit(cache=True, nogil=True)
def _likely(sets: Words, shift: np.uint64, shingles: Words, least: int) -> npt.NDArray[np.bool_]:
    kept = np.empty(shingles.size, np.bool_)
    for i in range(shingles.size):
        word = sets[(shingles[i] * _MIX) >> shift]
        bits = 0
        while word != np.uint64(0) and bits < least:
            word &= word - np.uint64(1)
            bits += 1
        kept[i] = bits >= least
    return kept
