"""Strangers with one learning extension over one public problem bank, each with a key of their own."""

from __future__ import annotations

import numpy as np

from iolaus.simulate.accounts import Traits, draw
from iolaus.simulate.draws import mix
from iolaus.simulate.ground import Ground, Play
from iolaus.simulate.traffic import Population, alive, keep, lengths, plays, sessions, talks

NAME = "learning_extension"
GUILTY = "prompt (one template), system_prompt, user_agent, items (one bank, the same for all), reasoning words"
DECLARES = "nothing: items repeat across accounts more than chance, as they do where a bank is popular"

BANK = 4_000
"""Problems of the public bank; early chapters are asked most."""
PROBLEM = (
    (Play("maths", "ask_more", "learnext", plain=True), 0.75),
    (Play("logic", "ask_more", "learnext", plain=True), 0.25),
)


def build(ground: Ground, count: int) -> Population:
    """``count`` learners; each works through a few chapters of the bank."""
    rng = ground.generator()
    columns = draw(ground, rng, count, NAME, Traits(apps=(("learn", 1.0),), tiers=(0.5, 0.4, 0.1, 0, 0)))
    account, start = sessions(ground, rng, columns, 1.4, 0.8)
    made = talks(
        ground, columns, account, start, lengths(rng, len(account), 2.0), plays(ground, rng, len(account), PROBLEM)
    )
    chapter = (rng.beta(0.7, 2.0, count) * BANK * 0.9).astype(np.int64)[account]
    problem = (chapter + rng.integers(0, BANK // 10, len(account))) % BANK
    made["item"] = mix(problem, 60_001)
    made["author"] = mix(problem // 40, 60_002)
    made["topic"] = ground.topics_of(made["author"], made["item"])
    return Population(columns, keep(made, alive(columns, account, start)))
