"""Honest explanations, one file each, found by themselves.

An explanation is a module with ``NAME``, ``LEADS_TO`` (the verdict where it holds, or '' where it only lowers the
probability; ``ASK`` is a person's question where it is "undetermined") and
``weigh(cohort, population, evidence, settings) -> Explanation | None``. Its log10 Bayes factor
compares it with a concealed operator; positive speaks for the honest explanation. Its docstring names the crowd.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Protocol, cast

from iolaus.campaign.settings import CampaignSettings
from iolaus.findings import Evidence, Explanation
from iolaus.link.cohort import Cohort
from iolaus.link.population import Population


class HonestExplanation(Protocol):
    """What a module in this folder must offer."""

    NAME: str
    LEADS_TO: str

    def weigh(
        self,
        cohort: Cohort,
        population: Population,
        evidence: Mapping[str, Evidence],
        settings: CampaignSettings,
    ) -> Explanation | None:
        """How well the explanation does against a concealed operator; None where it cannot be tested."""
        ...


def explanations() -> Iterator[HonestExplanation]:
    """Every honest explanation in this folder, by name."""
    yield from _every()


@cache
def _every() -> tuple[HonestExplanation, ...]:
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return tuple(cast(HonestExplanation, importlib.import_module(f"{__name__}.{name}")) for name in names)


def explained(name: str, log10_bf: float, sentence: str, settings: CampaignSettings) -> Explanation:
    """An explanation with its weight capped and rounded, held where it reaches ``campaign.hold``."""
    weight = round(max(-settings.explanation_cap, min(settings.explanation_cap, float(log10_bf))), 6) + 0.0
    return Explanation(name=name, log10_bf=weight, held=weight >= settings.hold, sentence=sentence)


def knit(tie: Evidence, settings: CampaignSettings) -> bool:
    """Whether more of the accounts are linked than friends, homes and second accounts among colleagues would link."""
    return tie.numbers["linked_accounts"] > settings.related_most * tie.numbers["accounts"]
