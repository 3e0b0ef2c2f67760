"""Names that come back: a person's own, and none of what is dealt from a list."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from iolaus.link.besides import Asked
from iolaus.link.dealt import strange_fit
from iolaus.link.own_names import LEAST_STRANGERS, OwnNames
from iolaus.link.population import Numbers
from iolaus.link.settings import LinkSettings

SETTINGS = LinkSettings()
CAP = SETTINGS.names_cap
DEALT, PEOPLE, OTHERS, EACH = 60, 30, 120, 20
KNOWN = np.arange(DEALT + PEOPLE + OTHERS) < 40
NOBODY = np.zeros(0, np.int64)
STRANGERS = np.arange(DEALT + PEOPLE, DEALT + PEOPLE + OTHERS)


def named(dealt: int, people: int, again: float, each: int = EACH) -> OwnNames:
    """Accounts whose names never come back, and people of whose conversations so many name something again."""
    rng = np.random.default_rng(4)
    found = rng.binomial(each, rng.beta(4 * again, 4 * (1 - again), people) if again else 0.0, people)
    return OwnNames(np.full(dealt + people, each), np.concatenate([np.zeros(dealt, np.int64), found]))


def test_only_what_is_mostly_named_by_one_account_is_its_own() -> None:
    names = np.array([[7, 9], [7, 11], [0, 0], [11, 13], [15, 17], [15, 17], [15, 19], [17, 0], [17, 0]], np.uint32)
    found = OwnNames.of(names, np.array([0, 0, 0, 1, 2, 2, 3, 4, 4]), 5)
    assert found.read.tolist() == [2, 1, 2, 1, 2], "a conversation without names was counted"
    assert found.again.tolist() == [2, 0, 2, 0, 2], "a name that stands once with each was taken for own"
    shared = np.full((9, 1), 23, np.uint32)
    assert not OwnNames.of(shared, np.array([0, 0, 0, 1, 1, 1, 2, 2, 2]), 3).again.any()
    assert OwnNames.of(np.zeros((2, 3), np.uint32), np.array([0, 1]), 2).read.tolist() == [0, 0]


def test_names_that_come_back_are_a_persons() -> None:
    told = named(DEALT, PEOPLE + OTHERS, 0.5).person(KNOWN, NOBODY, STRANGERS, SETTINGS)
    assert (told[:DEALT] < -0.5).all()
    assert np.median(told[DEALT : DEALT + PEOPLE]) > 1.5
    assert np.abs(told).max() <= CAP


def test_few_conversations_say_little() -> None:
    """Of two conversations people too share no name more often than not."""
    few, many = (
        named(DEALT, PEOPLE + OTHERS, 0.3, each).person(KNOWN, NOBODY, STRANGERS, SETTINGS)[0] for each in (2, EACH)
    )
    assert many < 2 * few < 0
    assert not named(DEALT, PEOPLE + OTHERS, 0.3, each=1).person(KNOWN, NOBODY, STRANGERS, SETTINGS).any()


def test_where_strangers_name_nothing_twice_either_it_says_nothing() -> None:
    assert np.abs(named(DEALT, PEOPLE + OTHERS, 0.0).person(KNOWN, NOBODY, STRANGERS, SETTINGS)).max() < 0.1


def test_where_keys_are_stolen_owners_name_theirs_again() -> None:
    """The accounts that are known to be a campaign's then tell that its own name things twice as well."""
    told = named(0, DEALT + PEOPLE + OTHERS, 0.5).person(KNOWN, NOBODY, STRANGERS, SETTINGS)
    assert np.abs(told).max() < 0.6
    assert abs(float(np.median(told))) < 0.1


def test_of_too_few_strangers_nothing_is_learnt() -> None:
    few = STRANGERS[: LEAST_STRANGERS - 1]
    assert not named(DEALT, PEOPLE + OTHERS, 0.5).person(KNOWN, NOBODY, few, SETTINGS).any()


def test_strangers_who_ask_the_same_are_told_by_their_names() -> None:
    """Topics and lengths tell nothing here; with names nearly all of the people among the users are counted."""
    rng = np.random.default_rng(6)
    count = DEALT + PEOPLE + OTHERS
    member = np.repeat(np.arange(count, dtype=np.int32), EACH)
    near = np.repeat(rng.normal(0, 0.3, (count, 8)) * (np.arange(count) >= DEALT)[:, None], EACH, 0)
    vectors, lengths = near + rng.normal(0, 1, (len(member), 8)), rng.normal(0, 1, len(member))
    seen: Numbers = np.full(count, EACH)
    users = np.ones(DEALT + PEOPLE, bool)
    tied = np.where(KNOWN[: DEALT + PEOPLE], 1.0, -0.1)
    asked = Asked(vectors, member, 0, lengths, seen, OwnNames(*np.zeros((2, count), np.int64)))
    with_names = replace(asked, named=named(DEALT, PEOPLE + OTHERS, 0.5))
    (without, _), (found, told) = (strange_fit(tied, each, SETTINGS, users, users) for each in (asked, with_names))
    apart, before = (float(np.median(each[:DEALT]) - np.median(each[DEALT:])) for each in (found, without))
    assert apart > before + 1
    assert told is not None
    assert abs(told.share - PEOPLE / (DEALT + PEOPLE)) < 0.1
