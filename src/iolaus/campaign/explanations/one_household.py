"""One household: a handful of accounts that show one purse, one machine or one address to everybody.

The crowd: a developer with several accounts, a shop with several keys, a family or a flat-share, freelancers behind one
proxy. Whoever means to pass for several persons does not pay for all of them with one card.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np

from iolaus.campaign.explanations import explained
from iolaus.campaign.settings import CampaignSettings
from iolaus.findings import Evidence, Explanation
from iolaus.link.cohort import Cohort
from iolaus.link.few import PRIVATE
from iolaus.link.population import Population

NAME = "one household"
LEADS_TO = "undetermined"
ASK = "Are these accounts one customer's, who makes no secret of it?"

SHOWN = ("payment_fingerprint", "device_id", "signup_ip", "parent_account_id", "organization_id")
"""What the account table shows of an owner."""

MET = ("address", "block", "key")
"""What the logs show of one."""


def weigh(
    cohort: Cohort, population: Population, evidence: Mapping[str, Evidence], settings: CampaignSettings
) -> Explanation | None:
    """Share of a handful's accounts that hold one and the same value; None for any other cohort."""
    if PRIVATE not in cohort.selected_by.split("+"):
        return None
    counts = {name: max(Counter(v for v in cohort.texts(name) if v is not None).values(), default=0) for name in SHOWN}
    for name in MET:
        if name in population.holders:
            holders = population.holders[name]
            values = holders.values[holders.rows(cohort.numbers)]
            counts[name] = int(np.unique(values, return_counts=True)[1].max(initial=0))
    best = max(sorted(counts), key=lambda name: counts[name])
    share = counts[best] / max(len(cohort.numbers), 1)
    return explained(
        NAME,
        settings.explanation_cap * (share - settings.handful_share) / (1 - settings.handful_share) + settings.hold
        if share >= settings.handful_share
        else 0.0,
        f"{counts[best]} of {len(cohort.numbers)} accounts show one and the same {best.replace('_', ' ')}.",
        settings,
    )
