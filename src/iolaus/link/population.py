"""Everyone: what a cohort is compared with, always leaving out the cohort itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from scipy.stats import binom

from iolaus.content.baseline import Baseline
from iolaus.mail import own_domains

Numbers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

LEAST_STRANGERS = 300
"""Strangers below which principal components would be those of a few people."""

AT_ONCE = 1 << 16
"""Topic vectors that are projected at once: as numbers of eight bytes they are eight times as large."""

KINDS = 8
"""More than there are kinds of network (:class:`iolaus.networks.Kind`)."""

PAIRS = ("accounts", "values", "sorts", "places")
"""What is known of each pair of :class:`Holders`, a column each."""

MOST_DRAWN = 0.25
"""Largest part of what strangers hold that is drawn to see how often they meet."""

HOUR = 3_600_000_000
"""Microseconds of an hour."""


def among(accounts: npt.NDArray[np.int32], members: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
    """bool[n], which accounts (numbers) are members: they are marked, which costs less than a search or a sort."""
    marked = np.zeros(int(max(accounts.max(initial=-1), members.max(initial=-1))) + 1, np.bool_)
    marked[members] = True
    found: npt.NDArray[np.bool_] = marked[accounts]
    return found


@dataclass(frozen=True)
class Holders:
    """Who holds which value of one identifier: distinct pairs, sorted by value, then account.

    ``sorts``: int32, the sort of each pair's value, 0 where there is but one. Of an address it is its kind of network
    plus :data:`KINDS` times a number of its autonomous system where many accounts are seen there, as at a carrier.
    ``places``: what each pair's value is part of (the block of an address), the value itself where of nothing.
    ``strangers``: how everybody else holds them, where that is more: whoever is seen at an address shares it with those
    who signed up there, wherever his own sign-up was.
    """

    accounts: npt.NDArray[np.int32]
    values: Numbers
    sorts: npt.NDArray[np.int32]
    places: Numbers
    strangers: Holders | None = None

    @classmethod
    def of(
        cls,
        accounts: npt.NDArray[np.int32],
        values: Numbers,
        sorts: npt.NDArray[np.integer] | None = None,
        places: Numbers | None = None,
    ) -> Holders:
        """From pairs in any order, with repeats; value 0 means 'not there' and is left out."""
        there = values != 0
        accounts, values = accounts[there].astype(np.int32), values[there]
        order = np.lexsort((accounts, values))
        new = (np.diff(values[order], prepend=0) != 0) | (np.diff(accounts[order], prepend=-1) != 0)
        first = order[new]
        accounts, values = accounts[first], values[first]
        kept = np.zeros(len(first), np.int32) if sorts is None else sorts[there][first].astype(np.int32)
        found = values if places is None else places[there][first]
        return cls(accounts, values, kept, np.where(found == 0, values, found))

    def beside(self, seen: Holders) -> Holders:
        """The same pairs, of which strangers are held to have those of ``seen`` as well."""
        parts = (self, seen)
        both = [np.concatenate([getattr(part, name) for part in parts]) for name in PAIRS]
        return replace(self, strangers=Holders.of(*both))

    @cached_property
    def anywhere(self) -> Holders:
        """The pairs alone, whatever networks they are of and whoever else is seen there."""
        return replace(self, sorts=np.zeros_like(self.sorts), strangers=None)

    @property
    def of_strangers(self) -> Holders:
        """The pairs by which accounts outside a cohort are counted."""
        return self if self.strangers is None else self.strangers

    def rows(self, accounts: npt.NDArray[np.int32]) -> npt.NDArray[np.intp]:
        """Places of the pairs of these accounts, ascending."""
        return np.flatnonzero(among(self.accounts, accounts))

    def split(self, members: npt.NDArray[np.int32], whole: npt.NDArray[np.int32] | None = None) -> Split:
        """Count holders of each value among ``members`` (account numbers) and among everyone else.

        whole: accounts that the members are a sample of, all of which are left out of everyone else.
        """
        others, left_out = self.of_strangers, members if whole is None else whole
        distinct, group, total, holding, sorts = others._counted
        own = self.rows(members)
        within = np.bincount(self._groups[own], minlength=len(distinct))
        left = np.bincount(group[among(others.accounts, left_out)], minlength=len(distinct))
        holding_within = int(among(self._counted[3], members).sum())
        return Split(distinct, within, total - left, holding_within, int((~among(holding, left_out)).sum()), sorts)

    @cached_property
    def _groups(self) -> npt.NDArray[np.intp]:
        """Place of each pair's value among those that are counted of strangers, who hold all of them."""
        if self.strangers is None:
            return self._counted[1]
        return np.searchsorted(self.strangers._counted[0], self.values)

    @cached_property
    def _counted(self) -> tuple[Numbers, npt.NDArray[np.intp], Numbers, npt.NDArray[np.int32], npt.NDArray[np.int32]]:
        """Distinct values, each pair's place among them, pairs a value, accounts that hold any, sort of each value."""
        distinct, first, group = np.unique(self.values, return_index=True, return_inverse=True)
        total = np.bincount(group, minlength=len(distinct)).astype(np.int64)
        return distinct, group, total, np.unique(self.accounts), self.sorts[first]


@dataclass(frozen=True)
class Split:
    """Holders of each value inside a cohort and outside it; ``*_accounts`` hold any value at all."""

    values: Numbers
    inside: Numbers
    outside: Numbers
    inside_accounts: int
    outside_accounts: int
    sorts: npt.NDArray[np.int32]

    def rare(self, share: float, most: int) -> npt.NDArray[np.bool_]:
        """Values that at most ``share`` of the accounts outside hold, and no more than ``most``.

        One stranger makes none common. Without ``most`` the exit of a mobile carrier is rare among millions.
        """
        return self.outside <= self._rarest(share, most)

    def collisions(self, share: float, most: int) -> float:
        """Links by rare values that strangers make who hold as many values of each sort as the cohort does.

        So many values are drawn of those that the others hold, and what is drawn is left out before it is asked which
        values are rare, as the cohort is: what two of few strangers share is rare only without these two. Of one
        network they meet more often than of all, at a carrier, or less: the larger counts.
        """
        limit = self._rarest(share, most)
        return max(_drawn(self.outside, self.inside, sorts, limit) for sorts in (self.sorts % KINDS, self.sorts))

    def _rarest(self, share: float, most: int) -> float:
        return max(1.0, min(share * self.outside_accounts, float(most)))


def _drawn(outside: Numbers, inside: Numbers, sorts: npt.NDArray[np.int32], limit: float) -> float:
    """Links by values that at most ``limit`` others are left to hold, where as many of the others' pairs are drawn of
    each sort as the cohort holds.

    outside, inside: int64[v], how many others and how many of the cohort hold each value.
    """
    held, total = np.bincount(sorts, inside), np.bincount(sorts, outside)
    times = held / np.maximum(total, 1)
    part = np.minimum(times, MOST_DRAWN)
    shared = (outside > 1) & (part[sorts] > 0)
    pairs, values = np.unique(sorts[shared].astype(np.int64) << 32 | outside[shared], return_counts=True)
    sort, holders = pairs >> 32, pairs & 0xFFFFFFFF
    drawn = holders[:, None] - np.arange(int(limit) + 1)
    links = (np.maximum(drawn - 1, 0) * binom.pmf(drawn, holders[:, None], part[sort][:, None])).sum(1)
    # Where the cohort holds more than all others do, as many times more pairs meet as can be drawn of these.
    return float((values * links) @ (times[sort] / part[sort]) ** 2)


def _first_of_each(codes: npt.NDArray[np.integer], names: Numbers) -> Numbers:
    """int64[n], the smallest name among those of the same code."""
    found = np.full(int(codes.max(initial=-1)) + 1, np.iinfo(np.int64).max)
    np.minimum.at(found, codes, names)
    first: Numbers = found[codes]
    return first


@dataclass(frozen=True)
class Adoption:
    """One release: accounts that could move to the new model, and which of them did.

    accounts: int32[n], ascending. moved: bool[n]. programs: int64[n, 3], client, system prompt, tools; 0 for none.
    """

    accounts: npt.NDArray[np.int32]
    moved: npt.NDArray[np.bool_]
    programs: Numbers


@dataclass(frozen=True)
class Population:
    """All accounts of a scan.

    accounts: one row by account number, fingerprint columns and account table columns (prefix ``known_``
    for the latter). holders: identifier name -> who holds what. hourly: int64[hours], conversations of
    everyone by hour from ``origin`` (microseconds). has_accounts: whether an account table was given.
    baseline: the provider's own mix where one is set; strata: programme and pathway of each account then.
    cleared: int32, numbers of those whom a person found honest. releases: who moved after each release.
    """

    accounts: pa.Table
    holders: Mapping[str, Holders]
    hourly: Numbers
    origin: int
    has_accounts: bool
    events: pa.Table | None = None
    samples: Mapping[str, Floats] = field(default_factory=dict)
    components: int = 32
    baseline: Baseline | None = None
    strata: tuple[tuple[str, str], ...] = ()
    cleared: npt.NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    releases: tuple[Adoption, ...] = ()

    @cached_property
    def directions(self) -> Floats | None:
        """float64[d, c]: principal components of strangers' topics, None where too few strangers are known.

        They hold what people's interests differ by; the rest of a hashed vector is mostly the noise of single words.
        """
        topics = self.samples.get("topics")
        if topics is None or len(topics) < LEAST_STRANGERS:
            return None
        unit = topics / np.maximum(np.linalg.norm(topics, axis=1, keepdims=True), 1e-9)
        centred = unit - unit.mean(0)
        return np.asarray(np.linalg.eigh(centred.T @ centred)[1][:, ::-1][:, : self.components], np.float64)

    @cached_property
    def entities(self) -> Numbers:
        """int64[accounts], equal for accounts that are openly of one legal entity or organisation."""
        found = np.arange(len(self.accounts), dtype=np.int64)
        for name in ("organization_id", "legal_entity_id"):
            if name in self.accounts.column_names:
                column = self.accounts[name].combine_chunks()
                codes = pc.fill_null(column.dictionary_encode().indices, -1).to_numpy(zero_copy_only=False)
                there = codes >= 0
                found[there] = _first_of_each(codes[there], found[there])
        return found

    @cached_property
    def affiliations(self) -> Numbers:
        """int64[accounts], equal for accounts of one entity, or of one mail domain that is somebody's own.

        Colleagues who sign up with their employer's addresses hide nothing of each other, though nobody declared them.
        """
        found = self.entities.copy()
        if "email_domain" in self.accounts.column_names:
            domains = own_domains(self.accounts["email_domain"])
            there = domains >= 0
            found[there] = _first_of_each(domains[there], found[there])
        return found

    def numbers(self, name: str) -> Floats:
        """float64[accounts], a numeric account column, 0 where it is null."""
        found: Floats = np.nan_to_num(self.accounts[name].to_numpy(zero_copy_only=False).astype(np.float64))
        return found

    def outside(self, accounts: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
        """bool[accounts], everybody but these."""
        found = np.ones(len(self), np.bool_)
        found[accounts] = False
        return found

    def projected(self, topics: npt.NDArray[np.int8]) -> Floats:
        """float64[m, c]: topic vectors in :attr:`directions`, as they are where there are none."""
        if self.directions is None:
            return topics.astype(np.float64)
        found = np.empty((len(topics), self.directions.shape[1]))
        for first in range(0, len(topics), AT_ONCE):
            found[first : first + AT_ONCE] = topics[first : first + AT_ONCE].astype(np.float64) @ self.directions
        return found

    def __len__(self) -> int:
        return len(self.accounts)
