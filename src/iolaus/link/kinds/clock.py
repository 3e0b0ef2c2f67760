"""Clock: does the account explain the hour at which its conversations begin?

Sees: accounts that one scheduler serves. Any of them may be used at any hour at which the scheduler runs.
Must spare: people, who have hours and sessions of their own. A class at its hour and the seats of one office share
a clock: control is not guilt.
An analyst next: looks at the time line by hour, for one beginning and one end.
Source: one-way random effects on two harmonics of the hour of day, see :mod:`iolaus.link.variance`.
"""

from __future__ import annotations

from iolaus.findings import Evidence, Family, Question
from iolaus.link.cohort import Cohort
from iolaus.link.fit import hours_of_day
from iolaus.link.population import Population
from iolaus.link.settings import LinkSettings
from iolaus.link.variance import explain_by_group, hours, queue
from iolaus.link.weights import piece

KIND = "clock"
FAMILY: Family = "time"
QUESTION: Question = "control"


def weigh(cohort: Cohort, population: Population, settings: LinkSettings) -> Evidence | None:
    """Ratio of the likelihood under one scheduler to that under people with hours of their own."""
    found = explain_by_group(
        hours_of_day(cohort.column("ts")),
        cohort.member,
        queue(settings),
        hours(settings),
        settings.variance_inflation,
    )
    if found is None:
        return None
    says = "do not depend on the account" if found.log10_bf > 0 else "differ by account, as people's do"
    return piece(
        KIND,
        FAMILY,
        QUESTION,
        found.log10_bf,
        settings.time_cap,
        f"The hours at which conversations begin {says}: F = {found.f:.2f} over {found.groups} accounts.",
        f=found.f,
        accounts=found.groups,
        conversations=found.observations,
        per_account=found.per_group,
        variance_ratio=found.ratio,
    )
