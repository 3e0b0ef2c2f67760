"""Worlds: simulated traffic with ground truth."""

from iolaus.simulate.scenario import shipped
from iolaus.simulate.world import World, enforced, simulate

__all__ = ["World", "enforced", "shipped", "simulate"]
