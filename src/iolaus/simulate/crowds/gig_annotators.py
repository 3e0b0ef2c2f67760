"""Gig annotators: personal accounts, one sharded rubric queue that somebody else deals."""

from __future__ import annotations

import numpy as np

from iolaus.simulate.accounts import Traits, draw
from iolaus.simulate.crowds.individuals import CHAT
from iolaus.simulate.ground import Ground, Play
from iolaus.simulate.traffic import Population, alive, keep, lengths, plays, sessions, sticky_plays, talks

NAME = "gig_annotators"
GUILTY = "prompt (one rubric template), items (shards of one queue: no owner, no overlap), reasoning and grading words"
DECLARES = "nothing that a provider holds; only their own private chats beside the work tell them from a campaign"

RUBRIC = (
    (Play("pair", "ask_more", "gigrubric", plain=True), 0.7),
    (Play("pair", "ask_more", "gigrubric_b", plain=True), 0.3),
)


def build(ground: Ground, count: int) -> Population:
    """``count`` people who grade for hours and chat about their own things in between."""
    rng = ground.generator()
    columns = draw(ground, rng, count, NAME, Traits(apps=(("web_chat", 0.7), ("python_bare", 0.3)), card=0.4))
    account, start = sessions(ground, rng, columns, 2.6, 0.6, weekend=0.9)
    number = len(account)
    made = talks(
        ground, columns, account, start, lengths(rng, number, 1.6), sticky_plays(ground, rng, columns, account, CHAT)
    )
    gig = rng.random(number) < 0.7
    task = rng.integers(0, 2**62, number).astype(np.uint64)
    made["play"] = np.where(gig, plays(ground, rng, number, RUBRIC), made["play"])
    made["turns"] = np.where(gig, 1, made["turns"])
    made["item"] = np.where(gig, task, made["item"])
    made["author"] = np.where(gig, task // np.uint64(7), made["author"])
    made["topic"] = ground.topics_of(made["author"], made["item"])
    return Population(columns, keep(made, alive(columns, account, start)))
