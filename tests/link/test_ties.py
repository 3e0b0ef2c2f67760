"""Who shares a pool of rare values with many others is told from strangers, who meet a few."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from iolaus.link.cohort import Cohort
from iolaus.link.population import Holders, Population
from iolaus.link.settings import LinkSettings
from iolaus.link.ties import meetings

from . import factories

SETTINGS = LinkSettings()
COUNT, MEMBERS, POOLED = 2_000, 60, 30


def cut(holders: Mapping[str, Holders]) -> tuple[Cohort, Population]:
    """The first accounts are the cohort."""
    rng = np.random.default_rng(0)
    seen = factories.asked(rng, factories.each(COUNT, 2), np.zeros((COUNT, 8)))
    everyone = factories.population(seen, COUNT, None, holders)
    return factories.cohort(everyone, seen, np.arange(MEMBERS, dtype=np.int32)), everyone


def addresses(rng: np.random.Generator, each: int = 3, pool: int = 40) -> Holders:
    """Everybody has three addresses of 20,000; the pooled accounts have three more, of a pool of 40."""
    accounts = np.repeat(np.arange(COUNT, dtype=np.int32), each)
    values = rng.integers(1, 20_000, len(accounts))
    pooled = np.repeat(np.arange(POOLED, dtype=np.int32), each)
    return Holders.of(
        np.concatenate([accounts, pooled]), np.concatenate([values, 50_000 + rng.integers(0, pool, len(pooled))])
    )


def weights(holders: Mapping[str, Holders], body: npt.NDArray[np.bool_] | None = None) -> npt.NDArray[np.float64]:
    found, everyone = cut(holders)
    return meetings(found, everyone, SETTINGS, np.ones(MEMBERS, bool) if body is None else body).fit(SETTINGS)


def test_accounts_of_a_pool_are_told_from_those_that_never_touched_it() -> None:
    found = weights({"address": addresses(np.random.default_rng(1))})
    assert np.median(found[:POOLED]) > 1
    assert found[POOLED:].max() < 0.5
    assert np.median(found[POOLED:]) < 0


def test_a_second_account_or_a_home_is_no_pool() -> None:
    """Pairs that share one device: as many as honest people do, so little is said for or against anybody."""
    values = np.arange(1, COUNT + 1)
    values[1 : MEMBERS // 2 : 2] = values[0 : MEMBERS // 2 : 2]
    found = weights({"device_id": Holders.of(np.arange(COUNT, dtype=np.int32), values)})
    assert np.abs(found).max() < 0.5


def test_where_nobody_shares_anything_nothing_is_said() -> None:
    found = weights({"device_id": Holders.of(np.arange(COUNT, dtype=np.int32), np.arange(1, COUNT + 1))})
    assert np.abs(found).max() < 0.05


def test_caution_takes_those_who_meet_nobody_for_strangers() -> None:
    """Half of a group is on a pool: the other half may be the campaign's off the pool; with caution it is rather none.

    Those on the pool are what they were.
    """
    found, everyone = cut({"address": addresses(np.random.default_rng(1))})
    met = meetings(found, everyone, SETTINGS, np.ones(MEMBERS, bool))
    usual, cautious = (met.fit(SETTINGS, how) for how in (False, True))
    assert np.median(cautious[POOLED:]) < np.median(usual[POOLED:]) - 0.2
    assert np.median(cautious[:POOLED]) > 1


def test_a_stranger_who_meets_one_of_the_pool_is_not_of_it() -> None:
    holders = addresses(np.random.default_rng(2))
    stranger = POOLED + 5
    one = Holders.of(np.append(holders.accounts, stranger), np.append(holders.values, 50_000))
    found = weights({"address": one})
    assert found[stranger] < SETTINGS.fit_cap / 2
    assert found[stranger] < np.median(found[:POOLED])


def test_block_and_address_name_the_same_meeting() -> None:
    """The /24 of an address adds no account that was not met by the address."""
    holders = addresses(np.random.default_rng(3))
    once, twice = weights({"address": holders}), weights({"address": holders, "block": holders})
    assert np.allclose(once, twice)


def test_an_empty_body_ties_nobody() -> None:
    assert not weights({"address": addresses(np.random.default_rng(4))}, np.zeros(MEMBERS, bool)).any()
