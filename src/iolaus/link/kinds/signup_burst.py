"""Sign-up burst: were the accounts opened closer together than the provider's sign-ups of the time?

Sees: batches of accounts that one hand opened.
Must spare: a hackathon, a class, a launch day (a burst alone is weak; people of a burst differ in what they ask).
An analyst next: looks at the sign-up pathway of the burst's days.
Source: spacings in the provider's own sign-up order, which takes out launches; Poisson surplus of close pairs.
"""

from __future__ import annotations

import numpy as np

from iolaus.findings import Evidence, Family, Question
from iolaus.link.cohort import Cohort
from iolaus.link.population import Population
from iolaus.link.settings import LinkSettings
from iolaus.link.ties import TIES
from iolaus.link.weights import piece, poisson_surplus

KIND = "signup_burst"
FAMILY: Family = "lifecycle"
QUESTION: Question = "control"
SELECTS = (TIES,)


def weigh(cohort: Cohort, population: Population, settings: LinkSettings) -> Evidence | None:
    """Surplus of neighbours in the order of sign-ups over a cohort drawn from everyone at random."""
    if "created_at" not in population.accounts.column_names:
        return None
    created = population.accounts["created_at"].fill_null(0).to_numpy().astype(np.int64)
    known = population.accounts["created_at"].is_valid().to_numpy(zero_copy_only=False)
    everyone = np.sort(created[known])
    mine = created[cohort.everyone[known[cohort.everyone]]]
    if len(mine) < settings.least_accounts or len(everyone) < 5 * len(mine):
        return None
    # Ranks turn any course of sign-ups into an even one; ties take the middle, so that days are no bursts.
    rank = (np.searchsorted(everyone, mine, "left") + np.searchsorted(everyone, mine, "right")) / 2
    step = np.diff(np.sort(rank))
    near = settings.signup_near * len(everyone) / len(mine)
    chance = 1 - np.exp(-settings.signup_near)
    seen, expected = float((step <= near).sum()), float(len(step) * chance)
    return piece(
        KIND,
        FAMILY,
        QUESTION,
        poisson_surplus(seen, expected) / settings.signup_waves,
        settings.lifecycle_cap,
        f"{seen:.0f} of {len(step)} neighbouring sign-ups lie close together in the provider's order of sign-ups;"
        f" {expected:.0f} would by chance.",
        close=seen,
        expected=expected,
        accounts=len(mine),
    )
