"""People at work on one queue: gig annotators on personal accounts, a crowd with one rubric.

A person works in sittings, from a device and a connection of her own, at the pace of reading. Where that is how the
accounts behave, an operator's pool cannot be told from them by logs alone: the verdict is to ask.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from iolaus.campaign.explanations import explained, knit
from iolaus.campaign.settings import CampaignSettings
from iolaus.findings import Evidence, Explanation
from iolaus.link.cohort import Cohort
from iolaus.link.population import Population

NAME = "people at work on one queue"
LEADS_TO = "undetermined"
ASK = "Are these persons paid to work on one queue, and for whom?"

TIES = ("shared_network", "shared_identity")


def weigh(
    cohort: Cohort, population: Population, evidence: Mapping[str, Evidence], settings: CampaignSettings
) -> Explanation | None:
    """Hours of their own, one own connection each, and neither address nor card in common."""
    clock = evidence.get("clock")
    if clock is None:
        return None
    blocks = cohort.known("blocks", 0)
    steady = float((blocks[blocks > 0] <= settings.steady_blocks).mean()) if (blocks > 0).any() else 0.5
    sittings = -clock.log10_bf
    # People who work for the same employer come with cards and connections of their own, but for friends and homes.
    ties = sum(
        max(evidence[kind].log10_bf, 0.0) for kind in TIES if kind in evidence and knit(evidence[kind], settings)
    )
    weight = sittings - ties + (steady - 0.5) * 2
    but = "; but they share addresses, cards or sign-ups as strangers do not" if ties > 0 else ""
    return explained(
        NAME,
        float(np.clip(weight, -3, 3)),
        f"{steady:.0%} of the accounts keep to at most {settings.steady_blocks} address blocks; hours"
        f" {'are' if sittings > 0 else 'are not'} each account's own{but}.",
        settings,
    )
