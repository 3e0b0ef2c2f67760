"""Bins: every use of what counts lies in the bin of its shingle, with the exchange that it is of."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from iolaus.sketch.bins import BINS, Binned, binned, read_binned, write_binned
from iolaus.sketch.groups import BIN_BITS, Held
from iolaus.sketch.popular import MIX


def held(exchanges: int, seed: int = 0) -> tuple[Held, npt.NDArray[np.bool_]]:
    """Exchanges of up to six shingles each, of which nine in ten count."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(0, 7, exchanges)
    shingles = rng.integers(-(2**63), 2**63 - 1, int(lengths.sum()))
    accounts = rng.integers(0, 20, exchanges).astype(np.int32)
    said = rng.integers(-(2**63), 2**63 - 1, exchanges)
    return Held(np.append(0, np.cumsum(lengths)), shingles, accounts, said), rng.random(exchanges) < 0.9


def uses(found: Binned) -> list[tuple[int, int, int]]:
    """(shingle, account, conversation) of every use, sorted."""
    whose, said = found.accounts[found.texts], found.conversations[found.texts]
    return sorted(zip(found.shingles.view(np.int64).tolist(), whose.tolist(), said.tolist(), strict=True))


def test_every_use_of_what_counts_is_there_once() -> None:
    part, counted = held(400)
    rows = np.repeat(np.arange(400), np.diff(part.offsets))
    kept = counted[rows]
    columns = part.shingles[kept], part.accounts[rows[kept]], part.conversations[rows[kept]]
    found = binned(part, counted)
    assert uses(found) == sorted(zip(*(column.tolist() for column in columns), strict=True))
    assert found.lengths.tolist() == np.diff(part.offsets)[counted].tolist()


def test_a_use_lies_in_the_bin_of_its_shingle() -> None:
    found = binned(*held(400))
    own = np.repeat(np.arange(BINS), np.diff(found.bounds))
    assert (own == (found.shingles * MIX >> np.uint64(64 - BIN_BITS)).astype(np.int64)).all()
    within = np.diff(own) == 0
    assert (np.diff(found.texts)[within] >= 0).all(), "texts ascend within a bin"


@pytest.mark.parametrize("exchanges", [0, 1, 400])
def test_what_is_written_is_read(tmp_path: Path, exchanges: int) -> None:
    part, counted = held(exchanges)
    write_binned(part, counted, tmp_path, 3)
    found, wanted = read_binned(tmp_path, 3), binned(part, counted)
    for name in ("accounts", "conversations", "lengths", "bounds", "shingles", "texts"):
        assert np.array_equal(getattr(found, name), getattr(wanted, name)), name
