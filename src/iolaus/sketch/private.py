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

from iolaus.sketch.groups import Accounts, Held, Numbers, distinct, find_name, gathered, numbered
from iolaus.sketch.popular import Words
from iolaus.sketch.settings import SketchSettings
from iolaus.sketch.uses import read_held
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


def keep_private(place: Path, parts: int, settings: SketchSettings) -> None:
    """Write ``private_uses.parquet`` from the shingles of every part. place: folder of the sketch."""
    held = [read_held(place / "shingles" / f"part-{number:05}.arrow") for number in range(parts)]
    heavy = heavy_hitters(held, settings)
    table = _uses(held, *_templates(held, heavy, settings.k))
    with renamed_into(place / "private_uses.parquet") as path:
        pq.write_table(table, path)


def heavy_hitters(held: Sequence[Held], settings: SketchSettings) -> Heavy:
    """The shingles that fill the requests of each account with at least ``private_least`` of them."""
    sent = _sent(held)
    share = np.where(sent >= settings.private_least, settings.private_sample / np.maximum(sent, 1), 0.0)
    cost = sum(int((np.diff(part.offsets) * np.minimum(share[part.accounts], 1.0)).sum()) for part in held)
    log.info("private templates: %d accounts send much, %s uses to count", int((share > 0).sum()), f"{cost:,}")
    if cost > settings.private_uses:
        log.warning("private templates: over sketch.private_uses; fewer requests of each account are counted")
        share *= settings.private_uses / cost
    accounts, shingles, sampled = _sampled(held, share)
    order = np.lexsort((shingles, accounts))
    accounts, shingles = accounts[order], shingles[order]
    first = np.flatnonzero((np.diff(accounts, prepend=-1) != 0) | (np.diff(shingles.view(np.int64), prepend=0) != 0))
    count = np.diff(np.append(first, len(accounts)))
    whose = accounts[first]
    fills = count >= np.maximum(settings.private_share * sampled[whose], LEAST)
    return Heavy(whose[fills], shingles[first][fills])


def _sent(held: Sequence[Held]) -> Numbers:
    """int64[accounts], requests of each account."""
    accounts = 1 + max((int(part.accounts.max()) for part in held if len(part.accounts)), default=-1)
    found = np.zeros(accounts, np.int64)
    for part in held:
        found += np.bincount(part.accounts, minlength=accounts)
    return found


def _sampled(held: Sequence[Held], share: npt.NDArray[np.float64]) -> tuple[Accounts, Words, Numbers]:
    """(account, shingle) of every use in a sample of whole conversations, and requests sampled of each account."""
    accounts, shingles, sampled = [], [], np.zeros(len(share), np.int64)
    for part in held:
        mixed = (part.conversations.view(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(40)
        chosen = mixed < share[part.accounts] * (1 << 24)
        lengths = np.diff(part.offsets)
        sampled += np.bincount(part.accounts[chosen], minlength=len(share))
        accounts.append(np.repeat(part.accounts[chosen], lengths[chosen]))
        rows = np.repeat(chosen, lengths)
        shingles.append(part.shingles[part.offsets[0] : part.offsets[-1]][rows].view(np.uint64))
    empty = np.zeros(0, np.int32), np.zeros(0, np.uint64)
    return np.concatenate([*accounts, empty[0]]), np.concatenate([*shingles, empty[1]]), sampled


def _templates(held: Sequence[Held], heavy: Heavy, k: int) -> tuple[Words, Numbers, Numbers]:
    """(shingles, uses of each, phrase of each) of what fills the requests of several accounts, of fewer than k in all.

    Accounts that share :data:`TOGETHER` such shingles belong together; the smallest shingle names them.
    """
    every, often = np.unique(heavy.shingles, return_counts=True)
    names = every[often > 1]
    uses, users = np.zeros(len(names), np.int64), np.zeros((len(names), k), np.int32) - 1
    table = numbered(names)
    for part in held:
        _tally(table, names, part.offsets, part.shingles.view(np.uint64), part.accounts, uses, users)
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


def _uses(held: Sequence[Held], names: Words, counts: Numbers, phrase: Numbers) -> pa.Table:
    """The conversations that hold at least :data:`TOGETHER` shingles of a phrase, of accounts with :data:`LEAST`.

    What an account sent less often than that may be its own text by chance, and is forgotten.
    """
    bounds, accounts, said = gathered(held, names, counts)
    kept = np.zeros(len(names), np.int64)
    size = distinct(bounds, accounts, said, 1, kept)
    rows = np.stack([np.repeat(phrase, kept), accounts[:size].astype(np.int64), said[:size]], 1)
    found, times = np.unique(rows, axis=0, return_counts=True)
    found = found[times >= TOGETHER]
    _, pair, often = np.unique(found[:, :2], axis=0, return_inverse=True, return_counts=True)
    found = found[often[pair.ravel()] >= LEAST]
    columns = found[:, 0], found[:, 1].astype(np.int32), found[:, 2]
    return pa.table([pa.array(column) for column in columns], schema=PRIVATE_USES)


@numba.njit(cache=True, nogil=True)
def _tally(
    table: Accounts, names: Words, offsets: Numbers, shingles: Words, whose: Accounts, uses: Numbers, users: Accounts
) -> None:
    """Count the uses of each name, and note its first users: int32[g, k], -1 where there are fewer."""
    for text in range(whose.size):
        for place in range(offsets[text], offsets[text + 1]):
            number = find_name(table, names, shingles[place])
            if number < 0:
                continue
            uses[number] += 1
            for user in range(users.shape[1]):
                if users[number, user] == whose[text]:
                    break
                if users[number, user] < 0:
                    users[number, user] = whose[text]
                    break
