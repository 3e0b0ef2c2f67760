"""One workplace: an office, a laboratory or a school whose people hold accounts of their own and share one way out.

They run one script or work on one queue, nobody declared them, and all the world sees them come from one place. Whoever
means to pass for strangers does not send all of them from one office. A place where servers live is none.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from iolaus.campaign.explanations import explained
from iolaus.campaign.settings import CampaignSettings
from iolaus.findings import Evidence, Explanation
from iolaus.link.cohort import Cohort
from iolaus.link.held import SIGNUP
from iolaus.link.population import KINDS, Floats, Population
from iolaus.networks import Kind

NAME = "one workplace"
LEADS_TO = "undetermined"
ASK = "Whose office, laboratory or school is behind that address, and are these its people?"

WAYS_OUT = 4
"""Address blocks that one workplace comes from at most, where one is one of several buildings or lines."""

WHERE_PEOPLE_ARE = (int(Kind.UNKNOWN), int(Kind.OTHER))


def weigh(
    cohort: Cohort, population: Population, evidence: Mapping[str, Evidence], settings: CampaignSettings
) -> Explanation | None:
    """Share of the accounts that were seen in one address block or signed up there; a pool has many such blocks."""
    if "block" not in population.holders:
        return None
    seen = _blocks(cohort, population)
    if len(seen) == 0:
        return None
    others = float(seen[WAYS_OUT]) if len(seen) > WAYS_OUT else 0.0
    share = float(seen[0])
    open_ = share >= settings.workplace_share and others <= settings.workplace_others
    return explained(
        NAME,
        settings.hold + settings.explanation_cap * (share - settings.workplace_share) if open_ else 0.0,
        f"{share:.0%} of the accounts were seen in one address block where no servers live, or signed up there.",
        settings,
    )


def _blocks(cohort: Cohort, population: Population) -> Floats:
    """float64[b], share of the accounts that each block where people are has seen, the largest first.

    Who was enrolled at an office on one day may work from home ever after.
    """
    pairs = []
    for holders in (population.holders[name] for name in ("block", SIGNUP) if name in population.holders):
        held = holders.rows(cohort.everyone)
        held = held[np.isin(holders.sorts[held] % KINDS, WHERE_PEOPLE_ARE)]
        pairs.append(np.stack([holders.places[held], holders.accounts[held].astype(np.int64)], 1))
    distinct = np.unique(np.concatenate(pairs), axis=0)
    found: Floats = np.sort(np.unique(distinct[:, 0], return_counts=True)[1])[::-1] / len(cohort.everyone)
    return found
