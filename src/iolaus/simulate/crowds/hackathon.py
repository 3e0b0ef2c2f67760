"""A hackathon: a burst of sign-ups from one network, vouchers, and code until the morning."""

from __future__ import annotations

import numpy as np

from iolaus.simulate.accounts import DEVELOPERS, draw
from iolaus.simulate.ground import DAY, HOUR, SECOND, Ground, Play, addresses
from iolaus.simulate.traffic import Population, alive, keep, lengths, sticky_plays, talks

NAME = "hackathon"
GUILTY = "created_at (within two hours), ip, signup_ip, referral (one voucher), free_credit, hours at night"
DECLARES = "referral known to the provider; teams with ideas of their own"

PLAYS = (
    (Play("code", "code_more", "hackathon", plain=True), 0.35),
    (Play("code", "code_more"), 0.4),
    (Play("task", "step"), 0.1),
    (Play("ask"), 0.15),
)


def build(ground: Ground, count: int) -> Population:
    """``count`` people, one venue, thirty hours."""
    rng = ground.generator()
    traits = DEVELOPERS.with_(
        card=0.2, tiers=(0.9, 0.1, 0, 0, 0), apps=(("python_sdk", 0.5), ("js_sdk", 0.3), ("ide", 0.2))
    )
    columns = draw(ground, rng, count, NAME, traits)
    opening = ground.start + int(rng.uniform(0.1, max(ground.days - 2, 0.2)) * DAY)
    columns["created"] = opening + (rng.exponential(1.0, count) * HOUR).astype(np.int64)
    columns["verified"] = columns["created"] + (rng.exponential(0.2, count) * HOUR).astype(np.int64)
    columns["referral"][:] = 500 + int(rng.integers(0, 900))
    columns["credit"][:] = 50.0
    columns["suspended"][:] = -1
    columns["status"][:] = 0
    venue = ground.pool(addresses(rng, "campus", 3))
    columns["book"][:] = venue
    columns["book_size"][:] = 3
    columns["signup_ip"] = ground.pools[-1].astype(np.int64)[rng.integers(0, 3, count)]
    account = np.repeat(np.arange(count), rng.poisson(14, count))
    start = columns["created"][account] + (rng.random(len(account)) ** 0.8 * 30 * HOUR).astype(np.int64) + 20 * SECOND
    made = talks(
        ground,
        columns,
        account,
        start,
        lengths(rng, len(account), 3.0),
        sticky_plays(ground, rng, columns, account, PLAYS),
    )
    return Population(columns, keep(made, alive(columns, account, start)))
