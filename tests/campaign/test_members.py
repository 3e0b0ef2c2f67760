"""Membership, shares and roles from who used the campaign's words how often."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest

from iolaus.campaign.fits import Fits, own_odds
from iolaus.campaign.members import DAY, Members, fitting_words, measure, own_words, users
from iolaus.campaign.settings import VerdictSettings
from iolaus.engine import EngineSettings
from iolaus.engine.embedded import Embedded
from iolaus.link.fit import AccountFits
from iolaus.link.strangers import Strangers

SETTINGS = VerdictSettings()
PHRASE = 77
MEMBERS, OTHERS = 40, 960
COHORT = np.arange(MEMBERS, dtype=np.int32)


def fits(
    numbers: npt.NDArray[np.int32],
    fit: npt.NDArray[np.float64],
    tested: npt.NDArray[np.bool_] | None = None,
    ties: float = 0.0,
) -> Fits:
    """Fits that say the same however they are asked; everyone is tested unless ``tested`` says who.

    ties: part of what fits say that ties say besides.
    """
    seen = np.ones(len(numbers), bool) if tested is None else tested
    tied = ties * fit
    return Fits(numbers, AccountFits(fit, fit + tied, tied, fit), own_odds(fit, fit, seen), seen)


FITTING = fits(COHORT, np.full(MEMBERS, 0.5))


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Embedded]:
    made = Embedded(EngineSettings(threads=1), tmp_path)
    yield made
    made.close()


def measured(
    engine: Embedded,
    uses: dict[int, int],
    had: dict[int, int],
    tls: dict[tuple[int, bool], int] | None = None,
    probability: float = 0.999,
    found: Fits = FITTING,
    owned: bool = False,
    rest: float | None = None,
) -> Members:
    """``uses``: conversations with the phrase of each account; ``had``: all of them. Own ones come first."""
    rows = []
    number = 0
    for account, count in had.items():
        for place in range(count):
            taken = place >= count - uses.get(account, 0)
            rows.append((number, account, place * DAY // 2, (tls or {}).get((account, taken), 1), taken))
            number += 1
    columns = list(zip(*rows, strict=True))
    table = pa.table(
        {
            "conversation": pa.array(columns[0], pa.int64()),
            "account": pa.array(columns[1], pa.int32()),
            "ts": pa.array(columns[2], pa.int64()),
            "tls": pa.array(columns[3], pa.int64()),
            "taken": pa.array(columns[4]),
        }
    )
    engine.register("rows", table)
    engine.run("CREATE OR REPLACE TEMP VIEW conversations AS SELECT conversation, account, ts, tls FROM rows")
    engine.run(
        "CREATE OR REPLACE TEMP TABLE volumes AS SELECT account, count(*) AS had FROM conversations GROUP BY account"
    )
    engine.run(
        f"CREATE OR REPLACE TEMP VIEW phrase_uses AS SELECT CAST({PHRASE} AS BIGINT) AS phrase, account, conversation"
        " FROM rows WHERE taken"
    )
    return measure(engine, (PHRASE,), found, probability, SETTINGS, owned, rest)


def crowd(each: int = 20) -> dict[int, int]:
    return dict.fromkeys(range(MEMBERS + OTHERS), each)


def test_heavy_users_are_members_and_chance_users_are_not(engine: Embedded) -> None:
    uses = dict.fromkeys(range(MEMBERS), 18) | dict.fromkeys(range(MEMBERS, MEMBERS + 60), 1)
    found = measured(engine, uses, crowd())
    inside = np.isin(found.numbers, COHORT)
    assert inside.sum() == MEMBERS
    assert (found.membership[inside] >= SETTINGS.accuse_membership).all()
    assert (found.membership[~inside] <= 0.5).all(), found.membership[~inside].max()


def test_what_is_of_the_same_list_counts_for_the_share_and_for_its_ends_as_far_as_it_is_sure(engine: Embedded) -> None:
    uses = dict.fromkeys(range(MEMBERS), 10)
    found, more = measured(engine, uses, crowd()), measured(engine, uses, crowd(), rest=0.6)
    assert found.share == pytest.approx(np.full(len(found.numbers), 0.5))
    assert more.share == pytest.approx(np.full(len(found.numbers), 0.8))
    sure = 0.6 - SETTINGS.rest_doubt
    assert more.share_low == pytest.approx(found.share_low + (1 - found.share_low) * sure, abs=1e-5)
    assert (more.share_high < found.share_high).all()
    assert (more.membership == found.membership).all()


def test_one_use_accuses_nobody(engine: Embedded) -> None:
    """An account of one conversation that holds the words, even one of the cohort: too thin to accuse."""
    uses = dict.fromkeys(range(MEMBERS), 18) | {5: 1, MEMBERS: 1}
    found = measured(engine, uses, crowd() | {5: 1, MEMBERS: 1})
    single = found.membership[np.isin(found.numbers, [5, MEMBERS])]
    assert (single < SETTINGS.accuse_membership).all(), single


def test_membership_never_exceeds_what_is_believed_of_the_campaign(engine: Embedded) -> None:
    found = measured(engine, dict.fromkeys(range(MEMBERS), 18), crowd(), probability=0.7)
    assert (found.membership <= 0.7).all()


def test_more_use_is_no_less_membership(engine: Embedded) -> None:
    found = measured(engine, {n: 1 + n % 20 for n in range(MEMBERS)}, crowd())
    order = np.argsort(found.used, kind="stable")
    assert (np.diff(found.membership[order]) >= -1e-6).all()


def test_accounts_that_never_used_the_words_are_not_named(engine: Embedded) -> None:
    found = measured(engine, dict.fromkeys(range(MEMBERS), 5), crowd())
    assert found.numbers.tolist() == list(range(MEMBERS))


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_the_interval_of_the_share_covers(engine: Embedded, share: float) -> None:
    """90 % of the intervals hold the share that the operator really takes."""
    rng = np.random.default_rng(int(share * 10))
    had = crowd(40)
    uses = {n: int(u) for n, u in enumerate(rng.binomial(40, share, MEMBERS + 400)) if u}
    found = measured(engine, uses, had, owned=True)
    assert ((found.share_low <= found.used / found.had) & (found.used / found.had <= found.share_high)).all()
    covered = ((found.share_low <= share) & (share <= found.share_high)).mean()
    assert 0.85 <= covered <= 0.99, covered


def test_what_may_be_cover_leaves_the_share_without_an_upper_end(engine: Embedded) -> None:
    """Only the lower end is known, unless the rest is one person's each."""
    uses = dict.fromkeys(range(MEMBERS), 10)
    cover, owned = (measured(engine, uses, crowd(), owned=how) for how in (False, True))
    assert (cover.share_high == 1.0).all()
    assert owned.share_high.max() < 0.8
    assert (cover.share_low == owned.share_low).all()


def test_roles(engine: Embedded) -> None:
    had = crowd()
    uses = dict.fromkeys(range(MEMBERS), 20) | {0: 10, 1: 10}
    # Account 0 has an owner, whose client is another one than the taker's; account 1 uses one client for both.
    found = measured(engine, uses, had, {(0, False): 5, (0, True): 6})
    role = dict(zip(found.numbers.tolist(), found.role, strict=True))
    assert role[0] == "compromised"
    assert role[1] == "mixed"
    assert {role[n] for n in range(2, MEMBERS)} == {"operated"}


def test_accounts_whose_rest_is_one_person_s_each_have_owners(engine: Embedded) -> None:
    found = measured(engine, dict.fromkeys(range(MEMBERS), 10) | {0: 20}, crowd(), owned=True)
    role = dict(zip(found.numbers.tolist(), found.role, strict=True))
    assert role[0] == "operated"
    assert {role[n] for n in range(1, MEMBERS)} == {"compromised"}


def test_fit_tells_users_of_common_words_apart(engine: Embedded) -> None:
    """Where as many strangers use the words as much, use alone accuses nobody: what each account asks must speak."""
    everyone = np.arange(2 * MEMBERS, dtype=np.int32)
    uses = dict.fromkeys(range(2 * MEMBERS), 18)
    unknown = measured(engine, uses, crowd(), found=fits(everyone, np.zeros(2 * MEMBERS)))
    assert (unknown.membership < SETTINGS.accuse_membership).all(), unknown.membership.max()
    told = measured(engine, uses, crowd(), found=fits(everyone, np.where(everyone < MEMBERS, 2.0, -2.0)))
    assert (told.membership[:MEMBERS] >= SETTINGS.accuse_membership).all()
    assert (told.membership[MEMBERS:] < 0.1).all()


def test_heavier_use_of_common_words_proves_no_more(engine: Embedded) -> None:
    """A stranger who uses a campaign's words more than its members do is not the surer a member for it."""
    uses = dict.fromkeys(range(MEMBERS), 4) | dict.fromkeys(range(MEMBERS, MEMBERS + 60), 19)
    everyone = np.arange(MEMBERS + 60, dtype=np.int32)
    found = measured(engine, uses, crowd(), found=fits(everyone, np.where(everyone < MEMBERS, 1.5, -0.8)))
    assert (found.membership[MEMBERS:] < 0.5).all(), found.membership[MEMBERS:].max()


def test_accounts_that_a_sample_left_out_are_judged_by_use_alone(engine: Embedded) -> None:
    found = measured(engine, dict.fromkeys(range(MEMBERS + 1), 18), crowd())
    assert 0.5 < found.membership[MEMBERS] < found.membership[0]


def test_where_strangers_may_use_the_words_only_an_account_s_own_fit_accuses(engine: Embedded) -> None:
    """Half of the users fit well and half say little: those who say little are not accused for the company they keep.

    They would be with the share of members that fits which trust too much suggest.
    """
    everyone = np.arange(2 * MEMBERS, dtype=np.int32)
    fit = np.where(everyone < MEMBERS, 1.5, 0.1)
    cautious = np.where(everyone < MEMBERS, 1.5, -0.4)
    uses = dict.fromkeys(range(2 * MEMBERS), 18)
    trusting = measured(engine, uses, crowd(), found=fits(everyone, fit))
    assert trusting.membership[MEMBERS:].min() >= SETTINGS.accuse_membership
    seen = everyone >= 0
    alike = np.where(everyone < MEMBERS, 1.5, 0.0)
    told = Fits(everyone, AccountFits(fit, cautious, cautious, alike), own_odds(cautious, alike, seen), seen)
    found = measured(engine, uses, crowd(), found=told)
    assert found.membership[MEMBERS:].max() <= 0.5
    assert found.membership[:MEMBERS].min() >= SETTINGS.accuse_membership


def once(engine: Embedded, count: int, tie: float, strange: int = 0) -> npt.NDArray[np.float64]:
    """Membership of ``count`` accounts of one use, beside forty members and ``strange`` others who use it often."""
    everyone = np.arange(MEMBERS + strange + count, dtype=np.int32)
    often = everyone < MEMBERS + strange
    fit = np.where(everyone < MEMBERS, 1.0, np.where(often, -1.5, tie))
    uses = {int(n): 18 if n < MEMBERS + strange else 1 for n in everyone}
    return measured(engine, uses, crowd(), found=fits(everyone, fit, often)).membership[MEMBERS + strange :]


def test_one_use_is_thin_but_for_ties_and_for_how_many_they_are(engine: Embedded) -> None:
    """A few who used a campaign's own words once may be strangers; of a hundred hardly one is, if he is tied."""
    assert once(engine, 3, 0.0).max() < 0.2
    assert once(engine, 3, 0.3).max() < SETTINGS.accuse_membership
    assert once(engine, 100, 0.2).max() < SETTINGS.accuse_membership
    assert once(engine, 100, 0.6).min() >= SETTINGS.accuse_membership
    assert once(engine, 100, 0.6, strange=40).max() < SETTINGS.accuse_membership


def test_few_conversations_all_with_the_words_speak_for_an_account_and_few_of_many_against_it(engine: Embedded) -> None:
    """Members use the words in most of what they do: three of three is as much, and three of twenty is hardly any."""
    everyone = np.arange(MEMBERS + 2, dtype=np.int32)
    uses = dict.fromkeys(range(MEMBERS), 18) | {MEMBERS: 3, MEMBERS + 1: 3}
    hint = np.where(everyone < MEMBERS, 0.6, 0.0)
    found = measured(engine, uses, crowd() | {MEMBERS: 3}, found=fits(everyone, hint, ties=1.0))
    whole, part = found.membership[MEMBERS:]
    assert whole >= SETTINGS.accuse_membership
    assert part < 0.6


def test_where_strangers_are_most_of_the_users_ties_must_outweigh_them() -> None:
    """The same ties accuse among few strangers and not among many; they never count for more than they are."""
    for strangers, expected in ((5, True), (2_000, False)):
        tied = np.append(np.full(MEMBERS, 1.2), np.full(strangers, -0.5))
        odds = own_odds(tied, tied, np.ones(len(tied), bool))
        assert (odds[0] > 0.9) == expected
        assert odds.max() <= 1.2


def test_few_members_prove_little_of_the_share_of_strangers() -> None:
    few, many = (fits(np.arange(n, dtype=np.int32), np.full(n, 2.0)) for n in (20, 500))
    assert few.exclusive(SETTINGS)
    assert few.prevalence < many.prevalence


def test_many_who_hardly_fit_do_not_make_words_a_campaign_s_own() -> None:
    """Thousands of weak hints sum up to an estimate that is sure; each account must bear a part of the evidence."""
    hardly, clearly = (fits(np.arange(3_000, dtype=np.int32), np.full(3_000, fit)) for fit in (0.05, 1.0))
    assert hardly.part >= SETTINGS.own_part
    assert not hardly.exclusive(SETTINGS)
    assert clearly.exclusive(SETTINGS)
    assert not fits(np.arange(5, dtype=np.int32), np.full(5, 1.0)).exclusive(SETTINGS)


@pytest.mark.parametrize(
    ("share", "of_users", "evidence", "own"),
    [(0.0, 0.0, 2.0, True), (0.2, 0.2, 2.0, False), (0.0, 0.2, 2.0, False), (0.0, 0.0, 0.1, False)],
)
def test_strangers_that_were_counted_decide_whether_words_are_a_campaign_s_own(
    share: float, of_users: float, evidence: float, own: bool
) -> None:
    """Where what is done besides tells them, how well everybody fits no longer does."""
    fit = np.full(MEMBERS, 1.0)
    told = AccountFits(fit, fit, fit, fit, Strangers(share, of_users, 0.1, evidence))
    found = Fits(COHORT, told, fit, np.ones(MEMBERS, bool))
    assert found.exclusive(SETTINGS) == own
    assert found.part == pytest.approx(1 - share)


def test_many_of_whom_little_is_known_do_not_make_words_a_campaign_s_own_however_strangers_are_counted() -> None:
    """What 3,000 accounts bear together is enough for 300, of whom each then bears ten times as much."""
    told = Strangers(0.0, 0.01, 0.5, evidence=23.0)
    for count, own in ((300, True), (3_000, False)):
        fit = np.full(count, 1.0)
        found = Fits(np.arange(count, dtype=np.int32), AccountFits(fit, fit, fit, fit, told), fit, fit > 0)
        assert found.exclusive(SETTINGS) == own


def test_users_are_counted_among_the_accounts_asked_about(engine: Embedded) -> None:
    measured(engine, dict.fromkeys(range(10), 3), crowd())
    assert users(engine, (PHRASE,), np.arange(4, 30, dtype=np.int32)) == 6


def test_own_words_are_those_that_few_others_use(engine: Embedded) -> None:
    measured(engine, dict.fromkeys(range(MEMBERS + 2), 18), crowd())
    assert own_words(engine, COHORT, 0.9) == (PHRASE,)
    assert own_words(engine, COHORT[:20], 0.9) == ()


def test_words_are_own_by_uses_or_by_users(engine: Embedded) -> None:
    """Two strangers may make most of a word's uses, or ten of them a fifth of its users."""
    busy = dict.fromkeys(range(MEMBERS), 2) | dict.fromkeys(range(MEMBERS, MEMBERS + 2), 90)
    measured(engine, busy, dict.fromkeys(range(MEMBERS + OTHERS), 100))
    assert own_words(engine, COHORT, 0.9) == (PHRASE,)
    many = dict.fromkeys(range(MEMBERS), 18) | dict.fromkeys(range(MEMBERS, MEMBERS + 10), 1)
    measured(engine, many, crowd())
    assert own_words(engine, COHORT, 0.9) == (PHRASE,)
    both = dict.fromkeys(range(MEMBERS), 2) | dict.fromkeys(range(MEMBERS, MEMBERS + 10), 10)
    measured(engine, both, crowd())
    assert own_words(engine, COHORT, 0.9) == ()


def test_fitting_words_are_those_whose_users_mostly_fit(engine: Embedded) -> None:
    measured(engine, dict.fromkeys(range(MEMBERS), 18), crowd())
    mostly = fits(COHORT, np.where(COHORT < 30, 0.5, -0.5))
    assert fitting_words(engine, (PHRASE,), mostly, 0.6) == (PHRASE,)
    assert fitting_words(engine, (PHRASE,), mostly, 0.9) == ()


def test_tied_accounts_tell_that_no_member_uses_the_words_now_and_then(engine: Embedded) -> None:
    """Strangers who fit as people on a queue do, and use the words now and then, are no proof that members do."""
    uses = dict.fromkeys(range(MEMBERS), 20) | dict.fromkeys(range(MEMBERS, MEMBERS + 10), 2)
    names = np.arange(MEMBERS + 10, dtype=np.int32)
    hint = np.full(MEMBERS + 10, 0.5)
    tied = np.where(names < MEMBERS, 0.5, -0.4)
    seen = np.ones(len(names), bool)
    told = Fits(names, AccountFits(hint, hint + tied, tied, hint), own_odds(tied, hint, seen), seen)
    untold = fits(names, hint - 0.1)
    assert told.exclusive(SETTINGS)
    assert untold.exclusive(SETTINGS)
    strangers = measured(engine, uses, crowd(), found=told).membership[MEMBERS:]
    assert (strangers < SETTINGS.accuse_membership).all()
    assert (measured(engine, uses, crowd(), found=told).membership[:MEMBERS] >= SETTINGS.accuse_membership).all()
    assert (strangers < measured(engine, uses, crowd(), found=untold).membership[MEMBERS:]).all()


def test_seats_that_are_set_apart_are_no_members(engine: Embedded) -> None:
    uses = dict.fromkeys(range(MEMBERS + 5), 18)
    seats = np.arange(MEMBERS, MEMBERS + 5, dtype=np.int32)
    apart = replace(FITTING, apart=seats)
    assert not np.isin(measured(engine, uses, crowd(), found=apart).numbers, seats).any()
    assert np.isin(seats, measured(engine, uses, crowd()).numbers).all()
