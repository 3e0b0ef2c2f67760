"""Do the accounts of a cohort share values that are rare among everyone else?

Links are counted (a value that c accounts hold makes c - 1; two accounts make but one), and compared with the links
that strangers would make who hold as many values of the same sort: whoever is seen from thirty addresses, or behind VPN
exits, meets others there more often; and some honest people are related, by a home, an office or a second account.
Rarity is estimated leaving the cohort out, so that a large cohort does not make its own values common. Of a cohort that
is sampled all accounts are counted: a tenth of them would hold a hundredth of their links. The weight is scaled by the
part of the cohort that is linked: what three accounts of a hundred share says little about the hundred.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from iolaus.findings import Evidence, Family, Question
from iolaus.link.cohort import Cohort
from iolaus.link.population import Holders, Numbers, Population
from iolaus.link.settings import LinkSettings
from iolaus.link.weights import piece, poisson_surplus


@dataclass(frozen=True)
class Sharing:
    """Links seen and expected, accounts that are linked, and accounts that hold any value."""

    name: str
    links: float
    expected: float
    linked: int
    holding: int
    log10_bf: float


def share(name: str, cohort: Cohort, holders: Holders, affiliations: Numbers, settings: LinkSettings) -> Sharing | None:
    """How the cohort shares rare values of one identifier; None where fewer than two accounts hold one.

    affiliations: int64[accounts], equal for accounts that are openly one's (:attr:`Population.affiliations`).
    """
    if holders.strangers is not None and len(cohort.everyone) > settings.signup_most:
        holders = holders.anywhere
    split = holders.split(cohort.everyone)
    if split.inside_accounts < 2:
        return None
    rare = split.rare(settings.rare_share, settings.rare_most)
    within = np.where(rare, split.inside, 0)
    held = _held(cohort, holders, split.values[within > 1])
    accounts, values = holders.accounts[held], holders.values[held]
    strange = _of_strangers(values, affiliations[accounts])
    accounts, values = accounts[strange], values[strange]
    links = float(_links(accounts, values))
    by_chance = split.collisions(settings.rare_share, settings.rare_most)
    expected = by_chance + settings.related_share * split.inside_accounts / 2
    linked = len(np.unique(accounts))
    part = min(1.0, linked / len(cohort.everyone) / settings.linked_share)
    weight = min(poisson_surplus(links, expected, settings.links_deviation), settings.cap) * part
    return Sharing(name, links, expected, linked, split.inside_accounts, weight)


def _held(cohort: Cohort, holders: Holders, values: Numbers) -> npt.NDArray[np.intp]:
    """Places of the pairs by which an account of the whole cohort holds one of ``values``, by value, then account."""
    own = holders.rows(cohort.everyone)
    return own[np.isin(holders.values[own], values)]


def _of_strangers(values: Numbers, affiliation: Numbers) -> npt.NDArray[np.bool_]:
    """bool[n], pairs whose value some account of another affiliation holds too; of each affiliation at a value the
    first. Colleagues who share an office, a card or a domain hide nothing by that.

    values: ascending. affiliation: int64[n], equal for accounts that are openly one's.
    """
    _, first = np.unique(np.stack([values, affiliation], 1), axis=0, return_index=True)
    found = np.zeros(len(values), bool)
    found[first] = True
    if not len(values):
        return found
    _, value, count = np.unique(values[found], return_inverse=True, return_counts=True)
    found[found] = count[value.ravel()] > 1
    return found


def _links(accounts: npt.NDArray[np.int32], values: Numbers) -> int:
    """Pairs of accounts that follow each other among the holders of one of ``values``; each pair counts once.

    Two who share a home, or the exits of one carrier, share many addresses and are linked no more by that.
    """
    same = values[1:] == values[:-1]
    return len(np.unique(np.stack([accounts[:-1][same], accounts[1:][same]], 1), axis=0))


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
        and (sharing := share(name, cohort, population.holders[name], population.affiliations, settings)) is not None
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
        f"{best.linked} of {len(cohort.everyone)} accounts share rare values of {best.name.replace('_', ' ')}"
        f" ({best.links:.0f} links; {best.expected:.1f} expected of as many others).",
        links=best.links,
        expected=best.expected,
        linked_accounts=best.linked,
        accounts=len(cohort.everyone),
    )
