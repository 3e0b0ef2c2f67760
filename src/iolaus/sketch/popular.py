"""Which shingles may be shared by k accounts: one bounded pass that never loses one that is.

A table of 64-bit sets, addressed by shingle hash; each use sets the bit of its account. A shingle of
k accounts sets about 64 (1 - (1 - 1/64)^k) bits, however often it is used (linear counting, Whang et al.
1990). Collisions only add bits, so that the filter errs on the side of keeping; what it keeps is
counted exactly afterwards. The rest is forgotten.

The cells are an array of uint64. They may be those of one of many equal slices (a power of two) of all shingles:
the first ``slice_bits`` bits of a mixed shingle are its slice, ``number`` is the one that is looked at, and the
next bits are the cell.
"""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint64]

MIX = np.uint64(0x9E3779B97F4A7C15)
_FINAL = np.uint64(0xD6E8FEB86659FD93)


def least_bits(k: int) -> int:
    """Bits of a cell below which fewer than one in 1,000 shingles of k accounts falls (exact occupancy)."""
    chance = np.zeros(65)
    chance[0] = 1.0
    full = np.arange(65) / 64
    for _ in range(k):
        moved = chance * (1 - full)
        chance = chance * full
        chance[1:] += moved[:-1]
    return int(np.searchsorted(np.cumsum(chance), 0.001))


@numba.njit(cache=True, nogil=True, inline="always")
def _cell(shingle: np.uint64, shift: np.uint64, slice_bits: np.uint64, number: np.uint64) -> np.int64:
    """The cell of a shingle, -1 where it is of another slice. shift: 63 less the bits of a cell's number."""
    mixed = shingle * MIX
    if (mixed >> np.uint64(1)) >> (np.uint64(63) - slice_bits) != number:
        return np.int64(-1)
    return np.int64(((mixed << slice_bits) >> np.uint64(1)) >> shift)


@numba.njit(cache=True, nogil=True, inline="always")
def passes(
    sets: Words, shift: np.uint64, slice_bits: np.uint64, number: np.uint64, least: int, shingle: np.uint64
) -> bool:
    """Whether at least k accounts may use a shingle of the filter's slice."""
    cell = _cell(shingle, shift, slice_bits, number)
    word = sets[cell] if cell >= 0 else np.uint64(0)
    bits = 0
    while word != np.uint64(0) and bits < least:
        word &= word - np.uint64(1)
        bits += 1
    return bits >= least


@numba.njit(cache=True, nogil=True)
def set_bits(
    sets: Words,
    shift: np.uint64,
    slice_bits: np.uint64,
    number: np.uint64,
    shingles: Words,
    accounts: npt.NDArray[np.int32],
) -> None:
    """Set the bit of each use's account in the cell of its shingle, as far as it is of the slice."""
    for use in range(shingles.size):
        cell = _cell(shingles[use], shift, slice_bits, number)
        if cell >= 0:
            bit = np.uint64(accounts[use] + 1) * MIX
            sets[cell] |= np.uint64(1) << (((bit ^ (bit >> np.uint64(32))) * _FINAL) >> np.uint64(58))
