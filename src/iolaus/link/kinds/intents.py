"""Intents: what the shared requests are for, beside what everyone else's are for.

Sees: elicited reasoning, grading, sensitive rewriting, data generation, a sweep of techniques and strings aimed at
classifiers, where they fill a cohort's requests.
Must spare: anybody who reasons step by step, grades essays or rewrites politely; a popular prompt that says so
is shared by strangers, whom the control question leaves alone.
An analyst next: reads the published phrase.
Source: log ratio of mean probabilities of a keyed sample, smoothed; the model is told of in docs/content.md. Where the
provider's own mix is set, trimmed means of both, matched in script, programme and pathway.
"""

from __future__ import annotations

import math
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa

from iolaus.content.levels import trimmed
from iolaus.findings import Evidence, Family, Question
from iolaus.link.cohort import Cohort
from iolaus.link.population import Population
from iolaus.link.settings import LinkSettings
from iolaus.link.strata import kinds_of
from iolaus.link.weights import piece
from iolaus.sketch.content import CAPABILITIES, INTENTS, Content
from iolaus.sketch.content_backends import chosen

KIND = "intents"
FAMILY: Family = "content"
QUESTION: Question = "content"


def weigh(cohort: Cohort, population: Population, settings: LinkSettings) -> Evidence | None:
    """The intent whose pooled probability stands highest above everyone else's; what the requests work with beside."""
    if cohort.sampled < settings.least_words:
        return None
    read = _beside_baseline if population.baseline is not None else _beside_strangers
    found = read(cohort, population, settings)
    if found is None:
        return None
    mine, capabilities, others = found
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
        f"{mine[best]:.0%} of sampled requests read as {best.replace('_', ' ')}, {others[best]:.0%} of"
        f" {'everyone else' if population.baseline is None else 'the baseline'}'s. Capability:"
        f" {capability.replace('_', ' ')}, {capabilities[capability]:.0%}.",
        sampled=cohort.sampled,
        others=others[best],
        capability_share=capabilities[capability],
        **mine,
    )


Compared = tuple[dict[str, float], dict[str, float], dict[str, float]]
"""Intents of the cohort, its capabilities, intents of those with whom it is compared."""


def _beside_strangers(cohort: Cohort, _: Population, settings: LinkSettings) -> Compared | None:
    """Means, beside those of the accounts of the scan that are not the cohort's; None where these are too few."""
    if cohort.outside_sampled < settings.least_words:
        return None
    mine, capabilities = _content(cohort, settings).means()
    if cohort.outside_scored is not None:
        return mine, capabilities, cohort.outside_scored.content.of(cohort.strangers).means()[0]
    strangers = _strangers(settings.content_model, cohort.outside_words).of(cohort.strange_words)
    return mine, capabilities, strangers.means()[0]


def _content(cohort: Cohort, settings: LinkSettings) -> Content:
    """What each sampled request asks for: read from its text, or as a state keeps it."""
    if cohort.scored is not None:
        return cohort.scored.content
    return chosen(settings.content_model).read(pa.array(cohort.words, pa.large_string()))


def _beside_baseline(cohort: Cohort, population: Population, settings: LinkSettings) -> Compared | None:
    """Means without the ends, beside those of the provider's own mix; None where none is set."""
    if population.baseline is None:
        return None
    others = population.baseline.matched(kinds_of(cohort, population))
    found = _content(cohort, settings)
    capability = found.capability.astype(np.float64).mean(0)
    mine = {
        name: trimmed(found.intents[:, column].astype(np.float64), others.trim) for column, name in enumerate(INTENTS)
    }
    return mine, dict(zip(CAPABILITIES, capability.tolist(), strict=True)), others.intents


@lru_cache(maxsize=2)
def _strangers(model: Path | None, texts: tuple[str, ...]) -> Content:
    """What everybody's sampled requests ask for, read once for every cohort of a scan."""
    return chosen(model).read(pa.array(texts, pa.large_string()))
