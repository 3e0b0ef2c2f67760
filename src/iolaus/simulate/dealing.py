"""When a campaign asks, and which of its accounts asks what."""

from __future__ import annotations

import numpy as np

from iolaus.simulate.draws import mix, unit
from iolaus.simulate.ground import DAY, HOUR, SECOND, Ground, Ints
from iolaus.simulate.scenario import Campaign
from iolaus.simulate.traffic import HOURS, Population


def assign(
    ground: Ground, rng: np.random.Generator, people: Population, slots: list[Ints], campaign: Campaign, number: int
) -> tuple[Ints, Ints, Ints]:
    """Account, start and turns of about ``number`` conversations, in order of time.

    Where the pacing is the look-alike's, each account works in the sessions that its look-alike would have
    had and takes what the queue holds next; else the operator's clock decides when, and the dealing who.
    """
    low = ground.start + campaign.from_day * DAY
    high = min(ground.end, ground.start + campaign.to_day * DAY)
    if campaign.pacing == "lookalike" and len(people.talks["start"]):
        slot, start, turns = _sessions(ground, people, len(slots), low, high, number)
    else:
        start = _clock(rng, campaign, low, high, number, people.talks["start"])
        slot = _slot(rng, len(slots), campaign, len(start))
        turns = _own_turns(rng, people, slot)
    account = holder(people, slots, slot, start)
    for _ in range(4):
        idle = np.flatnonzero(account < 0)
        if not len(idle):
            break
        slot[idle] = rng.integers(0, len(slots), len(idle))
        account[idle] = holder(people, slots, slot[idle], start[idle])
    kept = account >= 0
    return account[kept], start[kept], turns[kept]


def _own_turns(rng: np.random.Generator, people: Population, slot: Ints) -> Ints:
    """Turns of each conversation: those of one of the look-alike's own, so that accounts differ as people do."""
    order = np.argsort(people.talks["account"], kind="stable")
    if not len(order):
        return np.ones(len(slot), np.int64)
    owner = people.talks["account"][order]
    first, last = np.searchsorted(owner, slot, "left"), np.searchsorted(owner, slot, "right")
    drawn = np.where(last > first, first + rng.random(len(slot)) * (last - first), rng.random(len(slot)) * len(order))
    return np.asarray(people.talks["turns"][order[drawn.astype(np.int64)]].astype(np.int64))


def _sessions(
    ground: Ground, people: Population, count: int, low: float, high: float, number: int
) -> tuple[Ints, Ints, Ints]:
    """The look-alike's own conversations, by whole blocks of six hours thinned or repeated on other days."""
    account, start = people.talks["account"].astype(np.int64), people.talks["start"].astype(np.int64)
    own = account < count
    account, start, length = account[own], start[own], people.talks["turns"][own].astype(np.int64)
    span = max(int((high - low) // DAY), 1)
    copies = max(int(np.ceil(1.15 * number / max(len(start), 1))), 1)
    slots, times = [], []
    for copy in range(copies):
        block = mix(account * 4096 + start // (6 * HOUR), 8_101 + copy)
        day = (start - ground.start) // DAY
        moved = (unit(block, 3) * span).astype(np.int64) + int((low - ground.start) // DAY)
        keeps = (copy == 0) & (day < span) & (low <= ground.start)
        late = ((unit(block, 4) - 0.5) * HOUR).astype(np.int64)
        times.append(np.where(keeps, start, start + (moved - day) * DAY + late))
        slots.append(account)
    slot, time = np.concatenate(slots), np.concatenate(times)
    dice = unit(mix(slot * 4096 + time // (6 * HOUR), 8_200), 5)
    inside = (time >= low) & (time < high)
    wanted = min(number / max(int(inside.sum()), 1), 1.0)
    chosen = np.flatnonzero(inside & (dice < wanted))
    chosen = chosen[np.argsort(time[chosen], kind="stable")]
    return slot[chosen], time[chosen], np.tile(length, copies)[chosen]


def _clock(rng: np.random.Generator, campaign: Campaign, low: float, high: float, number: int, usual: Ints) -> Ints:
    """Starts by the operator's own clock, ascending; what is synchronised starts at minutes that are ``usual``."""
    if campaign.pacing == "synchronised":
        inside = usual[(usual >= low) & (usual < high)]
        marks = low + rng.random(max(number // 40, 1)) * (high - low)
        if len(inside):
            marks = inside[rng.integers(0, len(inside), len(marks))].astype(np.float64)
        start = marks[rng.integers(0, len(marks), number)] + rng.exponential(25, number) * SECOND
    elif campaign.pacing == "paced":
        burst = max(number // 12, 1)
        marks = low + rng.random(12) * (high - low) * 0.9
        place = np.arange(number)
        pause = (place % burst) * 1.15 + rng.exponential(0.4, number)
        start = marks[(place // burst).clip(0, 11)] + pause * SECOND
    else:
        flat = (HOURS + 6) / (HOURS + 6).sum()
        hour = rng.choice(24, number, p=flat)
        days = rng.integers(0, max(int((high - low) // DAY), 1), number)
        start = low + days * DAY + ((hour - int(rng.integers(0, 24))) % 24) * HOUR + rng.random(number) * HOUR
    return np.sort(start.clip(low, high - 1).astype(np.int64))


def _slot(rng: np.random.Generator, count: int, campaign: Campaign, number: int) -> Ints:
    """The slot of each item of the queue, by the way of dealing."""
    place = np.arange(number)
    if campaign.dealing in ("round_robin", "modulo"):
        return place % count
    if campaign.dealing == "sticky":
        return (place // 6 * 7919 + 13) % count
    weight = np.exp(rng.normal(0, 0.55, count))
    return rng.choice(count, number, p=weight / weight.sum())


def holder(people: Population, slots: list[Ints], slot: Ints, start: Ints) -> Ints:
    """The account of a slot's chain that is open at a time, or -1."""
    longest = max(len(chain) for chain in slots)
    table = np.full((len(slots), longest), -1)
    for n, chain in enumerate(slots):
        table[n, : len(chain)] = chain
    found = np.full(len(slot), -1)
    created = np.maximum(people.accounts["created"], people.accounts["starts"])
    ended = people.accounts["suspended"]
    for step in range(longest):
        account = table[slot, step]
        open_ = (account >= 0) & (created[account] <= start) & ((ended[account] < 0) | (start < ended[account]))
        found = np.where(open_ & (found < 0), account, found)
    return found


def topics(campaign: Campaign, account: Ints, topic: Ints, count: int, whole: int) -> Ints:
    """The topic of each item, where the list is dealt by topic: one an account, or a shard of twelve."""
    if campaign.dealing == "topic_each":
        return (mix(account, 611) % np.uint64(whole)).astype(np.int64)
    if campaign.dealing == "topic_shards":
        shards = max(min(12, count // 4), 2)
        return (account % shards + topic // shards * shards).clip(0, whole - 1)
    return topic
