"""Common items: a class with one worksheet, strangers over one public problem bank, a viral prompt.

Many accounts ask the very same few things. An operator who pays for each answer does not: he deals each item
once. (Overlap above chance is popularity; overlap below it is dealing.)
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from iolaus.campaign.explanations import explained
from iolaus.campaign.settings import CampaignSettings
from iolaus.findings import Evidence, Explanation
from iolaus.link.cohort import Cohort
from iolaus.link.population import Population

NAME = "common items"
LEADS_TO = "explained"


def weigh(
    cohort: Cohort, population: Population, evidence: Mapping[str, Evidence], settings: CampaignSettings
) -> Explanation | None:
    """Share of the conversations whose whole text another account of the cohort sent as well."""
    readable = cohort.column("readable").astype(bool)
    texts, member = cohort.column("text")[readable], cohort.member[readable]
    if len(texts) < settings.least_items:
        return None
    _, text = np.unique(texts, return_inverse=True)
    members = len(cohort.numbers)
    holders = np.bincount(np.unique(text * members + member) // members)
    common = float((holders[text] > 1).mean())
    return explained(
        NAME,
        (common - settings.common_share) * 6.0,
        f"{common:.0%} of the requests were sent, word for word, by several of the accounts.",
        settings,
    )
