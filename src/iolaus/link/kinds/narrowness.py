"""Narrowness: do different accounts of the cohort ask for more alike things than different strangers do?

Sees: one capability that is harvested.
Must spare: users of a product for one purpose and a class of one subject, who are as narrow: weak by design.
An analyst next: names the capability.
Source: mean cosine of topic vectors between accounts, beside that of a keyed sample of everyone else, or of accounts of
the same scripts, programmes and pathways in the provider's own mix where one is set.
"""

from __future__ import annotations

import numpy as np

from iolaus.findings import Evidence, Family, Question
from iolaus.link.cohort import Cohort
from iolaus.link.population import Floats, Population
from iolaus.link.settings import LinkSettings
from iolaus.link.strata import kinds_of
from iolaus.link.sums import sums_by
from iolaus.link.weights import piece

KIND = "narrowness"
FAMILY: Family = "content"
QUESTION: Question = "content"

TAKEN = ("output_tokens", "exchanges")
"""What was taken, and in how many requests."""


def weigh(cohort: Cohort, population: Population, settings: LinkSettings) -> Evidence | None:
    """Cosine between accounts within the cohort minus that between strangers, on a capped linear scale."""
    outside = _outside(cohort, population, settings)
    if outside is None or len(cohort.topics) < settings.least_sweep:
        return None
    within = between_cosine(cohort.topics.astype(np.float64), cohort.member[cohort.topic_rows])
    if np.isnan(within):
        return None
    longer = answers(cohort, population)
    return piece(
        KIND,
        FAMILY,
        QUESTION,
        (within - outside) * settings.narrowness_weight,
        settings.narrowness_cap,
        f"Requests of different accounts have a mean cosine of {within:.2f}; strangers' have {outside:.2f}."
        f" Their answers are {longer:.1f} times as long.",
        cosine=within,
        strangers=outside,
        answers=longer,
    )


def answers(cohort: Cohort, population: Population) -> float:
    """Tokens of an answer to the cohort's median account, over those to the median stranger; 1 where untold."""
    others = population.outside(cohort.everyone)
    own = _each(*(_summed(cohort, name) for name in TAKEN))
    theirs = _each(*(population.numbers(name)[others] for name in TAKEN))
    if len(own) == 0 or len(theirs) == 0:
        return 1.0
    return float(np.median(own) / np.median(theirs))


def _summed(cohort: Cohort, name: str) -> Floats:
    """float64[n], a conversation column summed by account."""
    told = np.nan_to_num(cohort.column(name).astype(np.float64))
    return np.bincount(cohort.member, told, len(cohort.numbers)).astype(np.float64)


def _each(tokens: Floats, exchanges: Floats) -> Floats:
    """float64, tokens an exchange wherever both are known."""
    there = (tokens > 0) & (exchanges > 0)
    found: Floats = tokens[there] / exchanges[there]
    return found


def _outside(cohort: Cohort, population: Population, settings: LinkSettings) -> float | None:
    """Mean cosine between strangers; None where too few are known."""
    if population.baseline is not None:
        return population.baseline.matched(kinds_of(cohort, population)).cosine
    strangers, authors = population.samples.get("topics"), population.samples.get("authors")
    if strangers is None:
        return None
    if authors is not None:
        strangers = strangers[~np.isin(authors, cohort.everyone)]
    if len(strangers) < settings.least_sweep:
        return None
    return between_cosine(strangers, np.arange(len(strangers)))


def between_cosine(vectors: Floats, group: np.ndarray) -> float:
    """Mean cosine over pairs of different groups; NaN where there are none. vectors: float64[m, d]."""
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    _, index, counts = np.unique(group, return_inverse=True, return_counts=True)
    sums = sums_by(index, unit, len(counts))
    pairs = len(unit) ** 2 - float((counts**2).sum())
    return float(((unit.sum(0) ** 2).sum() - (sums**2).sum()) / pairs) if pairs > 0 else float("nan")
