"""Extraction-shaped parameters: log-probabilities, several answers at once, long answers, much reasoning.

Sees: requests set up to yield training material.
Must spare: evaluators and researchers, who ask for log-probabilities too, and long-form writers: weak by design. One
program of some that a crowd uses may set them for all who run it: what few of the requests ask for weighs as little.
An analyst next: asks what else the key was used for.
Source: share of conversations beside that of everyone else's, as a log ratio.
"""

from __future__ import annotations

import math

import numpy as np

from iolaus.findings import Evidence, Family, Question
from iolaus.link.cohort import Cohort
from iolaus.link.population import Population
from iolaus.link.settings import LinkSettings
from iolaus.link.weights import piece

KIND = "parameters"
FAMILY: Family = "content"
QUESTION: Question = "content"


def weigh(cohort: Cohort, population: Population, settings: LinkSettings) -> Evidence | None:
    """The log ratio of the strongest of the shapes, against everyone else's accounts."""
    if len(cohort.conversations) < settings.least_sweep:
        return None
    shapes = {
        "top_logprobs": cohort.column("top_logprobs").astype(np.float64) > 0,
        "several_answers": cohort.column("answers").astype(np.float64) > 1,
    }
    shares = {name: float(seen.mean()) for name, seen in shapes.items()}
    others = _others(cohort, population)
    ratios = {name: math.log10((shares[name] + 0.02) / (others[name] + 0.02)) for name in shapes}
    best = max(sorted(ratios), key=lambda name: ratios[name])
    return piece(
        KIND,
        FAMILY,
        QUESTION,
        max(0.0, ratios[best]) * min(1.0, shares[best] / settings.parameters_share),
        settings.parameters_cap,
        f"{best.replace('_', ' ')} in {shares[best]:.0%} of conversations, {others[best]:.0%} among everyone else.",
        **shares,
        others=others[best],
    )


def _others(cohort: Cohort, population: Population) -> dict[str, float]:
    """Shares among accounts outside the cohort, each account counting once."""
    outside = population.outside(cohort.everyone)
    had = population.numbers("conversations")[outside]
    logprobs = population.numbers("with_logprobs")[outside] / np.maximum(had, 1)
    several = population.numbers("most_answers")[outside] > 1
    return {
        "top_logprobs": float(logprobs[had > 0].mean()) if (had > 0).any() else 0.0,
        "several_answers": float(several[had > 0].mean()) if (had > 0).any() else 0.0,
    }
