"""People who pass conversations on: to their second account, to friends, or to everybody by a link."""

from __future__ import annotations

import numpy as np

from iolaus.simulate.accounts import Traits
from iolaus.simulate.crowds.individuals import chat
from iolaus.simulate.draws import mix
from iolaus.simulate.ground import Ground, Play
from iolaus.simulate.traffic import Population, plays

NAME = "passing_on"
GUILTY = "root_hash (conversations go on in other accounts), reasoning_ref (a public example is replayed), prompt"
DECLARES = "nothing: each passes on what is their own, to a friend, or goes on from what everybody can read"

LINKS = 25
"""Conversations that somebody published and others go on with."""

FRIENDS, FOLLOWS, TRIES = 0.06, 0.05, 0.04
"""Shares of conversations that go on with the friend, begin from a published one, and try the public example."""

CIRCLE = 6
"""People of a circle in which each passes conversations on to any other; as many live in pairs."""

TEMPLATE = ((Play("maths", "ask_more", "viral_tutor", plain=True), 0.6), (Play("ask", "ask_more", "viral_tutor"), 0.4))
EXAMPLE = ((Play("maths", "ask_more", "viral_chain", plain=True, replay=True), 1.0),)


def build(ground: Ground, count: int) -> Population:
    """``count`` people who chat with one popular prompt, in pairs or circles of friends; one in five uses only it."""
    people = chat(ground, count, NAME, Traits(), 1.6)
    rng, made = ground.generator(), people.talks
    number, account = len(made["start"]), made["account"].astype(np.int64)
    what = rng.random(number)
    passes = what < FRIENDS
    follows = (what >= FRIENDS) & (what < FRIENDS + FOLLOWS)
    tries = (what >= FRIENDS + FOLLOWS) & (what < FRIENDS + FOLLOWS + TRIES)
    size = np.where(account // CIRCLE % 2 == 0, 2, CIRCLE)
    friend = np.minimum(account // size * size + rng.integers(0, CIRCLE, number) % size, count - 1)
    made["next"] = np.where(passes & (friend != account), friend, -1)
    made["turns"] = np.where(passes | follows, np.maximum(made["turns"], 3), made["turns"])
    link = mix(rng.integers(0, LINKS, number), ground.seed + 31)
    made["skip"] = np.where(follows, 1 + link.astype(np.int64) % 2, 0)
    made["item"] = np.where(follows, link, made["item"])
    worded = (rng.random(number) < 0.5) | (account % 5 == 0)
    made["play"] = np.where(worded, plays(ground, rng, number, TEMPLATE), made["play"])
    made["play"] = np.where(tries, plays(ground, rng, number, EXAMPLE), made["play"])
    made["author"] = np.where(tries, mix(np.full(number, ground.seed), 33), made["author"])
    return people
