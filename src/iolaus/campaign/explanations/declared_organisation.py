"""A declared organisation: an enterprise's seats, a firm's keys, a reseller, a labelling firm.

Declared means verified, older than the traffic, and true of at least the stated share of the accounts. It is a
likelihood, never an exemption: a shell company declares itself too, so that a content answer of yes leads to a
contract matter and not to silence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np

from iolaus.campaign.explanations import explained
from iolaus.campaign.settings import CampaignSettings
from iolaus.findings import Evidence, Explanation
from iolaus.link.cohort import Cohort
from iolaus.link.population import Population

NAME = "declared organisation"
LEADS_TO = "declared"

VERIFIED = ("business", "government_id")


def weigh(
    cohort: Cohort, population: Population, evidence: Mapping[str, Evidence], settings: CampaignSettings
) -> Explanation | None:
    """Share of accounts under one organisation or legal entity, and whether it was verified before the traffic."""
    if not population.has_accounts or len(cohort.conversations) == 0:
        return None
    share = max(_largest(cohort.texts(name)) for name in ("organization_id", "legal_entity_id")) / len(cohort.numbers)
    verified = np.array([v in VERIFIED for v in cohort.texts("verification")]) | np.array(
        [entity is not None for entity in cohort.texts("legal_entity_id")]
    )
    begun = int(cohort.column("ts").astype(np.int64).min())
    older = cohort.known("created_at", np.inf) < begun - settings.declared_days * 86_400_000_000
    if share < settings.declared_share:
        return explained(
            NAME,
            -1.0 if share < 0.2 else 0.0,
            f"The largest organisation holds {share:.0%} of the accounts.",
            settings,
        )
    sure = float((verified & older).mean())
    return explained(
        NAME,
        0.8 + 2.2 * sure,
        f"{share:.0%} of the accounts belong to one organisation; {sure:.0%} are verified and older than the traffic.",
        settings,
    )


def _largest(names: list[str | None]) -> int:
    held = Counter(name for name in names if name is not None)
    return max(held.values(), default=0)
