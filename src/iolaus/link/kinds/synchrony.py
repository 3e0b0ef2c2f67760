"""Synchrony: does the cohort's total vary more, or less, than the sum of independent accounts would?

Sees: common on and off (the total varies more) and one paced budget dealt to many accounts (the total is smoother
than its parts), after the provider's own course of the day and week is taken out.
Must spare: an office and a class, which share working hours, and freelancers of one part of the world, who share a day:
the hours of the day that a cohort keeps are taken out; anyone during an outage, which is everybody's.
An analyst next: lays the cohort's hours beside the provider's.
Source: index of dispersion of counts (Cox and Lewis 1966), compared with its parts.
"""

from __future__ import annotations

import numpy as np
from scipy.special import logsumexp
from scipy.stats import gamma

from iolaus.findings import Evidence, Family, Question
from iolaus.link.cohort import Cohort
from iolaus.link.population import HOUR, Floats, Population
from iolaus.link.settings import LinkSettings
from iolaus.link.weights import piece

KIND = "synchrony"
FAMILY: Family = "time"
QUESTION: Question = "control"

LEAST_DAYS = 3
"""Days from which the hours of the day that a cohort keeps are taken out."""


def weigh(cohort: Cohort, population: Population, settings: LinkSettings) -> Evidence | None:
    """Ratio of the likelihood of the dispersion under a common hand to that under independent accounts."""
    hour = (cohort.column("ts").astype(np.int64) - population.origin) // HOUR
    if len(hour) == 0 or len(population.hourly) < 24:
        return None
    hours = len(population.hourly)
    cell = cohort.member.astype(np.int64) * hours + np.clip(hour, 0, hours - 1)
    counts = np.bincount(cell, minlength=len(cohort.numbers) * hours).reshape(-1, hours).astype(np.float64)
    background = np.maximum(population.hourly - counts.sum(0), 0) + 0.5
    live = _live_hours(counts.sum(0))
    counts, background = counts[:, live], background[live]
    total = counts.sum()
    if counts.shape[1] < 24 or total < 100 or len(cohort.numbers) < settings.least_accounts:
        return None
    # A budget that is paced round the clock follows no day at all: beside an even course it is smoother than its parts.
    even = _dispersion(counts, np.full(len(background), 1 / len(background)))
    dispersion = even if even < settings.dispersion_even else _dispersion(counts, _course(counts.sum(0), background))
    # A total that varies as independent accounts would is what a queue dealt at random gives too: it says nothing.
    log10_bf = max(0.0, _ratio(dispersion, counts.shape[1], settings))
    says = "vary together" if dispersion > 1 else "make up for one another"
    return piece(
        KIND,
        FAMILY,
        QUESTION,
        log10_bf,
        settings.time_cap,
        f"Beside the provider's own hours, the accounts {says}: the total varies {dispersion:.2f} times as much as"
        f" independent accounts of the same volumes would.",
        dispersion=dispersion,
        hours=counts.shape[1],
        conversations=total,
    )


def _course(total: Floats, background: Floats) -> Floats:
    """float64[hours], sums to 1: the provider's own course at the hours of the day that the cohort keeps.

    People of one part of the world share a day that is not the provider's. Told so of fewer than three days it would
    take everything out that one hand leaves.
    """
    hour = np.arange(len(total)) % 24
    if len(total) >= LEAST_DAYS * 24:
        own, others = np.bincount(hour, total, 24), np.bincount(hour, background, 24)
        background = background * ((own + 1) / (others + 1))[hour]
    found: Floats = background / background.sum()
    return found


def _dispersion(counts: Floats, profile: Floats) -> float:
    """Squares of the total's departures from a course, over those of the parts. counts: float64[n, hours]."""
    parts = counts - counts.sum(1, keepdims=True) * profile
    return float((parts.sum(0) ** 2).sum() / max((parts**2).sum(), 1e-12))


def _live_hours(total: Floats) -> slice:
    """From the first hour with traffic to the last: silence outside is not evidence about the clock."""
    seen = np.flatnonzero(total)
    return slice(int(seen[0]), int(seen[-1]) + 1) if len(seen) else slice(0, 0)


def _ratio(dispersion: float, hours: int, settings: LinkSettings) -> float:
    """Mixture of smoother and burstier totals against strangers, who too share a little of the day."""
    honest = settings.dispersion_honest ** np.linspace(-1, 1.5, 11)
    common = np.concatenate([np.geomspace(0.1, 0.5, 6), np.geomspace(3, 30, 10) * settings.dispersion_honest])
    shape = max(hours / 6, 4.0)
    logs = [gamma.logpdf(dispersion, shape, scale=centre / shape) for centre in (*honest, *common)]
    near = logsumexp(np.maximum(logs[: len(honest)], -700)) - np.log(len(honest))
    far = logsumexp(np.maximum(logs[len(honest) :], -700)) - np.log(len(common))
    return float(far - near) / float(np.log(10))
