"""Night evaluators: a small firm's team that runs one public benchmark on each of its accounts, every night."""

from __future__ import annotations

import numpy as np

from iolaus.simulate.accounts import DEVELOPERS, draw
from iolaus.simulate.draws import mix
from iolaus.simulate.ground import DAY, HOUR, SECOND, Ground, Play, addresses
from iolaus.simulate.traffic import Population, alive, keep, plays, talks

NAME = "night_evaluators"
GUILTY = "prompt (one template), items (a whole benchmark from every account, in one order), one clock, ip"
DECLARES = "nothing: no organization_id; but every account asks the same items again each night, which harvests nothing"

ITEMS = 220
"""Questions of the benchmark."""

PAUSE, LAG = 7, 2.0
"""Seconds between two questions, and those by which an account is behind the clock, in the mean."""

NIGHTLY = (
    (Play("maths", "ask_more", "nightbench", plain=True), 0.6),
    (Play("logic", "ask_more", "nightbench", plain=True), 0.4),
)


def build(ground: Ground, count: int) -> Population:
    """``count`` accounts of one team, half of them with the firm's mail; one server asks for all."""
    rng = ground.generator()
    columns = draw(
        ground, rng, count, NAME, DEVELOPERS.with_(apps=(("python_bare", 1.0),), new_share=0.0, suspended=0.0)
    )
    columns["app"][:] = columns["app"][0]
    columns["mail"] = np.where(rng.random(count) < 0.5, 1_000 + ground.fresh(1)[0], columns["mail"])
    columns["book"] = np.full(count, ground.pool(addresses(rng, "cloud", 2)))
    columns["book_size"] = np.full(count, 2)
    place = np.tile(np.arange(ITEMS), count * ground.days)
    night = np.repeat(np.tile(np.arange(ground.days), count), ITEMS)
    account = np.repeat(np.arange(count), ITEMS * ground.days)
    begin = ground.start + night * DAY + int((2 - columns["zone"][0]) % 24) * HOUR
    start = begin + place * PAUSE * SECOND + (rng.exponential(LAG, len(account)) * SECOND).astype(np.int64)
    made = talks(ground, columns, account, start, np.ones(len(account), np.int64), place)
    made["play"] = plays(ground, np.random.default_rng(ground.seed), ITEMS, NIGHTLY)[place]
    made["item"] = mix(place, 75_001)
    made["author"] = mix(place // 5, 75_002)
    made["topic"] = ground.topics_of(made["author"], made["item"])
    return Population(columns, keep(made, alive(columns, account, start)))
