"""Common items: a class with one worksheet, strangers over one public problem bank, a viral prompt.

Many accounts ask the very same few things, each for itself: whoever chooses from the same few meets others there by
chance, and at what is popular more often than by chance. Who deals a list has each item asked once, or so many times to
compare the answers: then fewer accounts meet than would by choosing.
"""

from __future__ import annotations

from collections.abc import Mapping

from iolaus.campaign.explanations import explained, knit
from iolaus.campaign.settings import CampaignSettings
from iolaus.findings import Evidence, Explanation
from iolaus.link.cohort import Cohort
from iolaus.link.population import Population

NAME = "common items"
LEADS_TO = "explained"


def weigh(
    cohort: Cohort, population: Population, evidence: Mapping[str, Evidence], settings: CampaignSettings
) -> Explanation | None:
    """Share of the conversations whose whole text another account of the cohort sent as well.

    Less what says that these were dealt (:mod:`iolaus.link.kinds.sweep`). Of a long list, of which each account asks a
    small part, also less what says that the accounts keep one scheduler's hours, or have cards, devices or sign-ups in
    common: those who choose from a problem bank keep their own, and a class that meets at one hour and in one place has
    a worksheet that most of it asks.
    """
    if len(cohort.asked[0]) < settings.least_items:
        return None
    met, sweep = cohort.met, evidence.get("sweep")
    dealt = 0.0 if sweep is None else sweep.numbers.get("dealt", 0.0)
    clock = evidence.get("clock")
    identity = evidence.get("shared_identity")
    served = 0.0 if clock is None else max(clock.log10_bf, 0.0)
    tied = 0.0 if identity is None or not knit(identity, settings) else max(identity.log10_bf, 0.0)
    if met.part > settings.worksheet_part:
        served = tied = 0.0
    how = "."
    if dealt > settings.hold:
        how = f", {met.seen / met.chance:.0%} as often as by choosing: they were dealt."
    elif served > settings.hold and met.common > settings.common_share:
        how = "; each asked a small part of a long list, at one scheduler's hours."
    elif tied > settings.hold and met.common > settings.common_share:
        how = "; each asked a small part of a long list, and rare values tie them."
    return explained(
        NAME,
        (met.common - settings.common_share) * 6.0 - dealt - max(served, tied),
        f"{met.common:.0%} of the requests were sent, word for word, by several of the accounts{how}",
        settings,
    )
