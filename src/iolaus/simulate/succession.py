"""Bans, and what the operator does next: each slot of the campaign is a chain of accounts."""

from __future__ import annotations

import numpy as np

from iolaus.simulate.accounts import Columns, addresses_of
from iolaus.simulate.ground import DAY, HOUR, SECOND, Ground, Ints
from iolaus.simulate.scenario import Campaign
from iolaus.simulate.signup import Addresses, network
from iolaus.simulate.traffic import Population, join, keep


def succession(
    ground: Ground, rng: np.random.Generator, people: Population, campaign: Campaign, pool: Addresses
) -> list[Ints]:
    """Ban accounts in waves and let successors take their place; returns the chain of accounts of each slot.

    ``pool``: addresses that the operator's accounts share, successors among them.
    """
    plan, columns = campaign.bans, people.accounts
    count = people.size
    chains: list[list[int]] = [[n] for n in range(count)]
    honest_fate = columns["suspended"] >= 0
    columns["suspended"] = np.where(honest_fate & (rng.random(count) < 0.5), -1, columns["suspended"])
    columns["status"] = (columns["suspended"] >= 0).astype(np.int64)
    if ground.verdicts:
        return _by_verdict(ground, people, campaign, chains, pool)
    if not plan.share:
        return [np.array(chain) for chain in chains]
    waves = ground.start + np.sort(rng.uniform(plan.from_day, ground.days * 0.8, plan.waves)) * DAY
    span = (ground.days * DAY - plan.from_day * DAY) / (plan.rounds + 0.5)
    current = np.flatnonzero(rng.random(count) < plan.share)
    when = waves[rng.integers(0, plan.waves, len(current))] if plan.rounds == 1 else (
        ground.start + plan.from_day * DAY + rng.random(len(current)) * span
    )  # fmt: skip
    slot = current.copy()
    for _ in range(plan.rounds):
        when = when + rng.exponential(1.5 * HOUR, len(current))
        inside = when < ground.end - 20 * HOUR
        current, when, slot = current[inside], when[inside], slot[inside]
        if not len(current):
            break
        columns = people.accounts
        columns["suspended"][current] = when.astype(np.int64)
        columns["status"][current] = 1
        columns["reason"][current] = 0
        fresh = keep(columns, current)
        _renew(ground, rng, fresh, when, campaign, columns["created"], pool)
        first = len(columns["created"])
        people.accounts = join([columns, fresh])
        for n, place in enumerate(slot):
            chains[place].append(first + n)
        current = first + np.arange(len(slot))
        when = when + rng.uniform(0.6, 1.0, len(slot)) * span
    return [np.array(chain) for chain in chains]


def _renew(
    ground: Ground, rng: np.random.Generator, fresh: Columns, when: np.ndarray, campaign: Campaign, ages: Ints,
    pool: Addresses,
) -> None:  # fmt: skip
    """Turn copies of banned accounts into their successors: new identity, same habits, some kept in reserve.

    ``starts`` says from when on a successor works; those in reserve are as old as the look-alike's accounts are.
    """
    count, plan = len(when), campaign.bans
    delay = rng.uniform(*plan.successor_hours, count) * HOUR
    fresh["starts"] = (when + delay).astype(np.int64)
    fresh["created"] = (when + delay - rng.uniform(0.2, 0.6, count) * delay).astype(np.int64)
    aged = rng.random(count) < plan.reserve
    older = np.minimum(ages[rng.integers(0, len(ages), count)], fresh["created"])
    fresh["created"] = np.where(aged, older, fresh["created"])
    fresh["verified"] = fresh["created"] + (rng.exponential(2.0, count) * HOUR).astype(np.int64) + 40 * SECOND
    fresh["status"][:] = 0
    fresh["suspended"][:] = -1
    fresh["reason"][:] = -1
    keeps = rng.random(count) < 0.06
    fresh["card"] = np.where((fresh["card"] >= 0) & ~keeps, ground.fresh(count), fresh["card"])
    fresh["device"] = np.where((fresh["device"] >= 0) & (rng.random(count) > 0.2), ground.fresh(count), fresh["device"])
    fresh["mail"] = np.where(fresh["mail"] >= 1_000, 1_000 + ground.fresh(count), fresh["mail"])
    fresh["tier"] = np.minimum(fresh["tier"], 2)
    fresh["variant"] = rng.integers(0, 2**62, count)
    fresh["taste"] = rng.integers(0, 2**62, count)
    fresh |= addresses_of(ground, rng, fresh["network"], fresh["book_size"].astype(np.int64))
    network(ground, rng, fresh, campaign.network, pool)


def _by_verdict(
    ground: Ground, people: Population, campaign: Campaign, chains: list[list[int]], pool: Addresses
) -> list[Ints]:
    """Successors for the accounts that verdicts suspended; each wave draws from a generator of its own."""
    slot = list(range(people.size))
    for wave, (moment, ids) in enumerate(ground.verdicts):
        columns = people.accounts
        names = ground.names(ground.part, people.size)
        hit = np.array([n for n, name in enumerate(names) if name in ids and columns["suspended"][n] < 0], np.int64)
        if not len(hit):
            continue
        columns["suspended"][hit], columns["status"][hit], columns["reason"][hit] = moment, 1, 0
        fresh = keep(columns, hit)
        rng = np.random.default_rng([ground.seed, ground.part, 7, wave])
        _renew(ground, rng, fresh, np.full(len(hit), float(moment)), campaign, columns["created"], pool)
        for n, place in enumerate(hit):
            chains[slot[place]].append(people.size + n)
            slot.append(slot[place])
        people.accounts = join([columns, fresh])
    return [np.array(chain) for chain in chains]


def suspend(ground: Ground, part: int, columns: Columns) -> None:
    """Enforce verdicts on accounts that nobody replaces."""
    if not ground.verdicts:
        return
    names = ground.names(part, len(columns["created"]))
    for moment, ids in ground.verdicts:
        for n, name in enumerate(names):
            if name in ids and columns["suspended"][n] < 0:
                columns["suspended"][n], columns["status"][n], columns["reason"][n] = moment, 1, 0
