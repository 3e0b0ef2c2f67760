"""A data-labelling firm: annotators of one company grade answers under one guideline."""

from __future__ import annotations

import numpy as np

from iolaus.simulate.accounts import Traits, draw
from iolaus.simulate.crowds.enterprise import company
from iolaus.simulate.ground import Ground, Play
from iolaus.simulate.traffic import OFFICE, Population, alive, keep, plays, sessions, talks

NAME = "labelling_firm"
GUILTY = "prompt (rubric grading under one template), items of one queue, payment_fingerprint, ip"
DECLARES = "organization_id, legal_entity_id, verification business, created_at long before"

GRADE = ((Play("pair", "ask_more", "labelfirm", plain=True), 1.0),)


def build(ground: Ground, count: int) -> Population:
    """``count`` annotators in office hours, fed from one queue."""
    rng = ground.generator()
    columns = draw(ground, rng, count, NAME, Traits(apps=(("python_sdk", 1.0),), new_share=0.0, suspended=0.0))
    company(ground, rng, columns)
    account, start = sessions(ground, rng, columns, 6.0, 0.3, OFFICE, 0.05)
    made = talks(
        ground, columns, account, start, np.ones(len(account), np.int64), plays(ground, rng, len(account), GRADE)
    )
    made["author"] = np.asarray(made["item"] // np.uint64(7), np.uint64)
    made["topic"] = ground.topics_of(made["author"], made["item"])
    return Population(columns, keep(made, alive(columns, account, start)))
