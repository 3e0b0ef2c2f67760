"""What accounts of one hand share: cards, devices, vouchers, hours of sign-up, addresses."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from iolaus.simulate.accounts import Columns
from iolaus.simulate.ground import DAY, HOUR, SECOND, Ground
from iolaus.simulate.scenario import Campaign, Identity, Network

Addresses = npt.NDArray[np.uint32]


def identity(ground: Ground, rng: np.random.Generator, columns: Columns, plan: Identity) -> None:
    """Let a few accounts share cards and devices, and sign some up in bursts."""
    count = len(columns["created"])
    for name, share, size in (
        ("card", plan.shared_cards, plan.card_group),
        ("device", plan.shared_devices, 3),
        ("referral", plan.shared_referral, 4),
    ):
        hit = np.flatnonzero((rng.random(count) < share) & ((columns[name] >= 0) | (name == "referral")))
        if len(hit) > 1:
            groups = max(round(len(hit) / size), 1)
            columns[name][hit] = ground.fresh(groups)[np.arange(len(hit)) % groups]
    if plan.aged_days:
        late = columns["created"] > ground.start - plan.aged_days * DAY
        shift = ground.start - plan.aged_days * DAY - rng.exponential(40 * DAY, count)
        columns["created"] = np.where(late, shift.astype(np.int64), columns["created"])
    burst = rng.random(count) < plan.burst_share
    early = columns["created"][columns["created"] < ground.start - DAY]
    early = early if len(early) else np.array([ground.start - 9 * DAY])
    marks = early[rng.integers(0, len(early), plan.bursts)]
    when = marks[rng.integers(0, plan.bursts, count)] + rng.exponential(HOUR, count)
    columns["created"] = np.where(burst, when.astype(np.int64), columns["created"])
    young = columns["created"] > ground.start + ground.days * DAY // 3
    columns["created"] = np.where(young, columns["created"] - ground.days * DAY, columns["created"])
    columns["verified"] = columns["created"] + (rng.exponential(2.0, count) * HOUR).astype(np.int64) + 40 * SECOND


def network(ground: Ground, rng: np.random.Generator, columns: Columns, plan: Network, pool: Addresses) -> None:
    """Put some accounts on the ``pool`` that the operator's accounts share.

    Each holds as many addresses of it, and moves as often, as its look-alike does of its own; where a lease is
    stated, it moves by that.
    """
    if not len(pool):
        return
    mine = np.flatnonzero(rng.random(len(columns["created"])) < plan.share)
    held = columns["book_size"][mine].astype(np.int64)
    if plan.lease_hours:
        held = np.maximum(held, 12)
        columns["lease"][mine] = plan.lease_hours
    first = np.cumsum(held) - held
    book = pool[rng.integers(0, len(pool), int(held.sum()))]
    columns["book"][mine] = ground.pool(book) + first
    columns["book_size"][mine] = held
    columns["signup_ip"][mine] = book[first].astype(np.int64)


def pool(ground: Ground, rng: np.random.Generator, plan: Network, scale: float) -> Addresses:
    """The addresses that the operator's accounts share; none where each has its own."""
    return ground.exits(rng, plan.kind, max(round(plan.pool * scale), 2) if plan.pool else 0)


def copy(rng: np.random.Generator, columns: Columns, copied: Columns) -> None:
    """Give each account the program and, by its taste, the system prompt of one of the accounts that are copied."""
    like = rng.integers(0, len(copied["app"]), len(columns["app"]))
    columns["app"], columns["taste"] = copied["app"][like], copied["taste"][like]


def neighbours(ground: Ground, rng: np.random.Generator, copied: Columns, count: int) -> Addresses:
    """``count`` addresses at most in the /24s of the accounts that are copied, none of them theirs."""
    if not count:
        return np.zeros(0, np.uint32)
    known = np.concatenate(ground.pools)
    size = copied["book_size"].astype(np.int64)
    place = np.arange(int(size.sum())) - np.repeat(np.cumsum(size) - size, size)
    theirs = np.unique(known[np.repeat(copied["book"], size) + place])
    blocks = np.unique(theirs >> np.uint32(8)) << np.uint32(8)
    beside = np.setdiff1d((blocks[:, None] + np.arange(1, 255, dtype=np.uint32)).ravel(), theirs)
    return rng.permutation(beside)[:count].astype(np.uint32)


def pivot(columns: Columns, campaign: Campaign) -> None:
    """Mark which accounts move to the new model: they adopt it within a day."""
    count = len(columns["created"])
    moves = np.arange(count) < round(count * (campaign.pivot.share if campaign.pivot else 0))
    columns["adopts"] = np.where(moves, -1, np.maximum(columns["adopts"], 500))
