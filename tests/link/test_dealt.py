"""How well all that an account does fits one queue."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from iolaus.link.besides import Asked, Besides
from iolaus.link.dealt import dealt, strange_fit
from iolaus.link.fit import AccountFits, account_fits
from iolaus.link.own_names import OwnNames
from iolaus.link.population import Holders
from iolaus.link.settings import LinkSettings

from . import factories

SETTINGS = LinkSettings()
CAP = SETTINGS.besides_cap
MEMBERS, STRANGERS, OTHERS, EACH = 60, 30, 110, 40
TIED = np.arange(MEMBERS + STRANGERS) < MEMBERS


def test_a_few_owners_among_many_who_are_dealt_everything_stand_out() -> None:
    gained = np.where(TIED, 0.6, -2.0)
    found = dealt(gained, TIED, CAP)
    assert (found[TIED] > 0.5).all()
    assert (found[~TIED] < -1.5).all()


def test_where_keys_are_stolen_what_owners_do_counts_for_nothing() -> None:
    gained = np.full(len(TIED), -2.0)
    assert np.abs(dealt(gained, TIED, CAP)).max() < 0.02


def test_what_is_asked_alone_accuses_nobody() -> None:
    assert dealt(np.full(len(TIED), 4.0), TIED, CAP).max() == CAP


def fits(besides_ratio: float, pool: bool = True) -> AccountFits:
    """Everybody asks the same of the words; besides, members are dealt a queue and strangers ask of their own taste.

    Others of the same program never use the words, and have tastes as strong.
    """
    rng = np.random.default_rng(5)
    count = MEMBERS + STRANGERS
    cohort, everyone = factories.made(9, accounts=count, queue=True)
    address = rng.integers(1, 1 << 40, (len(everyone), 2))
    if pool:
        address[cohort.numbers[TIED]] = rng.integers(1, 40, (MEMBERS, 2))
    holders = Holders.of(np.repeat(np.arange(len(everyone), dtype=np.int32), 2), address.ravel())
    member = np.repeat(np.arange(count + OTHERS, dtype=np.int32), EACH)
    tied = np.append(TIED, np.zeros(OTHERS, bool))
    own = np.where(tied[:, None], 0.0, factories.tastes(rng, count + OTHERS, besides_ratio, cohort.topics.shape[1]))
    asked = np.round(20 * (own[member] + rng.normal(0, 1, (len(member), own.shape[1])))).clip(-127, 127)
    words = np.where(tied[member], rng.integers(1, 200, len(member)), 20 + member % 50).astype(np.int32)
    besides = Besides(member, asked.astype(np.int8), words, np.zeros((len(member), 0), np.uint32))
    found = replace(everyone, holders={"block": holders})
    asked_all = Asked.of(cohort, besides, found, OTHERS)
    return account_fits(cohort, asked_all, found, SETTINGS, *[np.ones(count, bool)] * 2)


def test_people_who_use_the_words_too_are_told_by_their_other_work() -> None:
    with_own, without = fits(0.3).usual, fits(0.0).usual
    assert (with_own[~TIED] < -0.5).mean() > 0.9
    assert (without[~TIED] > -0.5).mean() > 0.9
    assert (with_own[TIED] > 0).mean() > 0.9


def test_where_nothing_ties_a_campaign_other_work_speaks_against_strangers_and_accuses_nobody() -> None:
    """The words then tell who is known: other work may clear, and weighs nothing where strangers use the words too."""
    with_own, without = fits(0.3, pool=False), fits(0.0, pool=False)
    assert (with_own.usual[~TIED] < without.usual[~TIED] - 0.5).mean() > 0.9
    assert np.allclose(with_own.alike, without.alike)
    assert with_own.strangers is not None
    assert not with_own.strangers.by_ties


def test_users_with_work_of_their_own_are_counted_as_strangers() -> None:
    told = fits(0.3).strangers
    assert told is not None
    assert abs(told.share - STRANGERS / len(TIED)) < 0.1, told
    assert told.evidence < 0


def test_all_that_is_done_speaks_more_where_no_stranger_does_the_same() -> None:
    """What a person asks with the words alone tells little; all of it sets members and strangers far apart."""
    told = fits(0.3)
    more = told.alike - told.tied
    assert np.median(more[TIED]) > 1.5 * SETTINGS.besides_cap
    assert np.median(more[~TIED]) < -1


def test_where_others_of_the_program_do_the_same_it_says_little() -> None:
    """A problem bank: who uses the extension asks from one list, of all lengths. Then a fit makes nobody a member."""
    rng = np.random.default_rng(6)
    member = np.repeat(np.arange(200, dtype=np.int32), EACH)
    vectors, lengths = rng.normal(0, 1, (len(member), 8)), rng.normal(0, 1, len(member))
    asked = Asked(vectors, member, 0, lengths, np.full(200, EACH), OwnNames(*np.zeros((2, 200), np.int64)))
    body = np.arange(90) < 90
    found, told = strange_fit(np.where(TIED, 1.0, -0.4), asked, SETTINGS, body, body)
    assert told is not None
    assert told.alike > 0.8
    assert np.abs(found).max() < 0.4
