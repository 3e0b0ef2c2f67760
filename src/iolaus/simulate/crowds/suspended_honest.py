"""Honest accounts that were suspended: for spam, for a card that failed; some come back under a new account."""

from __future__ import annotations

import numpy as np

from iolaus.simulate.accounts import Traits
from iolaus.simulate.crowds.individuals import chat
from iolaus.simulate.ground import DAY, HOUR, Ground
from iolaus.simulate.traffic import Population, alive, keep

NAME = "suspended_honest"
GUILTY = "suspended_at, suspended_reason, a new account from the same device days later"
DECLARES = "nothing: a ban is not proof"


def build(ground: Ground, count: int) -> Population:
    """``count`` people, a third of them the second account of another one."""
    people = chat(ground, count, NAME, Traits(card=0.6, new_share=0.0))
    rng = ground.generator()
    columns = people.accounts
    when = ground.start + (rng.uniform(0.1, 0.85, count) * ground.days * DAY).astype(np.int64)
    back = count // 3
    banned = np.arange(count) >= back
    columns["suspended"] = np.where(banned, when, -1)
    columns["status"] = banned.astype(np.int64)
    columns["reason"] = np.where(banned, rng.choice(2, count, p=[0.45, 0.55]), -1)
    first = back + np.arange(back)
    columns["created"][:back] = when[first] + (rng.uniform(1, 60, back) * HOUR).astype(np.int64)
    columns["verified"][:back] = columns["created"][:back] + HOUR
    for name in ("device", "taste", "signup_ip", "book", "book_size", "zone"):
        columns[name][:back] = columns[name][first]
    talks = people.talks
    talks["author"] = columns["taste"][talks["account"]].astype(np.uint64)
    talks["topic"] = ground.topics_of(talks["author"], talks["item"])
    return Population(columns, keep(talks, alive(columns, talks["account"], talks["start"])))
