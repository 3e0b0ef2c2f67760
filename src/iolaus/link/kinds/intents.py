"""Intents: what the shared requests are for, beside what everyone else's are for.

Sees: elicited reasoning, grading, sensitive rewriting, data generation, a sweep of techniques and strings aimed at
classifiers, where they fill a cohort's requests.
Must spare: anybody who reasons step by step, grades essays or rewrites politely; a popular prompt that says so
is shared by strangers, whom the control question leaves alone.
An analyst next: reads the published phrase.
Source: log ratio of mean probabilities of a keyed sample, smoothed; the model is told of in docs/content.md.
"""

from __future__ import annotations

import math
from functools import lru_cache
from pathlib import Path

from iolaus.findings import Evidence, Family, Question
from iolaus.link.cohort import Cohort
from iolaus.link.population import Population
from iolaus.link.settings import LinkSettings
from iolaus.link.weights import piece
from iolaus.sketch.content import INTENTS, pooled
from iolaus.sketch.content_backends import chosen

KIND = "intents"
FAMILY: Family = "content"
QUESTION: Question = "content"


def weigh(cohort: Cohort, population: Population, settings: LinkSettings) -> Evidence | None:
    """The intent whose pooled probability stands highest above everyone else's; what the requests work with beside."""
    if len(cohort.words) < settings.least_words or len(cohort.outside_words) < settings.least_words:
        return None
    model = chosen(settings.content_model)
    mine, capabilities = pooled(model, cohort.words)
    others = _strangers(settings.content_model, cohort.outside_words)
    floor = settings.intents_floor
    ratios = {name: math.log10((mine[name] + floor) / (others[name] + floor)) for name in INTENTS}
    best = max(sorted(ratios), key=lambda name: ratios[name])
    capability = max(sorted(capabilities), key=lambda name: capabilities[name])
    return piece(
        KIND,
        FAMILY,
        QUESTION,
        max(0.0, ratios[best]) * settings.intents_weight,
        settings.intents_cap,
        f"{mine[best]:.0%} of sampled requests read as {best.replace('_', ' ')}, {others[best]:.0%} of everyone"
        f" else's. Capability: {capability.replace('_', ' ')}, {capabilities[capability]:.0%}.",
        sampled=len(cohort.words),
        others=others[best],
        capability_share=capabilities[capability],
        **mine,
    )


@lru_cache(maxsize=2)
def _strangers(model: Path | None, texts: tuple[str, ...]) -> dict[str, float]:
    """Pooled intents of strangers, who are the same for every cohort of a scan."""
    return pooled(chosen(model), texts)[0]
