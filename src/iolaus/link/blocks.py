"""Dense blocks of a graph of accounts and values: who is tied to whom by many rare values at once.

Components first, then communities by modularity (Louvain with refinement, one thread and a fixed seed, so that a scan
repeats), and of each community its densest block, found by peeling the node that holds least weight until none is
left. Modularity cuts what stands alone into pieces: a component whose own block is denser than that of any of its
communities is taken whole. Weights depend on how common a value is, never on the accounts that hold it, and density
counts only what lies inside the block: whoever adds ties to honest accounts cannot make his own block less dense (the
argument of Hooi et al., "FRAUDAR: Bounding Graph Fraud in the Face of Camouflage", KDD 2016).
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numba
import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from iolaus.link.population import Floats, Numbers

SEED = 7
"""Of the order in which communities are looked for."""

UNCUT = 1.25
"""How much denser a component's block must be than those of its communities to be taken first."""

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

    def take(self, rows: npt.NDArray[np.bool_] | Numbers) -> Edges:
        """The pairs of some rows: bool[p], or their places."""
        return Edges(self.accounts[rows], self.values[rows], self.weights[rows])


@dataclass(frozen=True)
class Block:
    """accounts: int64, ascending numbers. density: weight inside over the accounts and values of the block.

    whole: whether it is the densest of a component, and not of a community.
    """

    accounts: Numbers
    density: float
    whole: bool = False


def blocks(edges: Edges, least: int) -> list[Block]:
    """The dense blocks of at least ``least`` accounts, the densest first; no account is in two."""
    found = [block for component in components(edges, least) for block in _of_component(component, least)]
    return sorted(found, key=lambda block: (-block.density, block.accounts.tolist()))


def floors(edges: Edges, least: int) -> tuple[float, float]:
    """Density of the densest block of any community, and of any component, with ``least`` accounts; 0 of none."""
    parts, wholes = [0.0], [0.0]
    for component in components(edges, least):
        parts += [block.density for community in communities(component, least) for block in _looks(community, least)]
        whole = densest(component)
        wholes += [whole.density] * (len(whole.accounts) >= least)
    return max(parts), max(wholes)


def _of_component(component: Edges, least: int) -> list[Block]:
    """The blocks of its communities; where its own is far denser than these, that one and those of what is left."""
    found = [block for community in communities(component, least) for block in _looks(community, least)]
    whole = replace(densest(component), whole=True)
    if len(whole.accounts) < least or whole.density <= UNCUT * max((block.density for block in found), default=0.0):
        return found
    left = component.take(~np.isin(component.accounts, whole.accounts))
    return [whole, *(block for each in components(left, least) for block in _of_component(each, least))]


def components(edges: Edges, least: int) -> Iterator[Edges]:
    """The pairs of each connected component that has at least ``least`` accounts, in an order of their own."""
    if not len(edges):
        return
    order = np.lexsort((edges.values, edges.accounts))
    edges = Edges(edges.accounts[order], edges.values[order], edges.weights[order])
    accounts, account = np.unique(edges.accounts, return_inverse=True)
    values, value = np.unique(edges.values, return_inverse=True)
    nodes = len(accounts) + len(values)
    matrix = coo_matrix((edges.weights, (account, len(accounts) + value)), (nodes, nodes)).tocsr()
    count, label = connected_components(matrix, directed=False)
    sizes = np.bincount(label[: len(accounts)], minlength=count)
    rows = np.flatnonzero(sizes[label[account]] >= least)
    for group in _grouped(rows, label[account[rows]]):
        yield edges.take(group)


def communities(edges: Edges, least: int) -> Iterator[Edges]:
    """The pairs within each community of a component that has at least ``least`` accounts."""
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
    within = np.flatnonzero(label[account] == label[value + len(accounts)])
    for rows in _grouped(within, label[account[within]]):
        inside = edges.take(rows)
        if len(np.unique(inside.accounts)) >= least:
            yield inside


def _grouped(rows: Numbers, names: npt.NDArray[np.integer]) -> list[Numbers]:
    """The rows of each name, by name, each in their order; one sort, however many names there are."""
    order = np.argsort(names, kind="stable")
    bounds = np.flatnonzero(np.diff(names[order])) + 1
    return [group for group in np.split(rows[order], bounds) if len(group)]


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
