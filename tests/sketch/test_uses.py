"""Uses of shared shingles are those that a plain count gives, in however many runs of bins they are found."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq
import pytest

from iolaus.sketch import uses
from iolaus.sketch.bins import write_binned
from iolaus.sketch.groups import BIN_BITS, Held
from iolaus.sketch.settings import SketchSettings

K = 4
Use = tuple[int, int, int]


def part(seed: int) -> tuple[Held, npt.NDArray[np.bool_]]:
    """500 exchanges of 60 accounts; half of their shingles are from a list of 300 that many use."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(0, 9, 500)
    many = int(lengths.sum())
    common = np.random.default_rng(0).integers(-(2**63), 2**63 - 1, 300)
    own = rng.integers(-(2**63), 2**63 - 1, many)
    shingles = np.where(rng.random(many) < 0.5, common[rng.integers(0, 300, many)], own)
    conversations = rng.integers(0, 150, 500)
    accounts = (conversations % 60).astype(np.int32)
    return Held(np.append(0, np.cumsum(lengths)), shingles, accounts, conversations), rng.random(500) < 0.9


def by_hand(parts: list[tuple[Held, npt.NDArray[np.bool_]]]) -> set[Use]:
    found: set[Use] = set()
    users: dict[int, set[int]] = defaultdict(set)
    for held, counted in parts:
        for row in np.flatnonzero(counted):
            account, said = int(held.accounts[row]), int(held.conversations[row])
            for shingle in held.shingles[held.offsets[row] : held.offsets[row + 1]].tolist():
                users[shingle].add(account)
                found.add((shingle, account, said))
    return {use for use in found if len(users[use[0]]) >= K}


@pytest.mark.parametrize(("bits", "cells"), [(18, 18), (BIN_BITS, BIN_BITS + 1)])
@pytest.mark.parametrize("at_once", [1 << 23, 100, 1])
def test_uses_are_those_of_a_plain_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bits: int, cells: int, at_once: int
) -> None:
    monkeypatch.setattr(uses, "AT_ONCE", at_once)
    parts = [part(1), part(2)]
    (tmp_path / "shingles").mkdir()
    for number, (held, counted) in enumerate(parts):
        write_binned(held, counted, tmp_path / "shingles", number)
    assert uses.cells_of(sum(len(held.shingles) for held, _ in parts), bits) == cells
    uses.keep_shared(tmp_path, uses.read_parts(tmp_path, 2), SketchSettings(k=K, filter_bits=bits))
    rows = pq.read_table(tmp_path / "uses.parquet").to_pylist()
    found = [(row["shingle"], row["account"], row["conversation"]) for row in rows]
    assert len(found) == len(set(found)), "a conversation counts once"
    assert set(found) == by_hand(parts)
    users = Counter((shingle, account) for shingle, account, _ in found)
    told = pq.read_table(tmp_path / "users.parquet").to_pylist()
    assert {(row["shingle"], row["account"]): row["used"] for row in told} == users
    assert len(told) == len(users), "an account stands once with a shingle"


def test_no_uses_are_an_empty_table(tmp_path: Path) -> None:
    uses.keep_shared(tmp_path, [], SketchSettings())
    assert pq.read_table(tmp_path / "uses.parquet").num_rows == 0


def test_no_part_has_a_use(tmp_path: Path) -> None:
    (tmp_path / "shingles").mkdir()
    nothing = Held(np.zeros(1, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0, np.int64))
    write_binned(nothing, np.zeros(0, np.bool_), tmp_path / "shingles", 0)
    uses.keep_shared(tmp_path, uses.read_parts(tmp_path, 1), SketchSettings())
    assert pq.read_table(tmp_path / "uses.parquet").num_rows == 0


def test_cells_grow_with_what_is_used() -> None:
    found = [uses.cells_of(count, 10) - 10 for count in (0, 1, 2048, 2049, 4096, 4097, 100_000)]
    assert found == [0, 0, 0, 1, 1, 2, 6]
