"""Several keys: shops, founders, freelancers and developers who run three to five accounts with one template."""

from __future__ import annotations

import numpy as np

from iolaus.simulate.accounts import DEVELOPERS, Columns, draw
from iolaus.simulate.ground import DAY, HOUR, Ground, Ints, Play, addresses
from iolaus.simulate.traffic import Population, keep, plays, talks

NAME = "several_keys"
GUILTY = "prompt (one private template), request rate, jobs that all keys of a shop share, one queue, ip, card"
DECLARES = "nothing but what they show: one card or device, or work of their own that is not worth training on"

OWN = (
    (Play("document", "ask_more", "owntemplate", plain=True), 0.4),
    (Play("ticket", "ask_more", "owntemplate", plain=True), 0.3),
    (Play("answer", "ask_more", "owntemplate", plain=True), 0.3),
)
SIZES = (4, 5, 3, 3)
"""Accounts of a shop, of founders, of freelancers, and of one developer."""

DAILY = 400
"""Requests an account and day."""


def build(ground: Ground, count: int) -> Population:
    """``count`` accounts in groups by turns.

    A shop: keys on one card and one address, one queue, one clock. Founders: the same work, each with a card and a
    home of his own. Freelancers: one proxy and one customer's template, works and hours of their own. A developer:
    accounts on one device, used one after the other.
    """
    rng = ground.generator()
    traits = DEVELOPERS.with_(tiers=(0, 0, 0.4, 0.4, 0.2), new_share=0.0, suspended=0.0)
    columns = draw(ground, rng, count, NAME, traits)
    account, start = np.zeros(0, np.int64), np.zeros(0, np.int64)
    head, first, kind = np.zeros(count, np.int64), 0, 0
    while first < count:
        mine = np.arange(first, min(first + SIZES[kind], count))
        _share(ground, rng, columns, mine, kind)
        whose, when = _work(ground, rng, mine, kind)
        account, start = np.concatenate([account, whose]), np.concatenate([start, when])
        head[mine] = first
        first, kind = first + SIZES[kind], (kind + 1) % len(SIZES)
    work = plays(ground, rng, count, OWN)[head[account]]
    made = talks(ground, columns, account, start, np.ones(len(account), np.int64), work)
    made["author"] = columns["taste"][head[account]].astype(np.uint64)
    made["topic"] = ground.topics_of(made["author"], made["item"])
    return Population(columns, keep(made, np.argsort(made["start"], kind="stable")))


def _share(ground: Ground, rng: np.random.Generator, columns: Columns, mine: Ints, kind: int) -> None:
    """What a group's accounts have in common but for their work."""
    if kind in (0, 3):
        columns["card" if kind == 0 else "device"][mine] = ground.fresh(1)[0]
    if kind in (0, 2):
        columns["book"][mine] = ground.pool(addresses(rng, "office" if kind == 0 else "cloud", 1))
        columns["book_size"][mine] = 1


def _work(ground: Ground, rng: np.random.Generator, mine: Ints, kind: int) -> tuple[Ints, Ints]:
    """(account, time) of every request: jobs of a group, dealt to its keys, or each account's own days and hours."""
    number = DAILY * ground.days * len(mine)
    whose = mine[rng.integers(0, len(mine), number)]
    if kind in (0, 1):
        runs = ground.start + (rng.random(3 * ground.days) * (ground.days - 0.1) * DAY).astype(np.int64)
        return whose, runs[rng.integers(0, len(runs), number)] + (rng.random(number) * 1.5 * HOUR).astype(np.int64)
    day = rng.integers(0, ground.days, number)
    hour = (8 + 3 * np.arange(len(mine)) % 12)[whose - mine[0]] + rng.normal(2.0, 1.0, number)
    if kind == 3:
        whose = mine[day % len(mine)]
    return whose, ground.start + day * DAY + (np.clip(hour, 0, 23.9) * HOUR).astype(np.int64)
