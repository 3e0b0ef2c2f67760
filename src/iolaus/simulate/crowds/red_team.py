"""A red team under a research programme: it sweeps techniques, by agreement."""

from __future__ import annotations

import numpy as np

from iolaus.simulate.accounts import DEVELOPERS, draw
from iolaus.simulate.crowds.enterprise import company
from iolaus.simulate.ground import Ground, Play
from iolaus.simulate.traffic import OFFICE, Population, alive, jobs, join, keep, lengths, plays, sessions, talks

NAME = "red_team"
GUILTY = "prompt (a sweep of techniques, reasoning traces asked for), thinking_budget, bursts of a script"
DECLARES = "programme security_research, organization_id, legal_entity_id, verification"

SWEEP = ((Play("technique", "step", "redteam", plain=True), 0.8), (Play("code", "code_more"), 0.2))


def build(ground: Ground, count: int) -> Population:
    """``count`` researchers of one laboratory."""
    rng = ground.generator()
    traits = DEVELOPERS.with_(
        programme="security_research", apps=(("python_bare", 0.7), ("python_sdk", 0.3)), suspended=0.0
    )
    columns = draw(ground, rng, count, NAME, traits)
    company(ground, rng, columns)
    tries = sessions(ground, rng, columns, 1.2, 0.6, OFFICE, 0.2)
    runs = jobs(ground, rng, columns, 0.6, 0.6, 20.0)
    account, start = np.concatenate([tries[0], runs[0]]), np.concatenate([tries[1], runs[1]])
    made = talks(
        ground, columns, account, start, lengths(rng, len(account), 1.6), plays(ground, rng, len(account), SWEEP)
    )
    return Population(columns, join([keep(made, alive(columns, account, start))]))
