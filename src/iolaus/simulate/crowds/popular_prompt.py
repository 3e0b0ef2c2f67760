"""Users of one popular prompt: strangers who paste the same words, reasoning words among them."""

from __future__ import annotations

import numpy as np

from iolaus.simulate.crowds.individuals import CHAT, chat
from iolaus.simulate.ground import Ground, Play
from iolaus.simulate.traffic import Population, plays

NAME = "popular_prompt"
GUILTY = "prompt ('think step by step like a world-class expert', rubrics, JSON: one template in most conversations)"
DECLARES = "nothing: what they paste it before differs from person to person"

VIRAL = tuple(
    (Play(items, more, family, plain=True), share)
    for items, more, family, share in (
        ("ask", "ask_more", "viral_expert", 0.45),
        ("code", "code_more", "viral_expert", 0.2),
        ("maths", "ask_more", "viral_tutor", 0.1),
        ("answer", "ask_more", "viral_critic", 0.15),
        ("ask", "ask_more", "viral_chain", 0.1),
    )
)


def build(ground: Ground, count: int) -> Population:
    """``count`` people of whom each uses the prompt for most of what they ask."""
    people = chat(ground, count, NAME)
    rng = ground.generator()
    number = len(people.talks["start"])
    viral = rng.random(number) < 0.75
    mine = plays(ground, rng, count, VIRAL)[people.talks["account"]]
    people.talks["play"] = np.where(viral, mine, plays(ground, rng, number, CHAT))
    return people
