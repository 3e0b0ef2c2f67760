"""Prompt collectors: hobbyists at home who try prompts of one public collection, the popular ones more often."""

from __future__ import annotations

import numpy as np

from iolaus.simulate.accounts import Traits
from iolaus.simulate.crowds.individuals import chat
from iolaus.simulate.draws import mix
from iolaus.simulate.ground import Ground, Play
from iolaus.simulate.traffic import Population, plays

NAME = "prompt_collectors"
GUILTY = "prompt (the wording of one collection), items (one list, the same prompts word for word from many accounts)"
DECLARES = "nothing: homes, hours and chats of their own; items repeat as they do where a list is public"

COLLECTION = 350
"""Prompts of the public collection."""

POPULAR = 2.2
"""How unequal they are: the exponent under which a uniform draw becomes a place in the list."""

TRIES = 0.55
"""Share of conversations that try a prompt of the collection."""

LISTED = (
    (Play("persona", "ask_more", "collected", plain=True), 0.6),
    (Play("persona", "ask_more", "collected_b", plain=True), 0.4),
)


def build(ground: Ground, count: int) -> Population:
    """``count`` people who chat, and try what the collection holds."""
    people = chat(ground, count, NAME, Traits(networks=(("home", 1.0),)), 1.5)
    rng, made = ground.generator(), people.talks
    number = len(made["start"])
    tries = rng.random(number) < TRIES
    place = (COLLECTION * rng.random(number) ** POPULAR).astype(np.int64)
    listed = plays(ground, np.random.default_rng(ground.seed), COLLECTION, LISTED)
    made["play"] = np.where(tries, listed[place], made["play"])
    made["item"] = np.where(tries, mix(place, 74_001), made["item"])
    made["author"] = np.where(tries, mix(place // 3, 74_002), made["author"])
    made["topic"] = ground.topics_of(made["author"], made["item"])
    return people
