"""People behind one VPN exit: strangers who share an address because they value privacy."""

from __future__ import annotations

import numpy as np

from iolaus.simulate.accounts import Traits
from iolaus.simulate.crowds.individuals import chat
from iolaus.simulate.ground import Ground, addresses
from iolaus.simulate.traffic import Population

NAME = "vpn_users"
GUILTY = "ip and signup_ip (a handful of exits for all), country that does not fit the hours, no card"
DECLARES = "nothing: each asks about things of their own"


def build(ground: Ground, count: int) -> Population:
    """``count`` people who leave through four exits of one service."""
    people = chat(ground, count, NAME, Traits(card=0.5, phone=0.4))
    rng = ground.generator()
    exits = ground.pool(addresses(rng, "vpn", 4))
    people.accounts["book"] = np.full(count, exits)
    people.accounts["book_size"] = np.full(count, 4)
    people.accounts["lease"] = rng.choice([6, 24, 72], count)
    people.accounts["signup_ip"] = ground.pools[-1].astype(np.int64)[rng.integers(0, 4, count)]
    return people
