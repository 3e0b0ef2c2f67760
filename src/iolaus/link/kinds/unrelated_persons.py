"""Unrelated persons: one hand that presents itself as many people who have nothing to do with each other.

Sees: accounts without a common organisation, entity or parent, each with an identity of its own, where control is
strong by evidence other than wording. Without such control strangers are just strangers, and this weighs nothing: it
is counted only where the control question was answered so.
Must spare: gig annotators on personal accounts (an honest explanation of its own), everybody who is alone, and staff
who write from one mail domain of its own, which they do not hide.
An analyst next: asks three of the accounts to verify.
Source: the definition of concealment by positive signs, docs/why/concealment.md.
"""

from __future__ import annotations

from collections import Counter

import numpy as np

from iolaus.findings import Evidence, Family, Question
from iolaus.link.cohort import Cohort
from iolaus.link.population import Numbers, Population
from iolaus.link.settings import LinkSettings
from iolaus.link.weights import along, piece

KIND = "unrelated_persons"
FAMILY: Family = "identity"
QUESTION: Question = "concealment"
NEEDS_CONTROL = True

COMMON = ("organization_id", "legal_entity_id", "parent_account_id")
OWN = ("payment_fingerprint", "device_id", "email_domain", "phone_prefix", "signup_ip")


def weigh(cohort: Cohort, population: Population, settings: LinkSettings) -> Evidence | None:
    """Weight grows with the share of accounts that claim no tie to any other and show an own identity.

    Accounts of which the table tells neither tie nor identity are left out; None where they are the larger part.
    """
    if not population.has_accounts or len(cohort.numbers) == 0:
        return None
    alone = [True] * len(cohort.numbers)
    for name in COMMON:
        held = cohort.texts(name)
        shared = Counter(value for value in held if value is not None)
        alone = [free and (value is None or shared[value] == 1) for free, value in zip(alone, held, strict=True)]
    shown = [sum(value is not None for value in values) for values in zip(*(cohort.texts(n) for n in OWN), strict=True)]
    known = sum(not free or own > 0 for free, own in zip(alone, shown, strict=True))
    if 2 * known < len(cohort.numbers):
        return None
    unrelated = sum(free and own > 0 for free, own in zip(alone, shown, strict=True))
    share = unrelated / known
    openly = _of_one(population.affiliations[cohort.everyone])
    # Who writes from a domain of their own says whose they are; nobody has checked it, so that it clears nobody.
    open_part = along(openly, settings.unrelated_domain, 1.0)
    share = max(share * (1 - open_part), min(share, 0.5))
    domains = f" {openly:.0%} write from one mail domain of its own." if open_part > 0 else ""
    return piece(
        KIND,
        FAMILY,
        QUESTION,
        (share - 0.5) * 2 * settings.unrelated_cap,
        settings.unrelated_cap,
        f"{unrelated} of {known} accounts present themselves as persons without any tie to the others.{domains}",
        unrelated=unrelated,
        share=share,
    )


def _of_one(affiliation: Numbers) -> float:
    """Share of the accounts that are openly of one affiliation: of the largest, as far as others are of no second one.

    Who owns two domains and deals the accounts of both one list of work hides that they are one's.
    """
    count = np.sort(np.unique(affiliation, return_counts=True)[1])
    claimed = int(count[count > 1].sum())
    return float(count[-1] / len(affiliation) * max(2 * count[-1] / claimed - 1, 0.0)) if claimed else 0.0
