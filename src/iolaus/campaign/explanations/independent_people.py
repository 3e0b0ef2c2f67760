"""Independent people: users of a popular prompt, an agent framework, a product or one VPN exit.

They share words, tools, clients or addresses; what they ask is their own.
"""

from __future__ import annotations

from collections.abc import Mapping

from iolaus.campaign.explanations import explained
from iolaus.campaign.settings import CampaignSettings
from iolaus.findings import Evidence, Explanation
from iolaus.link.cohort import Cohort
from iolaus.link.population import Population

NAME = "independent people"
LEADS_TO = "explained"

TELLS = ("interchangeability", "clock")


def weigh(
    cohort: Cohort, population: Population, evidence: Mapping[str, Evidence], settings: CampaignSettings
) -> Explanation | None:
    """The negative of what allocation says of the accounts, less what says that they keep one scheduler's hours.

    Who deals each account a topic of its own makes what is asked differ, as people do, and their hours not.
    """
    topics, clock = evidence.get("interchangeability"), evidence.get("clock")
    if topics is None:
        return None
    return explained(
        NAME,
        -topics.log10_bf - (0.0 if clock is None else max(clock.log10_bf, 0.0)),
        f"What is asked {'differs' if topics.log10_bf < 0 else 'does not differ'} by account as among independent"
        f" people (F = {topics.numbers['f']:.2f}).",
        settings,
    )
