"""How many accounts of a campaign is one account tied to by rare values: as many as on one pool, or as a stranger?

Whoever shares a pool of addresses or cards meets many others of it. Strangers meet few: by chance, the more the more
addresses they were seen from, and some have a second account, a partner or a colleague, one or two of them. So it is
counted whom an account meets, not whether it meets anybody. Where the campaign has no pool both counts are alike and
nothing is said.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from scipy.stats import poisson

from iolaus.link.cohort import Cohort
from iolaus.link.population import Floats, Holders, Numbers, Population
from iolaus.link.settings import LinkSettings

TYING = (("address", "block"), ("payment_fingerprint",), ("device_id",), ("signup_ip",))
"""Identifiers whose rare values tie accounts. Those of one group name the same thing: chance counts once for it."""

MOST_RELATED = 12
"""Related accounts past which the chance of more is nothing."""

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Meetings:
    """How many of the campaign's accounts each account of a cohort meets, int64[n]; how many a stranger would who holds
    as many values, float64[n]; and which accounts are taken for the campaign's, bool[n]."""

    met: Numbers
    expected: Floats
    body: Mask

    def fit(self, settings: LinkSettings, cautious: bool = False) -> Floats:
        """float64[n], log10 Bayes factor for each account: on the pool that the ``body`` shares, or a stranger to it.

        On a pool counts are geometric with the mean of the body, and not all of a campaign are on it; if the body is no
        pool's that mean is small, and so is what follows. cautious: as if nearly all of them were on the pool, and
        those of the body who meet nobody were none of them.
        """
        if not self.body.any():
            return np.zeros(len(self.met))
        stranger = _of_stranger(self.met, self.expected, settings.related_share)
        pool = self.met[self.body & (self.met > 0)] if cautious else self.met[self.body]
        mean = max(float(pool.mean()), 1e-9) if len(pool) else 1e-9
        pooled = np.exp(self.met * np.log(mean / (1 + mean)) - np.log(1 + mean))
        share = settings.pool_most if cautious else settings.pool_share
        ratio = np.log10((1 - share) + share * pooled / np.maximum(stranger, 1e-12))
        found: Floats = np.clip(ratio, -settings.fit_cap, settings.fit_cap)
        return found


def meetings(cohort: Cohort, population: Population, settings: LinkSettings, body: Mask) -> Meetings:
    """Whom the accounts of a cohort meet. body: bool[n], accounts that are taken for the campaign's."""
    accounts = len(cohort.numbers)
    met = csr_matrix((accounts, accounts), dtype=np.int32)
    expected = np.zeros(accounts)
    for group in TYING:
        chances = [np.zeros(accounts)]
        for name in group:
            if name in population.holders:
                values = _Rare(cohort, population.holders[name], settings)
                met = met + values.meetings(body)
                chances.append(values.by_chance(body))
        expected += np.max(chances, axis=0)
    met.setdiag(0)
    met.eliminate_zeros()
    return Meetings(np.diff(met.indptr).astype(np.int64), expected, body)


def _of_stranger(met: Numbers, expected: Floats, related: float) -> Floats:
    """Chance of each count: Poisson about ``expected``, and a share of ``related`` accounts who know others.

    These meet one more, and another with one half of the chance each time.
    """
    found: Floats = (1 - related) * poisson.pmf(met, expected)
    for more in range(1, MOST_RELATED + 1):
        found = found + related * 0.5**more * poisson.pmf(met - more, expected)
    return found


class _Rare:
    """Values of one identifier that are rare outside a cohort, and who of the cohort holds them."""

    def __init__(self, cohort: Cohort, holders: Holders, settings: LinkSettings) -> None:
        split = holders.split(cohort.numbers)
        rare = split.rare(settings.rare_share)
        inside = np.isin(holders.accounts, cohort.numbers)
        self._accounts = len(cohort.numbers)
        self._meeting = split.meeting(rare)
        self._place = np.searchsorted(cohort.numbers, holders.accounts[inside])
        self._sorts = holders.sorts[inside]
        self._values, self._held = np.unique(holders.values[inside], return_inverse=True)
        self._rare = np.isin(holders.values[inside], split.values[rare])

    def meetings(self, body: Mask) -> csr_matrix:
        """int32[n, n], rare values that each account shares with each of the body."""
        place, held = self._place[self._rare], self._held[self._rare]
        shape = (self._accounts, len(self._values))
        holds = csr_matrix((np.ones(len(place), np.int32), (place, held)), shape)
        of_body = csr_matrix((body[place].astype(np.int32), (place, held)), shape)
        of_body.eliminate_zeros()
        return holds @ of_body.T

    def by_chance(self, body: Mask) -> Floats:
        """float64[n], accounts of the body that a stranger meets who holds as many values of each sort."""
        expected = np.zeros(self._accounts)
        for sort, chance in self._meeting.items():
            same = self._sorts == sort
            own = np.bincount(self._place[same], minlength=self._accounts).astype(np.float64)
            mine = np.bincount(self._place[same], body[self._place[same]], self._accounts)
            expected += own * (mine.sum() - mine) * chance
        return expected
