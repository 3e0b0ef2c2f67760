"""Counter-based randomness: a draw is a pure function of its seeds, so that any row can be made alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit, uint64

Seeds = npt.NDArray[np.uint64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


def mix(values: npt.ArrayLike, salt: int) -> Seeds:
    """SplitMix64 of each value under a salt: uint64 of the same shape. After Steele et al. 2014."""
    with np.errstate(over="ignore"):
        z = np.asarray(values).astype(np.uint64) + _GOLDEN * np.uint64((2 * salt + 1) & 0xFFFFFFFFFFFFFFFF)
        z = (z ^ (z >> np.uint64(30))) * _FIRST
        z = (z ^ (z >> np.uint64(27))) * _SECOND
        return np.asarray(z ^ (z >> np.uint64(31)), dtype=np.uint64)


def unit(values: npt.ArrayLike, salt: int) -> npt.NDArray[np.float64]:
    """A uniform draw in [0, 1) for each value under a salt."""
    return (mix(values, salt) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def below(values: npt.ArrayLike, salt: int, size: int) -> npt.NDArray[np.int64]:
    """A uniform draw of 0 .. size - 1 for each value under a salt."""
    return (unit(values, salt) * size).astype(np.int64)


def normal(values: npt.ArrayLike, salt: int) -> npt.NDArray[np.float64]:
    """A standard normal draw for each value under a salt (Box and Muller)."""
    radius = np.sqrt(-2.0 * np.log1p(-unit(values, salt)))
    return np.asarray(radius * np.cos(2.0 * np.pi * unit(values, salt + 7919)))


def choose(values: npt.ArrayLike, salt: int, weights: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """An index drawn by ``weights`` for each value under a salt."""
    edges = np.cumsum(np.asarray(weights, dtype=np.float64))
    return np.searchsorted(edges / edges[-1], unit(values, salt), side="right").clip(0, len(edges) - 1)


@njit(uint64(uint64, uint64), cache=True, inline="always")
def mix_one(value: Any, salt: Any) -> Any:
    """:func:`mix` of one value inside compiled code; ``salt`` as uint64."""
    z = uint64(value) + uint64(0x9E3779B97F4A7C15) * (uint64(2) * uint64(salt) + uint64(1))
    z = (z ^ (z >> uint64(30))) * uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> uint64(27))) * uint64(0x94D049BB133111EB)
    return z ^ (z >> uint64(31))
