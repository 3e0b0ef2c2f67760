"""Do the accounts of a cohort share values that are rare among everyone else?

Links are counted (a value that c accounts hold makes c - 1), and compared with the links that strangers would make
who hold as many values of the same sort: whoever is seen from thirty addresses, or behind VPN exits, meets others
there more often. Rarity is estimated leaving the cohort out, so that a large cohort does not make its own values
common. The weight is scaled by the part of the cohort that is linked:
what three accounts of a hundred share says little about the hundred.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from iolaus.findings import Evidence, Family, Question
from iolaus.link.cohort import Cohort
from iolaus.link.population import Floats, Holders, Numbers, Population
from iolaus.link.settings import LinkSettings
from iolaus.link.weights import piece, poisson_surplus

LEAST_CHANCE = 0.02
"""Chance of being tied to a stranger below which a background of finite size proves nothing."""


@dataclass(frozen=True)
class Sharing:
    """Links seen and expected, accounts that are linked, and accounts that hold any value."""

    name: str
    links: float
    expected: float
    linked: int
    holding: int
    log10_bf: float


def share(name: str, cohort: Cohort, holders: Holders, settings: LinkSettings) -> Sharing | None:
    """How the cohort shares rare values of one identifier; None where fewer than two accounts hold one."""
    split = holders.split(cohort.numbers)
    if split.inside_accounts < 2:
        return None
    rare = split.outside <= max(1.0, settings.rare_share * split.outside_accounts)
    within = np.where(rare, split.inside, 0)
    links = float(np.maximum(within - 1, 0).sum())
    expected = split.collisions(rare)
    linked = int(_holding(cohort, holders, split.values[within > 1]).sum())
    part = min(1.0, linked / len(cohort.numbers) / settings.linked_share)
    weight = min(poisson_surplus(links, expected, settings.links_deviation), settings.cap) * part
    return Sharing(name, links, expected, linked, split.inside_accounts, weight)


def _holding(cohort: Cohort, holders: Holders, values: Numbers) -> npt.NDArray[np.bool_]:
    """bool[n], which accounts of the cohort hold one of ``values``."""
    touching = np.isin(holders.values, values) & np.isin(holders.accounts, cohort.numbers)
    found: npt.NDArray[np.bool_] = np.isin(cohort.numbers, holders.accounts[touching])
    return found


def linked_fit(
    cohort: Cohort, population: Population, names: Iterable[str], settings: LinkSettings, body: npt.NDArray[np.bool_]
) -> Floats:
    """float64[n], log10 Bayes factor for each account of being tied to others of the ``body`` by rare values, or not.

    Where a cohort shares a pool of addresses beyond chance, an account that never touched it is rather a stranger, and
    one that did rather none, the less so the more addresses it was seen from: those meet others by chance.
    """
    tied = np.zeros(len(cohort.numbers), bool)
    chance = np.zeros(len(cohort.numbers))
    for name in names:
        if name not in population.holders:
            continue
        holders = population.holders[name]
        split = holders.split(cohort.numbers)
        rare = split.outside <= max(1.0, settings.rare_share * split.outside_accounts)
        held = _Held.by(cohort, holders, split.values[rare], body)
        tied |= held.tied
        # One of several names is enough to be tied; the likeliest of them to tie a stranger stands for all.
        chance = np.maximum(chance, held.met_by_chance(split.meeting(rare)))
    chance = np.clip(chance, LEAST_CHANCE, 0.98)
    part = float(tied[body].mean()) if body.any() else 0.0
    if part <= float(chance[body].mean() if body.any() else 1.0):
        return np.zeros(len(tied))
    # The body may have been chosen by its ties: how many it has tells nothing of how many an operator's pool ties.
    tying = settings.pool_share
    near, far = np.log10(np.maximum(tying / chance, 1.0)), np.log10(np.minimum((1 - tying) / (1 - chance), 1.0))
    found: Floats = np.clip(np.where(tied, near, far), -settings.fit_cap, settings.fit_cap)
    return found


@dataclass(frozen=True)
class _Held:
    """Values that the accounts of a cohort hold, a pair an entry: account (row of the cohort), sort, in the body."""

    tied: npt.NDArray[np.bool_]
    place: Numbers
    sorts: npt.NDArray[np.int8]
    body: npt.NDArray[np.bool_]

    @classmethod
    def by(cls, cohort: Cohort, holders: Holders, rare: Numbers, body: npt.NDArray[np.bool_]) -> _Held:
        """Pairs of the cohort, and which of its accounts share one of the ``rare`` values with another of the body."""
        inside = np.isin(holders.accounts, cohort.numbers)
        place = np.searchsorted(cohort.numbers, holders.accounts[inside])
        values, mine = holders.values[inside], body[place]
        distinct, group = np.unique(values, return_inverse=True)
        others = np.bincount(group, mine, len(distinct))[group] - mine
        tied = np.zeros(len(body), bool)
        tied[place[(others > 0) & np.isin(values, rare)]] = True
        return cls(tied, place, holders.sorts[inside], mine)

    def met_by_chance(self, meeting: dict[int, float]) -> Floats:
        """float64[n], chance that a stranger who holds as many values of each sort meets somebody of the body."""
        expected = np.zeros(len(self.tied))
        for sort, chance in meeting.items():
            same = self.sorts == sort
            own = np.bincount(self.place[same], minlength=len(expected)).astype(np.float64)
            of_body = np.bincount(self.place[same], self.body[same], len(expected))
            expected += own * (of_body.sum() - of_body) * chance
        met: Floats = 1 - np.exp(-expected)
        return met


def strongest(
    kind: str,
    family: Family,
    question: Question,
    names: Iterable[str],
    cohort: Cohort,
    population: Population,
    settings: LinkSettings,
    cap: float,
) -> Evidence | None:
    """The identifier of ``names`` that is shared most beyond chance, as one piece of evidence."""
    found = [
        sharing
        for name in names
        if name in population.holders
        and (sharing := share(name, cohort, population.holders[name], settings)) is not None
    ]
    if not found:
        return None
    best = max(found, key=lambda sharing: (sharing.log10_bf, sharing.name))
    return piece(
        kind,
        family,
        question,
        best.log10_bf,
        cap,
        f"{best.linked} of {len(cohort.numbers)} accounts share rare values of {best.name.replace('_', ' ')}"
        f" ({best.links:.0f} links; {best.expected:.1f} expected of as many others).",
        links=best.links,
        expected=best.expected,
        linked_accounts=best.linked,
        accounts=len(cohort.numbers),
    )
