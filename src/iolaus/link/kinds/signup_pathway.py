"""Sign-up pathway: did the accounts come by one referral or voucher that hardly anybody else used?

Sees: batches of accounts that one hand opened with the codes it had.
Must spare: everybody who came the same way: a voucher that a work site, a course or a video gives to its readers is
used by thousands who share nothing else. So it weighs as a burst of sign-ups does, and is no identity.
An analyst next: asks where the code was published, and to whom it was given.
Source: surplus of links over a leave-cohort-out rate, see :mod:`iolaus.link.sharing`.
"""

from __future__ import annotations

from iolaus.findings import Evidence, Family, Question
from iolaus.link.cohort import Cohort
from iolaus.link.population import Population
from iolaus.link.settings import LinkSettings
from iolaus.link.sharing import strongest
from iolaus.link.ties import TIES

KIND = "signup_pathway"
FAMILY: Family = "lifecycle"
QUESTION: Question = "control"
SELECTS = (TIES,)

NAMES = ("referral",)


def weigh(cohort: Cohort, population: Population, settings: LinkSettings) -> Evidence | None:
    """What the referrals say that the cohort shares beyond chance."""
    return strongest(KIND, FAMILY, QUESTION, NAMES, cohort, population, settings, settings.lifecycle_cap)
