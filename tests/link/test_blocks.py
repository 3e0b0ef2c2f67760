"""Dense blocks: found among strangers, whole, and whatever ties to others they add."""

from __future__ import annotations

import numpy as np
import pytest

from iolaus.link.blocks import Edges, blocks, components, densest

STRANGERS, POOL = 600, 40


def world(seed: int, camouflage: int = 0) -> Edges:
    """Strangers with three values of 500 each; a pool's accounts with six of 25, and of the strangers' some too."""
    rng = np.random.default_rng(seed)
    pool = STRANGERS + np.arange(POOL)
    accounts = [np.repeat(np.arange(STRANGERS), 3), np.repeat(pool, 6), np.repeat(pool, camouflage)]
    values = [rng.integers(0, 500, 3 * STRANGERS), 500 + rng.integers(0, 25, 6 * POOL)]
    values.append(rng.integers(0, 500, camouflage * POOL))
    pairs = np.unique(np.stack([np.concatenate(accounts), np.concatenate(values)], 1), axis=0)
    return Edges(pairs[:, 0], pairs[:, 1], np.ones(len(pairs)))


@pytest.mark.parametrize("camouflage", [0, 2])
def test_the_pool_is_the_densest_block(camouflage: int) -> None:
    found = blocks(world(1, camouflage), 10)
    inside = found[0].accounts >= STRANGERS
    assert inside.mean() > 0.9, f"{(~inside).sum()} strangers stand in the pool's block"
    assert inside.sum() > 0.8 * POOL, f"only {inside.sum()} of {POOL} accounts of the pool were found"
    assert found[0].density > 1.3 * found[1].density


def test_ties_to_others_make_no_block_less_dense() -> None:
    plain, hidden = (densest(world(2, camouflage)).density for camouflage in (0, 3))
    assert hidden >= plain - 1e-9


def test_no_account_is_in_two_blocks_and_none_is_too_small() -> None:
    found = blocks(world(3), 10)
    everyone = np.concatenate([block.accounts for block in found])
    assert len(everyone) == len(np.unique(everyone))
    assert min(len(block.accounts) for block in found) >= 10


def test_it_repeats_and_minds_no_order_of_pairs() -> None:
    edges = world(4)
    order = np.random.default_rng(0).permutation(len(edges))
    again = blocks(Edges(edges.accounts[order], edges.values[order], edges.weights[order]), 10)
    first = blocks(edges, 10)
    assert [block.accounts.tolist() for block in first] == [block.accounts.tolist() for block in again]


def test_peeling_finds_what_is_dense_by_hand() -> None:
    """Four accounts with the same three values (12 pairs over 7 nodes), and a tail of one pair."""
    accounts = np.append(np.repeat(np.arange(4), 3), [4, 4])
    values = np.append(np.tile(np.arange(3), 4), [2, 3])
    found = densest(Edges(accounts, values, np.ones(len(accounts))))
    assert found.accounts.tolist() == [0, 1, 2, 3]
    assert found.density == pytest.approx(12 / 7)


def test_nothing_gives_nothing() -> None:
    empty = Edges(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    assert blocks(empty, 2) == []
    assert list(components(empty, 2)) == []
