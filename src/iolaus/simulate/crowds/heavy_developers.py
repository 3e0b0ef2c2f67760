"""Heavy developers: one person or small shop each, with jobs of dozens of requests, several a day."""

from __future__ import annotations

from iolaus.simulate.accounts import DEVELOPERS
from iolaus.simulate.crowds.individuals import developers
from iolaus.simulate.ground import Ground
from iolaus.simulate.traffic import Population

NAME = "heavy_developers"
GUILTY = "request rate, bursts at all hours, prompt (one template of their own each), output_tokens"
DECLARES = "tier, created_at; their template and items are theirs alone"

TRAITS = DEVELOPERS.with_(tiers=(0, 0.25, 0.4, 0.25, 0.1), card=0.98, new_share=0.08)


def build(ground: Ground, count: int, crowd: str = NAME) -> Population:
    """``count`` accounts of some 60 requests a day."""
    return developers(ground, count, crowd, TRAITS, daily=2.4, length=18.0)
