"""The compiled choice of shingles: by their second hash, dense at the edges of a text, at least so many."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from iolaus.sketch.hashing import absorb, mix

Hashes = npt.NDArray[np.uint64]


class Smallest(NamedTuple):
    """uint64[least] each: the smallest sample hashes so far, ascending, and their shingles."""

    samples: Hashes
    shingles: Hashes


class Ring(NamedTuple):
    """The last shingles that are kept only if the text ends soon: uint64[edge], and int64[edge] where they start."""

    shingles: Hashes
    starts: npt.NDArray[np.int64]


@njit(error_model="numpy")
def hash_shingles(
    hashes: Hashes,
    count: int,
    width: int,
    seed: np.uint64,
    sample_seed: np.uint64,
    shingles: Hashes,
    samples: Hashes,
) -> int:
    """Each run of ``width`` of the first ``count`` units and its sample hash; returns how many there are."""
    for last in range(width - 1, count):
        state = seed
        for unit in range(last - width + 1, last + 1):
            state = absorb(state, hashes[unit])
        state = mix(state)
        shingles[last - width + 1] = state
        samples[last - width + 1] = mix(state ^ sample_seed)
    return max(0, count - width + 1)


@njit(error_model="numpy")
def keep_smallest(shingles: Hashes, samples: Hashes, count: int, smallest: Smallest, held: int) -> int:
    """Merges ``count`` shingles into the smallest so far, of which ``held`` are known; returns the new number."""
    low, ids = smallest
    least = len(low)
    for index in range(count):
        sample = samples[index]
        if held == least and sample >= low[held - 1]:
            continue
        place = held
        while place > 0 and low[place - 1] > sample:
            place -= 1
        if place > 0 and low[place - 1] == sample:
            continue
        if held < least:
            held += 1
        for moved in range(held - 1, place, -1):
            low[moved], ids[moved] = low[moved - 1], ids[moved - 1]
        low[place], ids[place] = sample, shingles[index]
    return held


@njit(error_model="numpy")
def keep_sampled(
    shingles: Hashes,
    samples: Hashes,
    count: int,
    places: npt.NDArray[np.int64],
    width: int,
    limits: Hashes,
    edge: int,
    kept: Hashes,
    held: int,
    ring: Ring,
    turned: int,
) -> tuple[int, int]:
    """Adds what the rates keep to ``kept`` and what a near end may keep to ``ring``.

    ``limits``: uint64[2], the sample hash below which a shingle is kept anywhere, and at an edge. Returns how many
    ``kept`` holds and how many ``ring`` has ever taken.
    """
    waiting, starts = ring
    anywhere, at_edge = limits[0], limits[1]
    for index in range(count):
        sample = samples[index]
        if sample >= at_edge:
            continue
        if sample < anywhere or places[index + width - 1] < edge:
            kept[held] = shingles[index]
            held += 1
        elif edge > 0:
            place = turned % edge
            waiting[place], starts[place] = shingles[index], places[index]
            turned += 1
    return held, turned


@njit(error_model="numpy")
def keep_last(ring: Ring, turned: int, units: int, edge: int, kept: Hashes, held: int) -> int:
    """Adds the waiting shingles that lie wholly in the last ``edge`` of ``units``; returns how many are kept."""
    for place in range(min(turned, edge)):
        if ring.starts[place] >= units - edge:
            kept[held] = ring.shingles[place]
            held += 1
    return held


@njit(error_model="numpy")
def distinct(kept: Hashes, count: int) -> int:
    """Sorts the first ``count`` entries as signed integers, as tables keep them, and drops repeats."""
    signed = kept.view(np.int64)
    if count <= 64:
        for index in range(1, count):
            value, place = signed[index], index
            while place > 0 and signed[place - 1] > value:
                signed[place] = signed[place - 1]
                place -= 1
            signed[place] = value
    else:
        signed[:count].sort()
    held = 0
    for index in range(count):
        if index == 0 or signed[index] != signed[held - 1]:
            signed[held] = signed[index]
            held += 1
    return held
