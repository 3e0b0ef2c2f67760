"""Honest populations that a campaign's accounts are drawn from, field by field."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from iolaus.simulate.accounts import DEVELOPERS, Traits
from iolaus.simulate.crowds import framework_users, heavy_developers, individuals, regional_developers
from iolaus.simulate.ground import Ground
from iolaus.simulate.scenario import Campaign
from iolaus.simulate.traffic import Population, join

LOOKALIKES: dict[str, Callable[[Ground, int, str], Population]] = {
    "developers": lambda ground, count, crowd: individuals.developers(ground, count, crowd, DEVELOPERS),
    "chat": lambda ground, count, crowd: individuals.chat(ground, count, crowd),
    "framework_users": lambda ground, count, crowd: framework_users.build(ground, count, crowd),
    "heavy_developers": lambda ground, count, crowd: heavy_developers.build(ground, count, crowd),
    "regional_developers": lambda ground, count, crowd: regional_developers.build(ground, count, crowd),
    "high_tier": lambda ground, count, crowd: individuals.developers(
        ground, count, crowd, DEVELOPERS.with_(tiers=(0, 0, 0.2, 0.5, 0.3)), daily=8.0
    ),
    "vision": lambda ground, count, crowd: individuals.developers(
        ground, count, crowd, DEVELOPERS.with_(apps=(("vision", 0.6), ("python_sdk", 0.4)))
    ),
    "newcomers": lambda ground, count, crowd: individuals.chat(ground, count, crowd, Traits(age_days=40.0)),
}
"""By the name that scenarios use."""

BESIDE = {
    "chat": ("individuals",), "newcomers": ("individuals",), "vision": ("developers",),
    "high_tier": ("developers", "heavy_developers"),
}  # fmt: skip
"""Honest crowds of a world that stand beside a look-alike, where it is no crowd itself."""


def people(ground: Ground, campaign: Campaign, count: int) -> Population:
    """``count`` accounts of the campaign's look-alikes, by weight, in one population."""
    weights = campaign.look_alikes
    edges = np.round(np.cumsum([0.0, *weights.values()]) * count).astype(int)
    parts = []
    for name, low, high in zip(weights, edges, edges[1:], strict=False):
        if high > low:
            part = LOOKALIKES[name](ground, int(high - low), name)
            part.talks["account"] = part.talks["account"] + int(low)
            parts.append(part)
    return Population(join([p.accounts for p in parts]), join([p.talks for p in parts]))


def beside(campaign: Campaign) -> list[str]:
    """Honest crowds that the campaign's accounts look like."""
    return sorted({crowd for name in campaign.look_alikes for crowd in BESIDE.get(name, (name,))})
