"""A programme: a class under an education programme, a red team under a research programme.

The provider admitted these accounts knowing what they would do.
"""

from __future__ import annotations

from collections.abc import Mapping

from iolaus.campaign.explanations import explained
from iolaus.campaign.settings import CampaignSettings
from iolaus.findings import Evidence, Explanation
from iolaus.link.cohort import Cohort
from iolaus.link.population import Population

NAME = "programme"
LEADS_TO = "declared"

ADMITTED = ("education", "security_research")


def weigh(
    cohort: Cohort, population: Population, evidence: Mapping[str, Evidence], settings: CampaignSettings
) -> Explanation | None:
    """Share of the accounts that one programme admitted, beside that of everyone else."""
    if not population.has_accounts or len(cohort.numbers) == 0:
        return None
    programmes = cohort.texts("programme")
    counts = {name: programmes.count(name) for name in ADMITTED}
    best = max(sorted(counts), key=lambda name: counts[name])
    share = counts[best] / len(programmes)
    return explained(
        NAME,
        3.0 * (share - 0.6) / 0.4 if share > 0.3 else -0.5,
        f"{share:.0%} of the accounts are in the {best.replace('_', ' ')} programme.",
        settings,
    )
