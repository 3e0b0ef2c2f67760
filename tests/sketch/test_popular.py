"""The filter keeps what k accounts share, and forgets most of the rest."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iolaus.sketch.popular import least_bits, passes, set_bits


class SharedFilter:
    """The cells of one slice, and what they say."""

    def __init__(self, bits: int, k: int, slices: int = 1, number: int = 0) -> None:
        self._sets = np.zeros(1 << bits, np.uint64)
        self._least = least_bits(k)
        self._cells = np.uint64(63 - bits), np.uint64(slices.bit_length() - 1), np.uint64(number)

    def add(self, shingles: npt.NDArray[np.int64], accounts: npt.NDArray[np.int32]) -> None:
        """Count uses."""
        set_bits(self._sets, *self._cells, shingles.view(np.uint64), accounts)

    def likely(self, shingles: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """[n] True where at least k accounts may use the shingle."""
        asked = shingles.view(np.uint64)
        return np.array([passes(self._sets, *self._cells, self._least, shingle) for shingle in asked], np.bool_)


LOST_MOST = 0.001
"""Share of shingles of exactly k accounts that may be lost."""


@pytest.mark.parametrize("k", [2, 3, 5, 10, 25, 60])
def test_what_k_accounts_use_is_kept(k: int) -> None:
    rng = np.random.default_rng(k)
    count = 20_000
    shingles = rng.integers(-(2**63), 2**63 - 1, count)
    accounts = np.argsort(rng.random((count, 200)), axis=1)[:, :k].astype(np.int32)
    filtered = SharedFilter(22, k)
    filtered.add(np.repeat(shingles, k), accounts.ravel() + 10_000)
    lost = int((~filtered.likely(shingles)).sum())
    most = count * LOST_MOST
    assert lost <= most + 4 * np.sqrt(most), f"{lost} of {count} shingles of {k} accounts were lost"


uses = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 40)), max_size=400)


@settings(max_examples=60, deadline=None)
@given(uses, st.integers(-(2**62), 2**62))
def test_more_uses_never_lose_a_shingle(pairs: list[tuple[int, int]], offset: int) -> None:
    """Repeats, other shingles and the order of rows only ever add to what is kept."""
    shingles = np.array([offset + shingle for shingle, _ in pairs], np.int64)
    accounts = np.array([account for _, account in pairs], np.int32)
    whole, half, again = (SharedFilter(12, 4) for _ in range(3))
    whole.add(shingles, accounts)
    half.add(shingles[: len(pairs) // 2], accounts[: len(pairs) // 2])
    for _ in range(2):
        again.add(shingles[::-1].copy(), accounts[::-1].copy())
    asked = np.unique(shingles)
    assert not (half.likely(asked) & ~whole.likely(asked)).any()
    assert np.array_equal(whole.likely(asked), again.likely(asked))


@settings(max_examples=60, deadline=None)
@given(uses)
def test_parts_add_up(pairs: list[tuple[int, int]]) -> None:
    shingles = np.array([shingle for shingle, _ in pairs], np.int64)
    accounts = np.array([account for _, account in pairs], np.int32)
    whole, parts = SharedFilter(12, 3), SharedFilter(12, 3)
    whole.add(shingles, accounts)
    for start in range(0, len(pairs), 7):
        parts.add(shingles[start : start + 7], accounts[start : start + 7])
    asked = np.arange(31, dtype=np.int64)
    assert np.array_equal(whole.likely(asked), parts.likely(asked))


def test_one_accounts_own_words_are_forgotten() -> None:
    """However often one account repeats itself, nothing of it is kept."""
    rng = np.random.default_rng(0)
    shingles = rng.integers(-(2**63), 2**63 - 1, 5_000)
    filtered = SharedFilter(22, 10)
    for _ in range(5):
        filtered.add(shingles, np.full(len(shingles), 7, np.int32))
    assert not filtered.likely(shingles).any()


def test_crowding_keeps_too_much_and_never_too_little() -> None:
    """Far more shingles than cells: collisions err on the side of keeping."""
    rng = np.random.default_rng(1)
    filtered = SharedFilter(10, 5)
    noise = rng.integers(-(2**63), 2**63 - 1, 100_000)
    filtered.add(noise, rng.integers(0, 1_000, len(noise)).astype(np.int32))
    shared = rng.integers(-(2**63), 2**63 - 1, 50)
    filtered.add(np.repeat(shared, 5), np.tile(np.arange(5, dtype=np.int32), 50))
    assert filtered.likely(shared).all()


def test_nothing_is_no_crash() -> None:
    filtered = SharedFilter(10, 10)
    filtered.add(np.zeros(0, np.int64), np.zeros(0, np.int32))
    assert len(filtered.likely(np.zeros(0, np.int64))) == 0
    assert not filtered.likely(np.array([5], np.int64)).any()


def test_slices_name_what_the_whole_names_each_once() -> None:
    rng = np.random.default_rng(2)
    shingles = np.repeat(rng.integers(-(2**63), 2**63 - 1, 3_000), 12)
    accounts = rng.integers(0, 500, len(shingles)).astype(np.int32)
    named = np.zeros(len(shingles), np.int64)
    for number in range(4):
        part = SharedFilter(22, 5, 4, number)
        part.add(shingles, accounts)
        named += part.likely(shingles)
    whole = SharedFilter(22, 5)
    whole.add(shingles, accounts)
    assert named.max() == 1
    assert np.array_equal(named == 1, whole.likely(shingles))
