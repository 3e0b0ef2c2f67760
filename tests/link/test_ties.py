"""Who shares a pool of rare values with many others is told from strangers, who meet a few."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pytest

from iolaus.link.cohort import Cohort
from iolaus.link.population import Holders, Population
from iolaus.link.settings import LinkSettings
from iolaus.link.ties import Meetings, meetings

from . import factories

SETTINGS = LinkSettings()
COUNT, MEMBERS, POOLED = 2_000, 60, 30


def cut(
    holders: Mapping[str, Holders], known: Mapping[str, list[str | None]] | None = None
) -> tuple[Cohort, Population]:
    """The first accounts are the cohort. known: columns of the account table."""
    rng = np.random.default_rng(0)
    seen = factories.asked(rng, factories.each(COUNT, 2), np.zeros((COUNT, 8)))
    everyone = factories.population(seen, COUNT, known, holders)
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
    values[1:16:2] = values[0:16:2]
    found = weights({"device_id": Holders.of(np.arange(COUNT, dtype=np.int32), values)})
    assert np.abs(found).max() < 0.5


def test_where_nobody_shares_anything_nothing_is_said() -> None:
    found = weights({"device_id": Holders.of(np.arange(COUNT, dtype=np.int32), np.arange(1, COUNT + 1))})
    assert np.abs(found).max() < 0.05


def test_caution_takes_those_who_meet_nobody_for_strangers() -> None:
    """Half of a group is on a pool: the other half may be the campaign's off the pool; with caution it is rather none.

    Those on the pool are what they were. Everybody holds as many addresses.
    """
    pooled = addresses(np.random.default_rng(1))
    more = np.repeat(np.arange(POOLED, COUNT, dtype=np.int32), 3)
    values = np.append(pooled.values, 100_000 + np.arange(len(more)))
    found, everyone = cut({"address": Holders.of(np.append(pooled.accounts, more), values)})
    met = meetings(found, everyone, SETTINGS, np.ones(MEMBERS, bool))
    usual, cautious = (met.fit(SETTINGS, how) for how in (False, True))
    assert np.median(cautious[POOLED:]) < np.median(usual[POOLED:]) - 0.15
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


def test_who_was_seen_from_one_address_need_not_have_met_anybody() -> None:
    """Of those who meet nobody, who holds many values is rather a stranger than who holds one."""
    rng = np.random.default_rng(11)
    holders = addresses(rng)
    many = np.repeat(np.int32(POOLED), 40), 100_000 + np.arange(40)
    found = weights(
        {
            "address": Holders.of(
                *(np.concatenate(pair) for pair in zip((holders.accounts, holders.values), many, strict=True))
            )
        }
    )
    assert found[POOLED] < found[POOLED + 1 :].min() - 0.05


def test_who_meets_fewer_than_chance_makes_is_not_tied() -> None:
    """Chance is known but on the whole: somebody who ought to have met six and met nobody is no accomplice for it."""
    none = Meetings(*(np.array([each, 20]) for each in (0, 9, 26)), np.array([6.9, 0.5]), np.array([True, True]))
    assert none.fit(SETTINGS)[0] <= 0
    assert none.fit(SETTINGS, cautious=True)[0] <= 0
    assert none.fit(SETTINGS)[1] > 1


def test_an_empty_body_ties_nobody() -> None:
    assert not weights({"address": addresses(np.random.default_rng(4))}, np.zeros(MEMBERS, bool)).any()


def test_an_office_is_one_place_however_many_share_it() -> None:
    """Twenty colleagues with one address, the body's all: each meets nineteen, at one place."""
    values = np.arange(1, COUNT + 1)
    values[:20] = 1
    found = weights({"address": Holders.of(np.arange(COUNT, dtype=np.int32), values)})
    assert found[:20].max() < 0.6


def test_a_second_account_is_one_person_at_however_many_places() -> None:
    """Two accounts of one person share ten addresses, beside accounts that share none."""
    own = np.stack([np.arange(COUNT), np.arange(COUNT)], 1)
    shared = [(account, 50_000 + value) for account in (0, 1) for value in range(10)]
    pairs = np.concatenate([own + np.array([0, 1]), np.array(shared)])
    found = weights({"address": Holders.of(pairs[:, 0].astype(np.int32), pairs[:, 1])})
    assert found[:2].max() < 0.5


def test_addresses_of_one_block_are_one_place() -> None:
    """An office with ten addresses in one block ties its people no more than one address would."""
    rng = np.random.default_rng(7)
    accounts = np.concatenate([np.arange(COUNT), np.repeat(np.arange(20), 3)]).astype(np.int32)
    values = np.concatenate([np.arange(1, COUNT + 1), 50_000 + rng.integers(0, 10, 60)])
    places = np.concatenate([np.arange(1, COUNT + 1), np.full(60, 60_000)])
    apart = weights({"address": Holders.of(accounts, values)})
    together = weights({"address": Holders.of(accounts, values, places=places)})
    assert together[:20].max() < 0.6 < apart[:20].max()


def test_what_everybody_s_addresses_have_in_common_with_a_campaign_is_chance() -> None:
    """The more the campaign's addresses are those of an exit that strangers use too, the less a meeting says."""
    lone, met = addresses(np.random.default_rng(8)), []
    for strangers in (0, 400):
        rng = np.random.default_rng(9)
        used = rng.integers(MEMBERS, COUNT, strangers).astype(np.int32)
        shared = Holders.of(
            np.concatenate([lone.accounts, used]),
            np.concatenate([lone.values, 50_000 + rng.integers(0, 40, strangers)]),
        )
        cohort, everyone = cut({"address": shared})
        wide = LinkSettings(rare_share=0.5, rare_most=10_000)
        met.append(meetings(cohort, everyone, wide, np.ones(MEMBERS, bool)))
    assert met[1].expected.mean() > 5 * met[0].expected.mean()
    assert np.median(met[1].fit(SETTINGS)[:POOLED]) < np.median(met[0].fit(SETTINGS)[:POOLED])


@pytest.mark.parametrize("name", ["organization_id", "legal_entity_id"])
def test_seats_of_one_firm_do_not_meet_each_other(name: str) -> None:
    """A firm's card, egress and devices tie its seats to nobody, but to a pool that they are really on."""
    seats = np.arange(COUNT) < 20
    values = np.where(seats, 1, np.arange(COUNT) + 2)
    kinds = ("address", "payment_fingerprint", "device_id", "signup_ip")
    holders = {kind: Holders.of(np.arange(COUNT, dtype=np.int32), values) for kind in kinds}
    firm = {name: ["a firm" if seat else None for seat in seats]}
    body = np.ones(MEMBERS, bool)
    assert meetings(*cut(holders), SETTINGS, body).met[:20].min() >= 4
    assert meetings(*cut(holders, firm), SETTINGS, body).met.max() == 0
    pooled = {"address": addresses(np.random.default_rng(10))}
    assert np.median(meetings(*cut(pooled, firm), SETTINGS, body).met[:20]) > 1
