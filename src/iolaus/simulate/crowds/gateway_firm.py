"""A firm's gateway: one queue over twenty keys of its own, and what fails at one key is asked with the next."""

from __future__ import annotations

import numpy as np

from iolaus.simulate.crowds import declared_firm
from iolaus.simulate.ground import Ground
from iolaus.simulate.traffic import Population

NAME = "gateway_firm"
GUILTY = "root_hash (conversations go on in other accounts), and all that a declared firm shows"
DECLARES = "organization_id, legal_entity_id, verification business: the keys are openly one firm's"

MOVES = 0.3
"""Share of conversations that go on with another key."""


def build(ground: Ground, count: int) -> Population:
    """A declared firm of ``count`` keys whose gateway moves conversations among them."""
    firm = declared_firm.build(ground, count)
    rng, account = ground.generator(), firm.talks["account"].astype(np.int64)
    other = rng.integers(0, count, len(account))
    moves = (rng.random(len(account)) < MOVES) & (other != account)
    firm.talks["next"] = np.where(moves, other, -1)
    firm.talks["turns"] = np.where(moves, 3, firm.talks["turns"])
    firm.accounts["crowd"][:] = ground.crowd(NAME)
    return firm
