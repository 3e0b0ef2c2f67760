"""Readers of one post about a new model: they try it the same day, with the prompt of the post."""

from __future__ import annotations

import numpy as np

from iolaus.simulate.crowds import early_adopters
from iolaus.simulate.ground import Ground, Play
from iolaus.simulate.traffic import Population, plays

NAME = "release_readers"
GUILTY = "model (most of their traffic moves within 24 hours of a release), prompt (one published template)"
DECLARES = "nothing: they move together and write alike because they read the same"

POST = ((Play("maths", "ask_more", "viral_expert", plain=True), 0.5), (Play("ask", "ask_more", "viral_expert"), 0.5))


def build(ground: Ground, count: int) -> Population:
    """``count`` early adopters, half of whose conversations use one published prompt."""
    people = early_adopters.build(ground, count)
    rng, number = ground.generator(), len(people.talks["start"])
    people.talks["play"] = np.where(rng.random(number) < 0.5, plays(ground, rng, number, POST), people.talks["play"])
    people.accounts["crowd"][:] = ground.crowd(NAME)
    return people
