"""Shared identity: cards, devices and sign-up data that the accounts have in common and others do not.

Sees: one purse, one device or one batch of sign-ups behind accounts that look unrelated.
Must spare: families and small firms (a card on two or three accounts), an enterprise with one card (declared, see the
honest explanations), countries and mail providers that millions share (rare values alone count).
An analyst next: asks the payment processor about the shared instrument.
Source: surplus of links over a leave-cohort-out rate, see :mod:`iolaus.link.sharing`.
"""

from __future__ import annotations

from iolaus.findings import Evidence, Family, Question
from iolaus.link.cohort import Cohort
from iolaus.link.population import Population
from iolaus.link.settings import LinkSettings
from iolaus.link.sharing import strongest
from iolaus.link.ties import TIES

KIND = "shared_identity"
FAMILY: Family = "identity"
QUESTION: Question = "control"
SELECTS = (TIES,)

NAMES = (
    "payment_fingerprint",
    "device_id",
    "parent_account_id",
    "signup_ip",
    "email_domain",
    "key",
)


def weigh(cohort: Cohort, population: Population, settings: LinkSettings) -> Evidence | None:
    """The identifier that the cohort shares most beyond chance."""
    return strongest(KIND, FAMILY, QUESTION, NAMES, cohort, population, settings, settings.cap)
