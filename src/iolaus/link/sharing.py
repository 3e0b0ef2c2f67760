"""Do the accounts of a cohort share values that are rare among everyone else?

Links are counted (a value that c accounts hold makes c - 1), and compared with the links that as many accounts
drawn from everyone else would make. Rarity is estimated leaving the cohort out, so that a large cohort
does not make its own values common. The weight is scaled by the part of the cohort that is linked:
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
    outside = np.where(rare, split.outside, 0).astype(np.float64)
    links = float(np.maximum(within - 1, 0).sum())
    others = max(split.outside_accounts, 1)
    collision = float((outside * (outside - 1)).sum()) / max(others * (others - 1), 1)
    expected = collision * split.inside_accounts * (split.inside_accounts - 1) / 2
    linked = int(_holding(cohort, holders, split.values[within > 1]).sum())
    part = min(1.0, linked / len(cohort.numbers) / settings.linked_share)
    weight = min(poisson_surplus(links, expected), settings.cap) * part
    return Sharing(name, links, expected, linked, split.inside_accounts, weight)


def _holding(cohort: Cohort, holders: Holders, values: Numbers) -> npt.NDArray[np.bool_]:
    """bool[n], which accounts of the cohort hold one of ``values``."""
    touching = np.isin(holders.values, values) & np.isin(holders.accounts, cohort.numbers)
    found: npt.NDArray[np.bool_] = np.isin(cohort.numbers, holders.accounts[touching])
    return found


def linked_fit(cohort: Cohort, population: Population, names: Iterable[str], settings: LinkSettings) -> Floats:
    """float64[n], log10 Bayes factor for each account of being tied to the others by rare values, or not.

    Where a cohort shares a pool of addresses beyond chance, an account that never touched it is rather a stranger.
    """
    tied = np.zeros(len(cohort.numbers), bool)
    chance = 0.0
    for name in names:
        if name not in population.holders:
            continue
        split = population.holders[name].split(cohort.numbers)
        rare = split.outside <= max(1.0, settings.rare_share * split.outside_accounts)
        tied |= _holding(cohort, population.holders[name], split.values[rare & (split.inside > 1)])
        # What a stranger of everyone else would have in common with as many accounts.
        others = np.where(rare, split.outside, 0).astype(np.float64)
        total = max(split.outside_accounts, 1)
        chance += float((others * (others - 1)).sum()) / max(total * (total - 1), 1) * split.inside_accounts
    part, chance = float(tied.mean()) if len(tied) else 0.0, min(max(chance, 0.02), 0.5)
    if part <= chance:
        return np.zeros(len(tied))
    # An operator's pool ties nearly all of his accounts. Where it ties a minority, that minority is the one hand.
    tying = min(max(part, settings.pool_share), 0.98)
    weights = np.array([np.log10((1 - tying) / (1 - chance)), np.log10(part / chance)])
    found: Floats = np.clip(weights[tied.astype(np.int64)], -settings.fit_cap, settings.fit_cap)
    return found


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
