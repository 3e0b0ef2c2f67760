"""A declared firm: twenty keys on one queue, verified, and open about it."""

from __future__ import annotations

import numpy as np

from iolaus.simulate.accounts import DEVELOPERS, draw
from iolaus.simulate.crowds.enterprise import company
from iolaus.simulate.ground import DAY, HOUR, SECOND, Ground, Play
from iolaus.simulate.traffic import OFFICE, Population, plays, talks

NAME = "declared_firm"
GUILTY = "prompt (one template), the items (one queue over all accounts), ip, payment_fingerprint, request rate"
DECLARES = "legal_entity_id, verification business, organization_id, created_at long before"

QUEUE = (
    (Play("document", "ask_more", "firmqueue", plain=True), 0.7),
    (Play("ownitem", "ask_more", "firmqueue", plain=True), 0.3),
)


def build(ground: Ground, count: int) -> Population:
    """``count`` accounts fed from one queue at random, by day."""
    rng = ground.generator()
    columns = draw(
        ground, rng, count, NAME, DEVELOPERS.with_(apps=(("python_sdk", 1.0),), new_share=0.0, suspended=0.0)
    )
    company(ground, rng, columns)
    columns["app"][:] = columns["app"][0]
    columns["taste"][:] = columns["taste"][0]
    number = count * ground.days * 22
    day = rng.integers(0, ground.days, number)
    hour = rng.choice(24, number, p=(OFFICE + 1) / (OFFICE + 1).sum())
    start = (
        ground.start + day * DAY + ((hour - columns["zone"][0]) % 24) * HOUR + rng.integers(0, 3600 * SECOND, number)
    )
    account = rng.integers(0, count, number)
    made = talks(ground, columns, account, start, np.ones(number, np.int64), plays(ground, rng, number, QUEUE))
    made["author"] = np.asarray(made["item"] // np.uint64(3), np.uint64)
    made["topic"] = ground.topics_of(made["author"], made["item"])
    return Population(columns, made)
