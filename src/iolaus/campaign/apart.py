"""Declared organisations are set apart from whoever uses their words.

Who copies a firm's template, client and address block makes one cohort of its accounts and of his own. A declaration
that covers half of a cohort explains nothing of the other half, and what proves one hand of the one half would accuse
the other. The hand of a declared organisation is known: so its accounts are judged by themselves, the others without
them, and no member of a campaign is looked for among them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from iolaus.campaign.explanations.declared_organisation import VERIFIED
from iolaus.campaign.settings import CampaignSettings
from iolaus.engine import Engine
from iolaus.link.candidates import Candidate
from iolaus.link.population import Numbers, Population

DAY = 86_400_000_000
"""Microseconds of a day."""

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Declared:
    """entity: int64[accounts of the scan], equal for accounts of one declared organisation, -1 where there is none.

    seats: accounts of one of them among some others from which they are set apart.
    """

    entity: Numbers
    seats: int

    def among(self, accounts: npt.NDArray[np.int32]) -> Mask:
        """bool[n], which of ``accounts`` (numbers) belong to a declared organisation with enough seats among them."""
        _, place, count = np.unique(self.entity[accounts], return_inverse=True, return_counts=True)
        found: Mask = (self.entity[accounts] >= 0) & (count[place] >= self.seats)
        return found


def declared(population: Population, engine: Engine, settings: CampaignSettings) -> Declared:
    """The organisations of which most accounts are verified and older than their traffic. Needs conversations."""
    entity = np.full(len(population.accounts), -1, np.int64)
    if not population.has_accounts or not {"verification", "created_at"} <= {*population.accounts.column_names}:
        return Declared(entity, settings.declared_seats)
    first = engine.table("SELECT account, min(ts) AS ts FROM conversations GROUP BY account")
    begun = np.full(len(entity), np.iinfo(np.int64).max)
    begun[first["account"].to_numpy()] = first["ts"].to_numpy()
    names, place, count = np.unique(population.entities, return_inverse=True, return_counts=True)
    earliest = np.full(len(names), np.iinfo(np.int64).max)
    np.minimum.at(earliest, place, begun)
    created = population.accounts["created_at"].fill_null(np.iinfo(np.int64).max).to_numpy()
    older = created < earliest[place] - int(settings.declared_days * DAY)
    verified = np.isin(population.accounts["verification"].fill_null("").to_pylist(), VERIFIED)
    sure = np.bincount(place, verified & older, len(names)) >= settings.declared_most * count
    return Declared(np.where(sure[place], population.entities, -1), settings.declared_seats)


def set_apart(
    candidates: Sequence[Candidate], known: Declared, settings: CampaignSettings, least: int
) -> list[Candidate]:
    """The candidates with declared organisations set apart. least: accounts of a cohort.

    An organisation that is a large part of several of them is judged by itself where it uses the words most, unless it
    is nearly all of another candidate: then it is judged by that.
    """
    found: list[Candidate] = []
    judged: set[int] = set()
    alone: dict[int, Candidate] = {}
    for candidate in candidates:
        there = known.among(candidate.accounts)
        names, seats = np.unique(known.entity[candidate.accounts][there], return_counts=True)
        whole = len(candidate.accounts)
        if not there.any() or seats.max() >= settings.declared_share * whole:
            found.append(candidate)
            judged.update(names[seats >= settings.declared_share * whole].tolist())
            continue
        if whole - there.sum() >= least:
            found.append(_only(candidate, ~there, "apart"))
        for name in names[seats >= max(settings.declared_part * whole, least)].tolist():
            firm = _only(candidate, known.entity[candidate.accounts] == name, "declared")
            alone[name] = max(alone.get(name, firm), firm, key=lambda each: each.conversations)
    firms = [firm for name, firm in alone.items() if name not in judged]
    return found + [replace(firm, id=f"{firm.id}-{number}") for number, firm in enumerate(firms, 1)]


def _only(candidate: Candidate, kept: Mask, suffix: str) -> Candidate:
    uses = round(candidate.conversations * float(kept.mean()))
    return replace(candidate, id=f"{candidate.id}-{suffix}", accounts=candidate.accounts[kept], conversations=uses)
