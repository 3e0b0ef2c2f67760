"""Dense blocks of a graph of accounts and values: who is tied to whom by many rare values at once.

Components first, then communities by modularity (Louvain with refinement, one thread and a fixed seed, so that a scan
repeats), and of each community its densest block, found by peeling the node that holds least weight until none is
left. Weights depend on how common a value is, never on the accounts that hold it, and density counts only what lies
inside the block: whoever adds ties to honest accounts cannot make his own block less dense (the argument of Hooi et
al., "FRAUDAR: Bounding Graph Fraud in the Face of Camouflage", KDD 2016).
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from iolaus.link.population import Floats, Numbers

SEED = 7
"""Of the order in which communities are looked for."""

LOOKS = 3
"""Blocks that are looked for in one community, each without those before it."""


@dataclass(frozen=True)
class Edges:
    """p pairs of an account and a value. accounts, values: int64[p], numbers from 0; weights: float64[p], above 0."""

    accounts: Numbers
    values: Numbers
    weights: Floats

    def __len__(self) -> int:
        return len(self.accounts)

    def take(self, rows: npt.NDArray[np.bool_]) -> Edges:
        """The pairs of some rows (bool[p])."""
        return Edges(self.accounts[rows], self.values[rows], self.weights[rows])


@dataclass(frozen=True)
class Block:
    """accounts: int64, ascending numbers. density: weight inside over the accounts and values of the block."""

    accounts: Numbers
    density: float


def blocks(edges: Edges, least: int) -> list[Block]:
    """The dense blocks of at least ``least`` accounts, the densest first; no account is in two."""
    found = [block for community in communities(edges, least) for block in _looks(community, least)]
    return sorted(found, key=lambda block: (-block.density, block.accounts.tolist()))


def communities(edges: Edges, least: int) -> Iterator[Edges]:
    """The pairs of each community that has at least ``least`` accounts."""
    if not len(edges):
        return
    accounts, account = np.unique(edges.accounts, return_inverse=True)
    values, value = np.unique(edges.values, return_inverse=True)
    nodes = len(accounts) + len(values)
    matrix = coo_matrix((edges.weights, (account, len(accounts) + value)), (nodes, nodes)).tocsr()
    count, label = connected_components(matrix, directed=False)
    sizes = np.bincount(label[: len(accounts)], minlength=count)
    for component in np.flatnonzero(sizes >= least):
        inside = edges.take(label[account] == component)
        for part in _modules(inside) if sizes[component] > 2 * least else [np.zeros(len(inside), np.int64)]:
            kept = inside.take(part >= 0)
            if len(np.unique(kept.accounts)) >= least:
                yield kept


def _modules(edges: Edges) -> Iterator[Numbers]:
    """For each community int64[p]: 0 for pairs of which both ends lie in it, -1 for the others."""
    import networkit  # It is slow to import, and a scan without ties needs none of it.

    accounts, account = np.unique(edges.accounts, return_inverse=True)
    values, value = np.unique(edges.values, return_inverse=True)
    graph = networkit.GraphFromCoo(
        (edges.weights, (account, value + len(accounts))), n=len(accounts) + len(values), weighted=True, directed=False
    )
    networkit.setNumberOfThreads(1)
    networkit.setSeed(SEED, False)
    found = networkit.community.PLM(graph, refine=True)
    found.run()
    label = np.asarray(found.getPartition().getVector())
    within = label[account] == label[value + len(accounts)]
    for name in np.unique(label[account]):
        yield np.where(within & (label[account] == name), 0, -1)


def _looks(edges: Edges, least: int) -> Iterator[Block]:
    """The densest block of a community, and the densest of what is left, as long as they have ``least`` accounts."""
    for _ in range(LOOKS):
        if not len(edges):
            return
        block = densest(edges)
        if len(block.accounts) < least:
            return
        yield block
        edges = edges.take(~np.isin(edges.accounts, block.accounts))


def densest(edges: Edges) -> Block:
    """The block that peeling leaves densest: at least half as dense as the densest there is."""
    accounts, account = np.unique(edges.accounts, return_inverse=True)
    values, value = np.unique(edges.values, return_inverse=True)
    ends = np.concatenate([account, value + len(accounts)])
    others = np.concatenate([value + len(accounts), account])
    order = np.argsort(ends, kind="stable")
    first = np.append(0, np.cumsum(np.bincount(ends, minlength=len(accounts) + len(values))))
    gone, density = _peel(first, others[order], np.concatenate([edges.weights, edges.weights])[order])
    return Block(accounts[~gone[: len(accounts)]], density)


@numba.njit(cache=True)
def _peel(first: Numbers, others: Numbers, weights: Floats) -> tuple[npt.NDArray[np.bool_], float]:
    """(bool[n], nodes that are not in the block; its density). Neighbours of node i lie from first[i] on."""
    nodes = len(first) - 1
    held = np.zeros(nodes)
    for node in range(nodes):
        held[node] = weights[first[node] : first[node + 1]].sum()
    total, left = held.sum() / 2, nodes
    queue = [(held[node], node) for node in range(nodes)]
    heapq.heapify(queue)
    gone_at = np.full(nodes, nodes)
    best, best_at = total / left, 0
    while left > 1:
        weight, node = heapq.heappop(queue)
        if gone_at[node] < nodes or weight != held[node]:
            continue
        gone_at[node] = nodes - left
        left -= 1
        total -= held[node]
        for place in range(first[node], first[node + 1]):
            other = others[place]
            if gone_at[other] == nodes:
                held[other] -= weights[place]
                heapq.heappush(queue, (held[other], other))
        if total / left > best + 1e-12:
            best, best_at = total / left, nodes - left
    return gone_at < best_at, best
