"""Developers in other countries: the same clouds, languages and hours as a campaign may show."""

from __future__ import annotations

import numpy as np

from iolaus.simulate.accounts import COUNTRIES, DEVELOPERS
from iolaus.simulate.crowds.individuals import developers
from iolaus.simulate.ground import Ground, Play
from iolaus.simulate.traffic import Population, plays

NAME = "regional_developers"
GUILTY = "country, ip (clouds and VPN exits), prompt in another language, hours"
DECLARES = "nothing: a country is no evidence"

LANGUAGES = ("zh", "ru", "es", "pt", "de", "fr", "ja", "ko", "ar", "hi")
HOMES = ("CN", "RU", "ES", "BR", "DE", "FR", "JP", "KR", "TR", "IN")


def build(ground: Ground, count: int, crowd: str = NAME) -> Population:
    """``count`` developers; most of what they ask is in their own language."""
    traits = DEVELOPERS.with_(
        networks=(("home", 0.45), ("cloud", 0.3), ("vpn", 0.15), ("mobile", 0.1)),
    )
    people = developers(ground, count, crowd, traits)
    rng = ground.generator()
    tongue = rng.choice(len(LANGUAGES), count, p=np.array([0.34, 0.1, 0.1, 0.08, 0.08, 0.07, 0.08, 0.06, 0.05, 0.04]))
    people.accounts["country"] = np.array([COUNTRIES.index(home) for home in HOMES])[tongue]
    own = rng.random(len(people.talks["start"])) < 0.75
    for number, language in enumerate(LANGUAGES):
        mine = own & (tongue[people.talks["account"]] == number)
        choices = tuple(
            (Play(f"ask_{language}", f"more_{language}", family, plain=bool(family)), share)
            for family, share in (("", 0.5), ("owntemplate", 0.4), ("viral_expert", 0.1))
        )
        people.talks["play"][mine] = plays(ground, rng, int(mine.sum()), choices)
    return people
