"""Interchangeability: within a phrase, does the account explain what is asked?

Sees: accounts that are fed from one queue. What one of them asks could as well have been asked by any other,
whatever their cards, addresses or clients.
Must spare: independent users of a popular prompt or framework (people differ, and the more they ask the
more it shows). A class with one worksheet and a declared firm's queue look the same: control is not guilt.
An analyst next: compares what three of the accounts were asked, and looks for the work-list.
Source: one-way random effects, see :mod:`iolaus.link.variance`.
"""

from __future__ import annotations

from iolaus.findings import Evidence, Family, Question
from iolaus.link.cohort import Cohort
from iolaus.link.population import Population
from iolaus.link.settings import LinkSettings
from iolaus.link.variance import explain_by_group, queue, tastes
from iolaus.link.weights import piece

KIND = "interchangeability"
FAMILY: Family = "allocation"
QUESTION: Question = "control"


def weigh(cohort: Cohort, population: Population, settings: LinkSettings) -> Evidence | None:
    """Ratio of the likelihood under one queue to that under honest users of the same numbers."""
    found = explain_by_group(
        population.projected(cohort.topics),
        cohort.member[cohort.topic_rows],
        queue(settings),
        tastes(settings),
        settings.variance_inflation,
    )
    if found is None:
        return None
    says = (
        "what is asked does not depend on which account asks"
        if found.log10_bf > 0
        else "accounts differ in what they ask, as independent people do"
    )
    return piece(
        KIND,
        FAMILY,
        QUESTION,
        found.log10_bf,
        settings.cap,
        f"Within the shared words, {says}: F = {found.f:.2f} over {found.groups} accounts and"
        f" {found.observations} conversations (1 is one queue).",
        f=found.f,
        accounts=found.groups,
        conversations=found.observations,
        per_account=found.per_group,
        variance_ratio=found.ratio,
    )
