"""Accounts of which no text was kept, judged by ties alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa

from iolaus.campaign.apart import Declared
from iolaus.campaign.members import Members
from iolaus.campaign.unread import unread, with_unread
from iolaus.link.population import Floats, Holders, Population
from iolaus.link.settings import LinkSettings
from link import factories

SETTINGS = LinkSettings()
BODY, HIDDEN, UNREAD = 40, 10, 30
"""Members, unread accounts on their pool, and all unread accounts."""


def people(pool: bool) -> Population:
    """2,040 accounts; the first are members, the next their hidden ones, then unread strangers, then everybody else."""
    _, everyone = factories.made(4, others=2_000)
    rng = np.random.default_rng(6)
    count = len(everyone)
    address = rng.integers(1000, 1 << 40, (count, 6))
    if pool:
        address[: BODY + HIDDEN] = rng.integers(1, 120, (BODY + HIDDEN, 6))
    readable = np.full(count, 5)
    readable[BODY : BODY + UNREAD] = 0
    place = everyone.accounts.column_names.index("readable")
    accounts = everyone.accounts.set_column(place, "readable", pa.array(readable, pa.int64()))
    holders = Holders.of(np.repeat(np.arange(count, dtype=np.int32), 6), address.ravel())
    return replace(everyone, accounts=accounts, holders={"block": holders})


def members(membership: float = 0.99) -> Members:
    numbers, ones = np.arange(BODY, dtype=np.int32), np.ones(BODY, np.int64)
    share = np.ones(BODY)
    return Members(numbers, np.full(BODY, membership), ones, ones, share, share, ["operated"] * BODY)


def nobody(population: Population) -> Declared:
    return Declared(np.full(len(population), -1), 3)


def found(population: Population, given: Members) -> Floats:
    """Membership of the unread, by number."""
    everyone = with_unread(given, population, nobody(population), 1.0, 0.9, SETTINGS)
    assert (np.diff(everyone.numbers) > 0).all()
    new = everyone.used == 0
    assert np.isnan(everyone.share[new]).all()
    assert [role for role, each in zip(everyone.role, new, strict=True) if each] == [None] * int(new.sum())
    return everyone.membership[new]


def test_who_has_conversations_and_no_text_is_unread() -> None:
    assert unread(people(pool=True)).tolist() == list(range(BODY, BODY + UNREAD))


def test_unread_accounts_on_the_pool_of_a_campaign_are_its_own() -> None:
    told = found(people(pool=True), members())
    assert (told[:HIDDEN] >= 0.9).mean() > 0.8
    assert (told[HIDDEN:] < 0.5).all()


def test_where_a_campaign_has_no_pool_no_unread_account_is_accused() -> None:
    assert (found(people(pool=False), members()) < 0.9).all()


def test_where_too_few_are_accused_nobody_is_compared_with_them() -> None:
    given = members(0.7)
    population = people(pool=True)
    assert with_unread(given, population, nobody(population), 1.0, 0.9, SETTINGS) is given


def test_seats_of_a_declared_organisation_are_no_members_where_its_blocks_are_copied() -> None:
    population = people(pool=True)
    entity = np.full(len(population), -1)
    entity[BODY : BODY + HIDDEN] = 7
    told = with_unread(members(), population, Declared(entity, 3), 1.0, 0.9, SETTINGS)
    assert not np.isin(np.arange(BODY, BODY + HIDDEN), told.numbers).any()
