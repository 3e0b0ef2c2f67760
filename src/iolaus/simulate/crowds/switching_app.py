"""Users of an application that changes its default model for all of them, hours after a release."""

from __future__ import annotations

from iolaus.simulate.crowds import learning_extension
from iolaus.simulate.ground import Ground
from iolaus.simulate.traffic import Population

NAME = "switching_app"
GUILTY = "model (all of them move at one hour after a release), and all that a learning extension shows"
DECLARES = "nothing: the client and its system prompt are the application's, and everybody with them moves"

MOVES = 90
"""Place in the order of adopters that all of them have: some eight hours after a release."""


def build(ground: Ground, count: int) -> Population:
    """``count`` strangers with keys of their own and one extension."""
    people = learning_extension.build(ground, count)
    people.accounts["adopts"][:] = MOVES
    people.accounts["crowd"][:] = ground.crowd(NAME)
    return people
