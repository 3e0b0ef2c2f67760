"""Shared values count where they are rare among others, with the cohort left out, and as far as they link it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from iolaus.link.cohort import Cohort
from iolaus.link.population import KINDS, Holders, Population
from iolaus.link.settings import LinkSettings
from iolaus.link.sharing import share, strongest

from . import factories

SETTINGS = LinkSettings()
COUNT, MEMBERS = 2_000, 100
ALONE = np.arange(COUNT)
"""Accounts that are openly nobody's but their own."""


def cut(members: npt.NDArray[np.int32], holders: Mapping[str, Holders]) -> tuple[Cohort, Population]:
    rng = np.random.default_rng(0)
    seen = factories.asked(rng, factories.each(COUNT, 2), np.zeros((COUNT, 8)))
    everyone = factories.population(seen, COUNT, None, holders)
    return factories.cohort(everyone, seen, members), everyone


def scattered(seed: int = 0) -> npt.NDArray[np.int32]:
    return np.sort(np.random.default_rng(seed).choice(COUNT, MEMBERS, replace=False)).astype(np.int32)


def own_values() -> factories.Numbers:
    """Everybody has a value of her own."""
    return np.arange(1, COUNT + 1, dtype=np.int64)


def weight(values: factories.Numbers, members: npt.NDArray[np.int32]) -> float:
    holders = Holders.of(np.arange(COUNT, dtype=np.int32), values)
    found = share("device_id", cut(members, {})[0], holders, ALONE, SETTINGS)
    assert found is not None
    return found.log10_bf


def test_own_values_link_nobody() -> None:
    assert weight(own_values(), scattered()) == 0


def test_one_value_on_the_whole_cohort_links_it() -> None:
    """The cohort is left out where rarity is estimated: that 5 % of all accounts hold it makes it no common value."""
    members = scattered()
    values = own_values()
    values[members] = 5
    assert weight(values, members) > 3


def test_a_value_that_everyone_holds_links_nobody() -> None:
    """A mail provider, a VPN exit, a carrier: common among others, so common in the cohort too."""
    values = np.random.default_rng(1).integers(1, 20, COUNT)
    assert weight(values, scattered()) == 0


@pytest.mark.parametrize("seed", range(5))
def test_strangers_of_households_and_small_firms_are_not_linked(seed: int) -> None:
    """Cards on two or three accounts each, all over the provider: a random cohort makes as many links as others do."""
    rng = np.random.default_rng(seed)
    values = rng.permutation(np.repeat(np.arange(1, COUNT // 2 + 1), 2))
    assert weight(values, scattered(seed)) < 0.5


def test_weight_follows_the_linked_part() -> None:
    """What three accounts of a hundred share says little of the hundred."""
    members = scattered()
    weights = []
    for linked in (3, 12, 50):
        values = own_values()
        values[members[:linked]] = 5
        weights.append(weight(values, members))
    assert weights[0] < weights[1] < weights[2]
    assert weights[0] < 0.5


def test_links_are_counted_with_those_who_hold_nothing_left_out() -> None:
    members = scattered()
    values = own_values()
    values[members[10:]] = 0
    values[members[:4]] = 5
    holders = Holders.of(np.arange(COUNT, dtype=np.int32), values)
    found = share("device_id", cut(members, {})[0], holders, ALONE, SETTINGS)
    assert found is not None
    assert (found.links, found.linked, found.holding) == (3.0, 4, 10)


def test_colleagues_hide_nothing_by_what_they_share() -> None:
    """Staff of one domain share an office; two firms that share one card are tied by it, once."""
    members = scattered()
    values = own_values()
    values[members] = 5
    holders = Holders.of(np.arange(COUNT, dtype=np.int32), values)
    cohort = cut(members, {})[0]
    for firms, links in ((1, 0.0), (2, 1.0), (MEMBERS, MEMBERS - 1.0)):
        affiliations = ALONE.copy()
        affiliations[members] = np.arange(MEMBERS) % firms
        found = share("device_id", cohort, holders, affiliations, SETTINGS)
        assert found is not None
        assert (found.links, found.linked) == (links, 0 if firms == 1 else firms)


def test_sign_ups_behind_exits_where_strangers_come_by_are_no_pool() -> None:
    """Few others signed up behind the carrier's exits, but whoever comes by shares them as much as the cohort does."""
    rng = np.random.default_rng(3)
    customers = np.sort(rng.choice(COUNT, 400, replace=False)).astype(np.int32)
    members, others = customers[::4], np.delete(customers, slice(None, None, 4))
    values = 10_000 + own_values()
    values[members] = rng.integers(1, 40, MEMBERS)
    carrier = 1 + KINDS
    signed_up = Holders.of(np.arange(COUNT, dtype=np.int32), values, np.where(values < 40, carrier, 1))
    seen = Holders.of(np.repeat(others, 3), rng.integers(1, 40, 3 * len(others)), np.full(3 * len(others), carrier))
    cohort = cut(members, {})[0]
    alone, beside = (share("signup_ip", cohort, each, ALONE, SETTINGS) for each in (signed_up, signed_up.beside(seen)))
    assert alone is not None and beside is not None
    assert alone.log10_bf > 3
    assert beside.log10_bf < 0.5
    none = SETTINGS.model_copy(update={"signup_most": MEMBERS - 1})
    thousands = share("signup_ip", cohort, signed_up.beside(seen), ALONE, none)
    assert thousands == alone, "no town explains thousands"


def test_one_holder_cannot_share() -> None:
    members = scattered()
    values = np.zeros(COUNT, np.int64)
    values[members[0]] = 7
    holders = Holders.of(np.arange(COUNT, dtype=np.int32), values)
    assert share("device_id", cut(members, {})[0], holders, ALONE, SETTINGS) is None


@pytest.mark.parametrize("seed", range(5))
def test_people_on_a_carrier_s_exits_are_not_linked_where_strangers_are_few(seed: int) -> None:
    """In a small world an exit that two hold is rare without these two: strangers meet there as often."""
    rng = np.random.default_rng(seed)
    count, seen = 400, 8
    accounts = np.repeat(np.arange(count, dtype=np.int32), seen)
    holders = Holders.of(accounts, rng.integers(1, 2_000, count * seen))
    members = np.sort(rng.choice(count, 40, replace=False)).astype(np.int32)
    found = share("block", cut(members, {})[0], holders, ALONE, SETTINGS)
    assert found is not None
    assert found.expected > 1.5
    assert found.log10_bf < 0.7


@pytest.mark.parametrize("seed", range(3))
def test_annotators_on_their_phones_are_no_pool(seed: int) -> None:
    """A carrier's customers meet at its exits; among homes, where nobody meets anybody, that would look like a pool."""
    rng = np.random.default_rng(seed)
    home = np.repeat(np.arange(COUNT, dtype=np.int32), 3), 10_000 + np.arange(3 * COUNT)
    customers = np.sort(rng.choice(COUNT, 240, replace=False)).astype(np.int32)
    phone = np.repeat(customers, 4), rng.integers(1, 300, 4 * len(customers))
    accounts, values = (np.concatenate(pair) for pair in zip(home, phone, strict=True))
    of_carrier = np.arange(len(values)) >= len(home[0])
    members = np.sort(rng.choice(customers, 60, replace=False)).astype(np.int32)
    cohort = cut(members, {})[0]
    apart = share("address", cohort, Holders.of(accounts, values, 1 + KINDS * of_carrier), ALONE, SETTINGS)
    together = share("address", cohort, Holders.of(accounts, values, np.ones(len(values), int)), ALONE, SETTINGS)
    assert apart is not None and together is not None
    assert apart.links == together.links > 10
    assert apart.log10_bf < 0.5 < together.log10_bf


def test_two_accounts_are_linked_once_however_much_they_share() -> None:
    members = scattered()
    accounts = np.concatenate([np.arange(COUNT), np.tile(members[:2], 30)]).astype(np.int32)
    values = np.concatenate([own_values(), np.repeat(np.arange(30) + 10 * COUNT, 2)])
    found = share("block", cut(members, {})[0], Holders.of(accounts, values), ALONE, SETTINGS)
    assert found is not None
    assert (found.links, found.linked) == (1.0, 2)


def test_the_strongest_identifier_speaks() -> None:
    members = scattered()
    shared = own_values()
    shared[members] = 5
    numbers = np.arange(COUNT, dtype=np.int32)
    holders = {"device_id": Holders.of(numbers, own_values()), "referral": Holders.of(numbers, shared)}
    found = strongest(
        "shared_identity",
        "identity",
        "control",
        ("referral", "device_id", "none"),
        *cut(members, holders),
        SETTINGS,
        2.0,
    )
    assert found is not None
    assert "referral" in found.sentence
    assert found.log10_bf == 2.0


def test_no_known_identifier_is_none() -> None:
    assert strongest("k", "identity", "control", ("none",), *cut(scattered(), {}), SETTINGS, 2.0) is None


def test_holders_count_each_pair_once_and_leave_out_what_is_not_there() -> None:
    held = Holders.of(np.array([3, 3, 1, 2, 9], np.int32), np.array([7, 7, 7, 0, 8], np.int64))
    assert held.values.tolist() == [7, 7, 8]
    assert held.accounts.tolist() == [1, 3, 9]
    split = held.split(np.array([3, 9], np.int32))
    assert split.values.tolist() == [7, 8]
    assert split.inside.tolist() == [1, 1]
    assert split.outside.tolist() == [1, 0]
    assert (split.inside_accounts, split.outside_accounts) == (2, 1)


def test_links_of_a_sampled_cohort_are_those_of_all_its_accounts() -> None:
    """A tenth of the accounts would hold a hundredth of the links."""
    cohort, everyone = factories.made(11, accounts=200, others=400)
    pairs = np.repeat(np.arange(100), 2)
    values = np.arange(1, len(everyone) + 1)
    values[cohort.numbers] = 10_000 + pairs
    holders = Holders.of(np.arange(len(everyone), dtype=np.int32), values)
    sampled = replace(cohort, numbers=cohort.numbers[::10], whole=cohort.numbers)
    whole, part = share("block", cohort, holders, ALONE, SETTINGS), share("block", sampled, holders, ALONE, SETTINGS)
    assert whole is not None and part is not None
    assert part.links == whole.links == 100
    assert part.log10_bf == whole.log10_bf


def test_what_many_strangers_hold_is_not_rare_however_many_there_are() -> None:
    split = Holders.of(np.arange(100_000, dtype=np.int32), np.arange(100_000) % 1_000 + 1).split(
        np.arange(10, dtype=np.int32)
    )
    assert not split.rare(0.002, 12).any()
    assert split.rare(0.002, 200).all()
