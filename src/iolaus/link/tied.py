"""Candidates that need no common words: accounts that many rare values tie to one another.

Who harvests without a template shares no phrase, but his accounts come from cards, devices and addresses that he has
to buy. A value ties accounts the more the fewer hold it. One that a part of everybody holds, as the exit of a campus,
a VPN or a carrier, or a popular client, ties nobody. Dense blocks of the graph of accounts and values are candidates,
as far as they are denser than any in the same graph with its holders dealt anew: strangers meet as well, and the
densest of many meetings is always dense.

Ties selected such a cohort, so they are no evidence of it: ``shared_identity``, ``shared_network`` and
``signup_burst`` are shown and not counted, and no account of it is told by its ties. One queue, one clock and content
must carry it.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.sparse import csr_matrix

from iolaus.link.blocks import Block, Edges, blocks, floors
from iolaus.link.candidates import Candidate
from iolaus.link.population import Floats, Holders, Numbers, Population
from iolaus.link.settings import LinkSettings
from iolaus.link.ties import TIES

log = logging.getLogger("iolaus")

OF_ONE = ("payment_fingerprint", "device_id", "key")
"""Identifiers that are one person's or firm's, however many accounts hold them."""

OF_MANY = ("block", "referral", "tls")
"""Those that many strangers may hold: a value that a part of everybody holds ties nobody. Of one place the block alone
is taken: its addresses, and the address of a sign-up there, would tie the same accounts twice."""

MINUTE = 60_000_000
"""Microseconds of a minute."""

Mask = npt.NDArray[np.bool_]


def tied(population: Population, aside: Mask, settings: LinkSettings) -> list[Candidate]:
    """Candidates by ties alone, the densest first. aside: bool[accounts], those whose hand is known already."""
    if settings.tied_blocks == 0:
        return []
    whole = _edges(population, aside, settings)
    person = _persons(whole, len(population))
    whole = _of_persons(whole, person)
    edges = _bounded(whole, settings)
    found = blocks(edges, settings.least_accounts)
    floor, of_whole = _floors(edges, settings) if found else (0.0, 0.0)
    dense = [block for block in found if block.density > settings.tied_surplus * (of_whole if block.whole else floor)]
    log.info(
        "ties: %s of accounts and values, %d blocks, %d denser than %.2f, %d to test",
        *(f"{len(edges):,} pairs", len(found), len(dense), floor, min(len(dense), settings.tied_blocks)),
    )
    dense = dense[: settings.tied_blocks]
    if len(edges) < len(whole):
        dense = [_with_others(block, whole) for block in dense]
    return [_candidate(block, person, population) for block in dense]


def _edges(population: Population, aside: Mask, settings: LinkSettings) -> Edges:
    """Every account with each rare value that it shares with another."""
    parts, before = [], 0
    for holders, common in _shared(population, settings):
        kept = ~aside[holders.accounts]
        distinct, value, count = np.unique(holders.values[kept], return_inverse=True, return_counts=True)
        weight = _rarity(count, int((~aside).sum()) * common)
        there = (count[value] > 1) & (weight[value] > 0)
        parts.append((holders.accounts[kept][there].astype(np.int64), before + value[there], weight[value][there]))
        before += len(distinct)
    accounts, values, weights = (np.concatenate(column) for column in zip(*parts, strict=True)) if parts else (
        np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)
    )  # fmt: skip
    return Edges(accounts, values, weights)


def _shared(population: Population, settings: LinkSettings) -> Iterator[tuple[Holders, float]]:
    """Who holds what, and the share of all holders at which a value of it ties nobody."""
    for name in (*OF_ONE, *OF_MANY):
        if name in population.holders:
            yield population.holders[name], 1.0 if name in OF_ONE else settings.tied_common
    signed_up = _signed_up(population.accounts)
    if signed_up is not None:
        yield signed_up, settings.tied_common


def _signed_up(accounts: pa.Table) -> Holders | None:
    """Mail domain and minute of the sign-up, as one value; None where either is not told."""
    if not {"email_domain", "created_at"} <= {*accounts.column_names}:
        return None
    domain = accounts["email_domain"].combine_chunks().dictionary_encode().indices.fill_null(-1).to_numpy()
    minute = accounts["created_at"].fill_null(0).to_numpy() // MINUTE
    _, value = np.unique(np.stack([domain.astype(np.int64), minute], 1), axis=0, return_inverse=True)
    there = (domain >= 0) & (minute > 0)
    return Holders.of(np.arange(len(accounts), dtype=np.int32), np.where(there, value.ravel() + 1, 0))


def _rarity(count: Numbers, bound: float) -> Floats:
    """float64[v]: 1 for a value that two accounts hold, falling to 0 with its logarithm at ``bound`` holders."""
    most = max(bound, 3.0)
    found: Floats = np.clip(np.log(most / np.maximum(count, 2)) / np.log(most / 2), 0.0, 1.0)
    return found


def _persons(edges: Edges, accounts: int) -> Numbers:
    """int64[accounts]: the smaller account of two that share a value which nobody else holds and another, else itself.

    A second account shares everything with the first. Of the two only one is tied to others, as one person is.
    """
    count = np.bincount(edges.values)[edges.values] if len(edges) else np.zeros(0, np.int64)
    order = np.flatnonzero(count == 2)[np.argsort(edges.values[count == 2], kind="stable")]
    both = np.sort(edges.accounts[order].reshape(-1, 2), axis=1)
    pairs = np.unique(both, axis=0)
    shape = (accounts, int(edges.values.max(initial=-1)) + 1)
    holds = csr_matrix((np.ones(len(edges), np.int32), (edges.accounts, edges.values)), shape)
    times = np.asarray(holds[pairs[:, 0]].multiply(holds[pairs[:, 1]]).sum(1)).ravel()
    person = np.arange(accounts, dtype=np.int64)
    for one, other in pairs[times > 1].tolist():
        person[other] = person[one]
    return person


def _of_persons(edges: Edges, person: Numbers) -> Edges:
    """The pairs of persons and of values that several of them hold."""
    pairs, first = np.unique(np.stack([person[edges.accounts], edges.values], 1), axis=0, return_index=True)
    shared = np.bincount(pairs[:, 1])[pairs[:, 1]] > 1 if len(pairs) else np.zeros(0, bool)
    return Edges(pairs[shared, 0], pairs[shared, 1], edges.weights[first[shared]])


def _bounded(edges: Edges, settings: LinkSettings) -> Edges:
    """All pairs, or those of as many accounts, by a fixed shuffle of their numbers, as keep within the bound."""
    if len(edges) <= settings.tied_pairs:
        return edges
    share = settings.tied_pairs / len(edges)
    log.warning(
        "ties: %s pairs are over link.tied_pairs; %.0f%% of the accounts are looked at", len(edges), 100 * share
    )
    mixed = (edges.accounts.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(40)
    return edges.take(mixed < share * (1 << 24))


def _with_others(block: Block, whole: Edges) -> Block:
    """The block of a sample with whoever else holds at least half as much of its values as its accounts usually do.

    Its values are those that several of its accounts hold.
    """
    own = np.isin(whole.accounts, block.accounts)
    values, count = np.unique(whole.values[own], return_counts=True)
    inside = np.isin(whole.values, values[count > 1])
    held = np.bincount(whole.accounts[inside], whole.weights[inside], int(whole.accounts.max()) + 1)
    others = np.flatnonzero(held >= np.median(held[block.accounts]) / 2)
    return Block(np.union1d(block.accounts, others), block.density)


def _floors(edges: Edges, settings: LinkSettings) -> tuple[float, float]:
    """The densest block of a community, and of a component, of the same graph with its holders dealt anew.

    Each account keeps how many values it holds and each value how many accounts; values of another weight are not
    mixed, so that rare ones stay with whoever holds rare ones.
    """
    found = [(0.0, 0.0)]
    order = np.argsort(edges.weights, kind="stable")
    for deal in range(settings.tied_deals):
        shuffled = np.lexsort((np.random.default_rng(deal).random(len(edges)), edges.weights))
        accounts = edges.accounts.copy()
        accounts[order] = edges.accounts[shuffled]
        pairs, first = np.unique(np.stack([accounts, edges.values], 1), axis=0, return_index=True)
        found.append(floors(Edges(pairs[:, 0], pairs[:, 1], edges.weights[first]), settings.least_accounts))
    return max(part for part, _ in found), max(whole for _, whole in found)


def _candidate(block: Block, person: Numbers, population: Population) -> Candidate:
    """The accounts of a block's persons with everything that they ask; its name is made of theirs."""
    accounts = np.flatnonzero(np.isin(person, block.accounts)).astype(np.int32)
    names = population.accounts["account_id"].take(pa.array(accounts)).to_pylist()
    digest = hashlib.blake2b("\x1f".join(names).encode(), digest_size=8).digest()
    name = int.from_bytes(digest, "little", signed=True)
    asked = population.accounts["conversations"].to_numpy(zero_copy_only=False)[accounts]
    return Candidate(f"ties-{name & 0xFFFFFFFFFFFF:012x}", (TIES,), (name,), accounts, False, int(np.nansum(asked)))
