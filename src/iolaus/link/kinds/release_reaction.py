"""Release reaction: do the accounts move to a new model together, sooner and more wholly than others do?

Sees: one hand that turns its accounts to a new model within a day of its release. That says what the campaign is after;
it answers how much is taken and how fast, and ties nobody to anybody.
Must spare: early adopters, who move as soon and may meet over the same words: readers of one post move more wholly than
any campaign seen, so this accuses nobody. Users of an application that changes its default model for all of them on
one day: everybody is compared with others of the same client, system prompt and tools, or left out where these are few.
An analyst next: lays the moves beside the release, hour by hour, and asks what else changed with them.
Source: binomial counts with rates that differ by group, as a ratio of likelihoods; see :mod:`iolaus.link.releases`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit, logsumexp
from scipy.stats import binom

from iolaus.findings import Evidence, Family, Question
from iolaus.link.cohort import Cohort
from iolaus.link.population import Adoption, Floats, Population
from iolaus.link.settings import LinkSettings
from iolaus.link.weights import piece

KIND = "release_reaction"
FAMILY: Family = "time"
QUESTION: Question = "consumption"

_NODES = np.linspace(-2.5, 2.5, 21)
_WEIGHTS = np.exp(-0.5 * _NODES**2) / np.exp(-0.5 * _NODES**2).sum()


@dataclass(frozen=True)
class Reaction:
    """Accounts of a cohort that could move, how many did, how many would as others of their programs do; and weight."""

    able: int
    moved: int
    expected: float
    log10_bf: float


def weigh(cohort: Cohort, population: Population, settings: LinkSettings) -> Evidence | None:
    """The release to which the cohort reacted most, of all that could be judged."""
    inside = np.zeros(len(population), bool)
    inside[cohort.everyone] = True
    tried = [_reaction(inside, adoption, settings) for adoption in population.releases]
    found = [reaction for reaction in tried if reaction is not None]
    if not found:
        return None
    best = max(found, key=lambda reaction: (reaction.log10_bf, reaction.moved, -reaction.expected))
    # The best of several releases is found more easily than one.
    log10_bf = max(0.0, best.log10_bf - math.log10(len(found)))
    return piece(
        KIND,
        FAMILY,
        QUESTION,
        log10_bf,
        settings.time_cap,
        f"After a release {best.moved} of {best.able} accounts moved to the new model within {settings.release_hours}"
        f" hours; {best.expected:.1f} of as many others with the same programs did.",
        moved=best.moved,
        able=best.able,
        expected=best.expected,
        releases=len(found),
    )


def _reaction(inside: npt.NDArray[np.bool_], adoption: Adoption, settings: LinkSettings) -> Reaction | None:
    """What one release says of the accounts ``inside`` (bool by number); None where too few can be compared."""
    mine = inside[adoption.accounts]
    if (~mine).sum() < settings.release_least:
        return None
    rate, known = _as_others(mine, adoption, settings.release_least)
    judged = mine & known
    able, moved = int(judged.sum()), int((judged & adoption.moved).sum())
    if able < settings.least_accounts:
        return None
    expected = float(rate[judged].sum())
    return Reaction(able, moved, expected, _weight(moved, able, expected / able, settings))


def _as_others(mine: npt.NDArray[np.bool_], adoption: Adoption, least: int) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """float64[n], share of the others of each account's programs that moved; bool[n], whether these are enough.

    Of several programs the one whose others moved most. What fewer than ``least`` accounts use is no program.
    """
    rate = np.full(len(mine), float(adoption.moved[~mine].mean()))
    known = np.ones(len(mine), bool)
    for program in adoption.programs.T:
        _, group = np.unique(program, return_inverse=True)
        users, others = np.bincount(group)[group], np.bincount(group, ~mine)[group]
        gone = np.bincount(group, ~mine & adoption.moved)[group]
        shared = (program != 0) & (users >= least)
        known &= ~shared | (others >= least)
        rate = np.where(shared & (others >= least), np.maximum(rate, gone / np.maximum(others, 1)), rate)
    return rate, known


def _weight(moved: int, able: int, rate: float, settings: LinkSettings) -> float:
    """Ratio of likelihoods of the count: moved by one hand, or by people, of whom some groups move as one hand does."""
    low = min(max(rate, 1 / able), 0.95)
    people = expit(logit(low) + settings.release_deviation * _NODES)
    hand = np.linspace(max(low, settings.release_moves), 1.0, 21)
    together = float(logsumexp(binom.logpmf(moved, able, np.minimum(hand, 0.99))) - math.log(len(hand)))
    apart = float(logsumexp(binom.logpmf(moved, able, people), b=_WEIGHTS))
    share = settings.release_alike
    honest = float(np.logaddexp(math.log(1 - share) + apart, math.log(share) + together))
    return max(0.0, together - honest) / math.log(10)
