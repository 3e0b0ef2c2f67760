"""Private templates: words that a few accounts send again and again, and fewer than k accounts at all.

What fewer than k accounts use is forgotten, as it may be one person's own text. A harvest by a handful of keys would
be forgotten with it. So the shingles that fill the requests of one account (its heavy hitters) are counted for each
account that sends much, in a keyed sample of its requests; those that fill the requests of at least one other account
too, and that fewer than k accounts use, are a private template of these. It is kept as keyed hashes and never shown.

The file: ``private_uses.parquet`` (phrase, account, conversation), one row a conversation; ``phrase`` names accounts
that private templates tie, directly or through others.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numba
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from iolaus.sketch.bins import Binned
from iolaus.sketch.groups import Accounts, Numbers, distinct, find_name, numbered, put_by
from iolaus.sketch.popular import Words
from iolaus.sketch.settings import SketchSettings
from iolaus.workspace import renamed_into

log = logging.getLogger("iolaus")

PRIVATE_USES = pa.schema([("phrase", pa.int64()), ("account", pa.int32()), ("conversation", pa.int64())])

TOGETHER = 2
"""Shingles of a private template that accounts must share, and that a conversation must hold to use it."""

LEAST = 8
"""Sampled requests with a shingle below which it fills nobody's."""


@dataclass(frozen=True)
class Heavy:
    """h pairs of an account and a shingle that fills its requests. accounts: int32[h]; shingles: uint64[h]."""

    accounts: Accounts
    shingles: Words


def keep_private(place: Path, held: Sequence[Binned], settings: SketchSettings) -> None:
    """Write ``private_uses.parquet`` from the shingles ``held`` of every part. place: folder of the sketch."""
    heavy = heavy_hitters(held, settings)
    table = _uses(held, *_templates(held, heavy, settings.k))
    with renamed_into(place / "private_uses.parquet") as path:
        pq.write_table(table, path)


def heavy_hitters(held: Sequence[Binned], settings: SketchSettings) -> Heavy:
    """The shingles that fill the requests of each account with at least ``private_least`` of them."""
    sent = _sent(held)
    share = np.where(sent >= settings.private_least, settings.private_sample / np.maximum(sent, 1), 0.0)
    cost = sum(int((part.lengths * np.minimum(share[part.accounts], 1.0)).sum()) for part in held)
    log.info("private templates: %d accounts send much, %s uses to count", int((share > 0).sum()), f"{cost:,}")
    if cost > settings.private_uses:
        log.warning("private templates: over sketch.private_uses; fewer requests of each account are counted")
        share *= settings.private_uses / cost
    bounds, shingles, sampled = _sampled(held, share)
    return Heavy(*_fills(bounds, shingles, np.maximum(settings.private_share * sampled, LEAST)))


def _sent(held: Sequence[Binned]) -> Numbers:
    """int64[accounts], requests of each account."""
    accounts = 1 + max((int(part.accounts.max()) for part in held if len(part.accounts)), default=-1)
    found = np.zeros(accounts, np.int64)
    for part in held:
        found += np.bincount(part.accounts, minlength=accounts)
    return found


def _sampled(held: Sequence[Binned], share: npt.NDArray[np.float64]) -> tuple[Numbers, Words, Numbers]:
    """Every use in a sample of whole conversations: (bounds int64[accounts + 1], where the shingles of each account
    begin and end; the shingles; requests sampled of each account)."""
    chosen, sampled, uses = [], np.zeros(len(share), np.int64), np.zeros(len(share), np.int64)
    for part in held:
        mixed = (part.conversations.view(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(40)
        own = mixed < share[part.accounts] * (1 << 24)
        sampled += np.bincount(part.accounts[own], minlength=len(share))
        uses += np.bincount(part.accounts[own], part.lengths[own], len(share)).astype(np.int64)
        chosen.append(own)
    bounds = np.append(0, np.cumsum(uses))
    shingles, following = np.zeros(bounds[-1], np.uint64), bounds[:-1].copy()
    for part, own in zip(held, chosen, strict=True):
        _put_sampled(part.shingles, part.texts, part.accounts, own, following, shingles)
    return bounds, shingles, sampled


def _templates(held: Sequence[Binned], heavy: Heavy, k: int) -> tuple[Words, Numbers, Numbers]:
    """(shingles, uses of each, phrase of each) of what fills the requests of several accounts, of fewer than k in all.

    Accounts that share :data:`TOGETHER` such shingles belong together; the smallest shingle names them.
    """
    every, often = np.unique(heavy.shingles, return_counts=True)
    names = every[often > 1]
    uses, users = np.zeros(len(names), np.int64), np.zeros((len(names), k), np.int32) - 1
    table = numbered(names)
    for part in held:
        _tally(table, names, part.shingles, part.texts, part.accounts, uses, users)
    names, uses = names[users[:, -1] < 0], uses[users[:, -1] < 0]
    kept = np.isin(heavy.shingles, names)
    accounts, account = np.unique(heavy.accounts[kept], return_inverse=True)
    column = np.searchsorted(names, heavy.shingles[kept])
    holds = csr_matrix((np.ones(len(account), np.int32), (account, column)), (len(accounts), len(names)))
    label = connected_components((holds @ holds.T) >= TOGETHER, directed=False)[1] if len(names) else account
    phrase, group = np.zeros(len(names), np.int64), np.zeros(len(names), np.int64)
    group[column] = label[account]
    for one in np.unique(group):
        phrase[group == one] = names[group == one].view(np.int64).min()
    return names, uses, phrase


def _uses(held: Sequence[Binned], names: Words, counts: Numbers, phrase: Numbers) -> pa.Table:
    """The conversations that hold at least :data:`TOGETHER` shingles of a phrase, of accounts with :data:`LEAST`.

    What an account sent less often than that may be its own text by chance, and is forgotten.
    """
    bounds = np.append(0, np.cumsum(counts))
    accounts, said = np.zeros(bounds[-1], np.int32), np.zeros(bounds[-1], np.int64)
    table, following = numbered(names), bounds[:-1].copy()
    for part in held:
        mine = _named(table, names, part.shingles)
        text = part.texts[mine]
        whose, of = part.accounts[text], part.conversations[text]
        put_by(table, names, part.shingles[mine], whose, of, following, accounts, said)
    kept = np.zeros(len(names), np.int64)
    size = distinct(bounds, accounts, said, 1, kept)
    return _often(np.repeat(phrase, kept), accounts[:size], said[:size])


def _often(phrase: Numbers, account: Accounts, said: Numbers) -> pa.Table:
    """Those uses of phrases that stand there often enough; one row each, sorted."""
    order = np.lexsort((said, account, phrase))
    first = np.flatnonzero(_changes(phrase[order], account[order], said[order]))
    often = np.diff(np.append(first, len(order))) >= TOGETHER
    order = order[first[often]]
    pair = np.flatnonzero(_changes(phrase[order], account[order]))
    many = np.diff(np.append(pair, len(order)))
    kept = order[np.repeat(many >= LEAST, many)]
    return pa.table([pa.array(column[kept]) for column in (phrase, account, said)], schema=PRIVATE_USES)


def _changes(*columns: npt.NDArray[np.integer]) -> npt.NDArray[np.bool_]:
    """bool[n], where a row is another than that before it; the first one is."""
    found = np.ones(len(columns[0]), np.bool_)
    found[1:] = np.any([column[1:] != column[:-1] for column in columns], axis=0)
    return found


@numba.njit(cache=True, nogil=True)
def _put_sampled(
    shingles: Words,
    texts: Accounts,
    accounts: Accounts,
    chosen: npt.NDArray[np.bool_],
    following: Numbers,
    put: Words,
) -> None:
    """Put each use of a chosen text at the next free place of its account."""
    for use in range(shingles.size):
        if chosen[texts[use]]:
            whose = accounts[texts[use]]
            put[following[whose]] = shingles[use]
            following[whose] += 1


@numba.njit(cache=True, nogil=True)
def _fills(bounds: Numbers, shingles: Words, least: npt.NDArray[np.float64]) -> tuple[Accounts, Words]:
    """(accounts, shingles) of those that stand at least so often among an account's, which are sorted in place."""
    accounts, found, many = np.zeros(shingles.size, np.int32), np.zeros(shingles.size, np.uint64), 0
    for account in range(bounds.size - 1):
        own = shingles[bounds[account] : bounds[account + 1]]
        own.sort()
        first = 0
        for place in range(1, own.size + 1):
            if place == own.size or own[place] != own[first]:
                if place - first >= least[account]:
                    accounts[many], found[many] = account, own[first]
                    many += 1
                first = place
    return accounts[:many].copy(), found[:many].copy()


@numba.njit(cache=True, nogil=True)
def _named(table: Accounts, names: Words, shingles: Words) -> Numbers:
    """int64, ascending: which of the shingles are names."""
    found, many = np.zeros(shingles.size, np.int64), 0
    for use in range(shingles.size):
        if find_name(table, names, shingles[use]) >= 0:
            found[many] = use
            many += 1
    return found[:many].copy()


@numba.njit(cache=True, nogil=True)
def _tally(
    table: Accounts, names: Words, shingles: Words, texts: Accounts, whose: Accounts, uses: Numbers, users: Accounts
) -> None:
    """Count the uses of each name, and note its first users: int32[g, k], -1 where there are fewer."""
    for use in range(shingles.size):
        number = find_name(table, names, shingles[use])
        if number < 0:
            continue
        uses[number] += 1
        own = whose[texts[use]]
        for user in range(users.shape[1]):
            if users[number, user] == own:
                break
            if users[number, user] < 0:
                users[number, user] = own
                break
