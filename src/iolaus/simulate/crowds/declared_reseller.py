"""A declared reseller: sub-accounts of a verified company carry the traffic of its many customers."""

from __future__ import annotations

import numpy as np

from iolaus.simulate.accounts import Traits
from iolaus.simulate.crowds.enterprise import company
from iolaus.simulate.crowds.individuals import chat
from iolaus.simulate.ground import Ground
from iolaus.simulate.traffic import Population

NAME = "declared_reseller"
GUILTY = "payment_fingerprint, ip (one egress), interests without an owner in every account, volume at all hours"
DECLARES = "parent_account_id, legal_entity_id, verification business, client_user"


def build(ground: Ground, count: int) -> Population:
    """``count`` sub-accounts; each customer is routed to any of them."""
    people = chat(ground, count * 6, NAME, Traits(apps=(("saas", 1.0),), new_share=0.0, suspended=0.0))
    rng = ground.generator()
    columns = {name: values[:count] for name, values in people.accounts.items()}
    company(ground, rng, columns)
    columns["parent"] = np.where(np.arange(count) == 0, -1, 0)
    talks = people.talks
    talks["account"] = rng.integers(0, count, len(talks["start"]))
    talks["app"] = columns["app"][talks["account"]]
    return Population(columns, talks)
