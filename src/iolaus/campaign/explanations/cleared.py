"""Cleared: a person looked at these accounts and found them honest.

The crowd is whoever was reported before and is not what it seemed. A list is no pardon: a campaign that cleared
accounts are but a part of is not explained by them.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from iolaus.campaign.explanations import explained
from iolaus.campaign.settings import CampaignSettings
from iolaus.findings import Evidence, Explanation
from iolaus.link.cohort import Cohort
from iolaus.link.population import Population

NAME = "a person's decision"
LEADS_TO = "explained"


def weigh(
    cohort: Cohort, population: Population, evidence: Mapping[str, Evidence], settings: CampaignSettings
) -> Explanation | None:
    """Share of the accounts that a person cleared; None where there is none."""
    mine = np.isin(cohort.numbers, population.cleared)
    if not mine.any():
        return None
    held = mine.mean() >= settings.cleared_share
    return explained(
        NAME,
        settings.explanation_cap if held else 0.0,
        f"{int(mine.sum())} of {len(mine)} accounts were found honest by a person"
        + ("." if held else ", too few to explain the others."),
        settings,
    )
