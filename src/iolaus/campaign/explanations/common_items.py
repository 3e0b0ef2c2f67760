"""Common items: a class with one worksheet, strangers over one public problem bank, a viral prompt.

Many accounts ask the very same few things, each for itself: whoever chooses from the same few meets others there by
chance, and at what is popular more often than by chance. Who deals a list has each item asked once, or so many times to
compare the answers: then fewer accounts meet than would by choosing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

from iolaus.campaign.explanations import explained
from iolaus.campaign.settings import CampaignSettings
from iolaus.findings import Evidence, Explanation
from iolaus.link.cohort import Cohort
from iolaus.link.population import Population

NAME = "common items"
LEADS_TO = "explained"

MOST = 1e9
"""Items that there are to choose from at most."""


def weigh(
    cohort: Cohort, population: Population, evidence: Mapping[str, Evidence], settings: CampaignSettings
) -> Explanation | None:
    """Share of the conversations whose whole text another account of the cohort sent as well.

    Less what the accounts meet more seldom than by choosing: the log10 likelihood ratio of two Poisson counts.
    """
    readable = cohort.column("readable").astype(bool)
    texts, member = cohort.column("text")[readable], cohort.member[readable]
    if len(texts) < settings.least_items:
        return None
    _, text = np.unique(texts, return_inverse=True)
    members = len(cohort.numbers)
    asked = np.unique(text * members + member)
    holders = np.bincount(asked // members)
    common = float((holders[text] > 1).mean())
    met = Met.of(holders, np.bincount(asked % members, minlength=members))
    dealt = met.dealt(settings.chosen_overlap)
    how = f", {met.seen / met.chance:.0%} as often as by choosing: they were dealt." if dealt > settings.hold else "."
    return explained(
        NAME,
        (common - settings.common_share) * 6.0 - dealt,
        f"{common:.0%} of the requests were sent, word for word, by several of the accounts{how}",
        settings,
    )


@dataclass(frozen=True)
class Met:
    """seen: pairs of accounts that asked the same, over all items. chance: of accounts that choose evenly, as many
    items each, from as many as make the same number of different ones likely.
    """

    seen: float
    chance: float

    @classmethod
    def of(cls, holders: npt.NDArray[np.integer], asked: npt.NDArray[np.integer]) -> Met:
        """holders: int[items], accounts that asked each. asked: int[accounts], different items of each."""
        each, items = asked.astype(np.float64), len(holders)
        seen = float((holders * (holders - 1.0)).sum() / 2)
        most = float(each.max(initial=0.0))
        if seen == 0 or most == 0:
            return cls(seen, 0.0)

        def missing(choice: float) -> float:
            with np.errstate(divide="ignore"):
                never = np.exp(np.log1p(-each / choice).sum())
            return float(choice * (1 - never)) - items

        choice = float(brentq(missing, most, MOST)) if missing(most) < 0 < missing(MOST) else most
        return cls(seen, float((each.sum() ** 2 - (each**2).sum()) / 2 / choice))

    def dealt(self, overlap: float) -> float:
        """Log10 likelihood ratio of what was seen to ``overlap`` of what chance makes; 0 unless it is less."""
        least = overlap * self.chance
        if not 0 < self.seen < least:
            return 0.0
        return float((least - self.seen + self.seen * np.log(self.seen / least)) / np.log(10))
