"""How often does one account meet a campaign's others by rare values: as on one pool, or as a stranger would?

Whoever shares a pool of addresses or cards meets many others of it, at many places. Strangers meet few: by chance, the
more the more addresses they were seen from, and some have a second account, a home or an office in common with one.
A second account shares every address, and an office one address with many: so meetings count as the smaller of how
many accounts are met and at how many places. Accounts that are openly of one organisation, or of one mail domain that
is its own, do not meet each other.
Chance is not assumed but counted: how often the values of everybody else are the campaign's too. Where the campaign has
no pool both counts are alike and nothing is said.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from scipy.stats import poisson

from iolaus.link.cohort import Cohort
from iolaus.link.population import KINDS, Floats, Holders, Numbers, Population
from iolaus.link.settings import LinkSettings

TYING = (("address", "block"), ("payment_fingerprint",), ("device_id",), ("signup_ip",))
"""Identifiers whose rare values tie accounts. Those of one group name the same thing: chance counts once for it."""

TIES = "ties"
"""What a cohort says selected it where ties did."""

MOST_RELATED = 12
"""Further meetings of a related account past which the chance of more is nothing."""

RELATED_MORE = 0.2
"""Chance of each further meeting of a related account: with another person, at another place."""

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Meetings:
    """Meetings of some accounts with a campaign's others.

    people, places: int64[n], how many others each meets, and at how many places. held: int64[n], how many values it
    holds. expected: float64[n], at how many places a stranger would meet them who holds as many. body: bool[n],
    accounts that are taken for the campaign's.
    """

    people: Numbers
    places: Numbers
    held: Numbers
    expected: Floats
    body: Mask

    @property
    def met(self) -> Numbers:
        """int64[n], how often each meets the others: neither one person nor one place makes more than one meeting."""
        return np.minimum(self.people, self.places)

    def of_stranger(self, met: Numbers | int, related: float) -> Floats:
        """float64[n], chance that a stranger meets them ``met`` times: Poisson about ``expected``, and a share of
        ``related`` accounts who know one of them. These meet one more, and others with :data:`RELATED_MORE`."""
        found: Floats = (1 - related) * poisson.pmf(met, self.expected)
        for more in range(1, MOST_RELATED + 1):
            chance = (1 - RELATED_MORE) * RELATED_MORE ** (more - 1)
            found = found + related * chance * poisson.pmf(met - more, self.expected)
        return found

    def fit(self, settings: LinkSettings, cautious: bool = False) -> Floats:
        """float64[n], log10 Bayes factor for each account: on the pool that the ``body`` shares, or a stranger to it.

        On a pool counts are geometric with a mean that grows with the values an account holds, as it does in the body:
        who was seen from one address can meet others nowhere else. Not all of a campaign are on it; if the body is no
        pool's that mean is small, and so is what follows. cautious: as if nearly all of them were on the pool, and
        those of the body who meet nobody were none of them; without its zeros a geometric count has a mean one larger.
        """
        if not self.body.any():
            return np.zeros(len(self.body))
        met = self.met
        stranger = self.of_stranger(met, settings.related_share)
        pool = self.body & (met > 0) if cautious else self.body
        count = met[pool].sum() - (pool.sum() if cautious else 0)
        mean = np.maximum(self.held * (count / max(self.held[pool].sum(), 1)), 1e-9)
        pooled = np.exp(met * np.log(mean / (1 + mean)) - np.log(1 + mean))
        share = settings.pool_most if cautious else settings.pool_share
        ratio = np.log10((1 - share) + share * pooled / np.maximum(stranger, 1e-12))
        # Whoever meets fewer than chance makes is no likelier on the pool for it: chance is known but on the whole.
        ratio = np.where(met <= self.expected, np.minimum(ratio, 0.0), ratio)
        found: Floats = np.clip(ratio, -settings.fit_cap, settings.fit_cap)
        return found


def meetings(cohort: Cohort, population: Population, settings: LinkSettings, body: Mask) -> Meetings:
    """How often the accounts of a cohort meet each other. body: bool[n], accounts taken for the campaign's.

    Where ties selected the cohort they tell nothing of its accounts: nobody meets anybody, and nobody is expected to.
    """
    if TIES in cohort.selected_by.split("+"):
        none = np.zeros(len(cohort.numbers), np.int64)
        return Meetings(none, none, none, none.astype(np.float64), np.zeros(len(none), bool))
    return meetings_of(cohort.numbers, population, settings, body, np.setdiff1d(cohort.everyone, cohort.numbers))


def meetings_of(
    numbers: npt.NDArray[np.int32],
    population: Population,
    settings: LinkSettings,
    body: Mask,
    aside: npt.NDArray[np.int32] | None = None,
) -> Meetings:
    """The same of any accounts. numbers: int32[n], ascending account numbers; body: bool[n].

    aside: accounts that may be the campaign's but were not sampled: they are no strangers to compare with.
    """
    rest = np.zeros(0, np.int32) if aside is None else aside
    accounts, entities = len(numbers), population.affiliations[numbers]
    others = csr_matrix((accounts, accounts), dtype=np.int32)
    places, own, expected = np.zeros(accounts, np.int64), np.zeros(accounts, np.int64), np.zeros(accounts)
    for group in TYING:
        holders = [population.holders[name] for name in group if name in population.holders]
        if not holders:
            continue
        held = [_Rare(numbers, of_one, settings, body, entities, rest) for of_one in holders]
        for values in held:
            others = others + values.others()
        places += _distinct(np.concatenate([values.places() for values in held]), accounts)
        own += np.max([values.held() for values in held], axis=0)
        expected += np.max([values.by_chance() for values in held], axis=0)
    met = others.tocoo()
    people = np.bincount(met.row[entities[met.row] != entities[met.col]], minlength=accounts)
    return Meetings(people.astype(np.int64), places, own, expected, body)


def _distinct(pairs: Numbers, accounts: int) -> Numbers:
    """int64[accounts], how many distinct places each account has. pairs: int64[p, 2], account and place."""
    return np.bincount(np.unique(pairs, axis=0)[:, 0], minlength=accounts)


class _Rare:
    """Values of one identifier that are rare outside a campaign, and who of some accounts holds them."""

    def __init__(
        self,
        numbers: npt.NDArray[np.int32],
        holders: Holders,
        settings: LinkSettings,
        body: Mask,
        entities: Numbers,
        rest: npt.NDArray[np.int32],
    ) -> None:
        known = np.concatenate([numbers[body], rest])
        split = holders.split(numbers[body], known)
        rare = np.isin(holders.values, split.values[split.rare(settings.rare_share, settings.rare_most)])
        inside, others = np.isin(holders.accounts, numbers), holders.of_strangers
        outside = ~np.isin(others.accounts, known)
        place = np.searchsorted(numbers, holders.accounts[inside])
        self._accounts = len(numbers)
        self._own = place, holders.sorts[inside].astype(np.int64)
        self._place, self._where = place[rare[inside]], holders.places[inside & rare]
        _, self._value = np.unique(holders.values[inside & rare], return_inverse=True)
        self._body, self._entity = body[self._place], entities[self._place]
        shared = np.isin(others.values, holders.values[np.isin(holders.accounts, known) & rare])
        self._others = shared[outside], others.sorts[outside].astype(np.int64)

    def others(self) -> csr_matrix:
        """int32[n, n], rare values that each account shares with each of the body."""
        shape = (self._accounts, int(self._value.max(initial=-1)) + 1)
        holds = csr_matrix((np.ones(len(self._place), np.int32), (self._place, self._value)), shape)
        of_body = csr_matrix((self._body.astype(np.int32), (self._place, self._value)), shape)
        of_body.eliminate_zeros()
        return holds @ of_body.T

    def places(self) -> Numbers:
        """int64[p, 2], account and place wherever an account shares a value with the body's of another entity."""
        holding = np.bincount(self._value, self._body)
        _, own = np.unique(np.stack([self._value, self._entity], 1), axis=0, return_inverse=True)
        shared = holding[self._value] > np.bincount(own.ravel(), self._body)[own.ravel()]
        return np.stack([self._place[shared].astype(np.int64), self._where[shared]], 1)

    def held(self) -> Numbers:
        """int64[n], how many values each account holds, rare or not."""
        return np.bincount(self._own[0], minlength=self._accounts)

    def by_chance(self) -> Floats:
        """float64[n], how many values a stranger shares with the body who holds as many of each sort.

        By the kinds of network, or by the networks themselves where these make more.
        """
        (place, mine), (shared, others) = self._own, self._others
        by_kind = self._expected(place, mine % KINDS, shared, others % KINDS)
        return np.maximum(by_kind, self._expected(place, mine, shared, others))

    def _expected(self, place: Numbers, mine: Numbers, shared: Mask, others: Numbers) -> Floats:
        """The same by the sorts ``mine`` of what each account (at ``place``) holds, and of what ``others`` do.

        Half of one is added to what is shared, as few prove no zero.
        """
        most = int(max(mine.max(initial=0), others.max(initial=0))) + 1
        chance = (np.bincount(others, shared, most) + 0.5) / (np.bincount(others, minlength=most) + 1)
        return np.bincount(place, chance[mine], self._accounts).astype(np.float64)
