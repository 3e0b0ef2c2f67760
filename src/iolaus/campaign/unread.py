"""Accounts of which no text was kept: do ties alone make them a campaign's?

They cannot use its words where anybody sees it, so they are judged by what is left: how often they meet the accounts
that are accused, against how often strangers do. What they did is not seen: their share of the campaign is not known,
and none of their exchanges is flagged.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from iolaus.campaign.apart import Declared
from iolaus.campaign.fits import log10_odds
from iolaus.campaign.members import Members
from iolaus.link.parts import logistic, part_of
from iolaus.link.population import Population
from iolaus.link.settings import LinkSettings
from iolaus.link.ties import meetings_of


def unread(population: Population) -> npt.NDArray[np.int32]:
    """Numbers of accounts with conversations of which none can be read, ascending."""
    had, readable = (population.numbers(name) for name in ("conversations", "readable"))
    return np.flatnonzero((had > 0) & (readable == 0)).astype(np.int32)


def with_unread(
    members: Members,
    population: Population,
    known: Declared,
    probability: float,
    accused: float,
    settings: LinkSettings,
) -> Members:
    """The members with every account of which no text was kept, but for those of declared organisations.

    probability: that the cohort is a campaign. accused: membership from which accounts are compared with. How many of
    the unread are its own is told by the ties of all of them, and counts only where it speaks against.
    """
    body = members.numbers[members.membership >= accused]
    asked = np.setdiff1d(unread(population), members.numbers).astype(np.int32)
    asked = asked[known.entity[asked] < 0]
    if len(asked) == 0 or len(body) < settings.least_accounts:
        return members
    everyone = np.union1d(body, asked).astype(np.int32)
    # Ties are all that can be asked of them: they may weigh what a piece of evidence may.
    capped = settings.model_copy(update={"fit_cap": settings.cap})
    ties = meetings_of(everyone, population, settings, np.isin(everyone, body)).fit(capped)[np.isin(everyone, asked)]
    odds = ties + min(log10_odds(part_of(ties), float(len(asked))), 0.0)
    order = np.argsort(np.concatenate([members.numbers, asked]), kind="stable")
    had = population.accounts["conversations"].to_numpy(zero_copy_only=False)[asked].astype(np.int64)
    return replace(
        members,
        numbers=np.concatenate([members.numbers, asked])[order],
        membership=np.concatenate([members.membership, np.round(probability * logistic(odds), 6)])[order],
        used=np.concatenate([members.used, np.zeros(len(asked), np.int64)])[order],
        had=np.concatenate([members.had, had])[order],
        share_low=np.concatenate([members.share_low, np.zeros(len(asked))])[order],
        share_high=np.concatenate([members.share_high, np.ones(len(asked))])[order],
        role=[[*members.role, *[None] * len(asked)][place] for place in order],
    )
