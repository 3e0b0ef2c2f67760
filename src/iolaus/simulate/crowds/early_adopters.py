"""Early adopters: people who move to a new model within a day of its release."""

from __future__ import annotations

from iolaus.simulate.crowds.individuals import developers
from iolaus.simulate.ground import Ground
from iolaus.simulate.traffic import Population

NAME = "early_adopters"
GUILTY = "model (most of their traffic moves within 24 hours of a release)"
DECLARES = "nothing: they move together because the release is news"


def build(ground: Ground, count: int) -> Population:
    """``count`` developers who want the newest model at once."""
    people = developers(ground, count, NAME)
    people.accounts["adopts"] = people.accounts["adopts"] % 120
    return people
