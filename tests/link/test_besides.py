"""What accounts do besides a campaign's words, and what it tells of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from iolaus.engine import EngineSettings
from iolaus.engine.embedded import Embedded
from iolaus.link.besides import Asked, Besides, conversations_besides, dealt
from iolaus.link.fit import account_fits
from iolaus.link.population import Floats, Holders
from iolaus.link.settings import LinkSettings

from . import factories

SETTINGS = LinkSettings()
CAP = SETTINGS.besides_cap
MEMBERS, STRANGERS, EACH = 60, 30, 40
TIED = np.arange(MEMBERS + STRANGERS) < MEMBERS


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Embedded]:
    made = Embedded(EngineSettings(threads=1), tmp_path)
    yield made
    made.close()


def test_the_sample_holds_readable_conversations_without_the_words(engine: Embedded) -> None:
    account = np.repeat(np.arange(4, dtype=np.int32), 5)
    number = np.arange(20, dtype=np.int64)
    readable = number != 7
    engine.register(
        "conversations",
        pa.table({"conversation": number, "seq": number + 100, "account": account, "readable": readable}),
    )
    engine.register("phrase_uses", pa.table({"phrase": [1, 2, 1], "conversation": [5, 6, 15], "account": [1, 1, 3]}))
    seq, member = conversations_besides(engine, np.array([1, 3], np.int32), (1,), 3)
    assert seq.tolist() == [106, 108, 109, 116, 117, 118]
    assert member.tolist() == [0, 0, 0, 1, 1, 1]


def test_a_few_owners_among_many_who_are_dealt_everything_stand_out() -> None:
    gained = np.where(TIED, 0.6, -2.0)
    found = dealt(np.zeros(len(TIED)), gained, TIED, CAP)
    assert (found[TIED] > 0.5).all()
    assert (found[~TIED] < -1.5).all()


def test_where_keys_are_stolen_what_owners_do_counts_for_nothing() -> None:
    gained = np.full(len(TIED), -2.0)
    assert np.abs(dealt(np.zeros(len(TIED)), gained, TIED, CAP)).max() < 0.02


def test_what_is_asked_alone_accuses_nobody() -> None:
    assert dealt(np.zeros(len(TIED)), np.full(len(TIED), 4.0), TIED, CAP).max() == CAP


def fits(besides_ratio: float, pool: bool = True) -> Floats:
    """Everybody asks the same of the words; besides, members are dealt a queue and strangers ask of their own taste."""
    rng = np.random.default_rng(5)
    count = MEMBERS + STRANGERS
    cohort, everyone = factories.made(9, accounts=count, queue=True)
    address = rng.integers(1, 1 << 40, (len(everyone), 2))
    if pool:
        address[cohort.numbers[TIED]] = rng.integers(1, 40, (MEMBERS, 2))
    holders = Holders.of(np.repeat(np.arange(len(everyone), dtype=np.int32), 2), address.ravel())
    member = np.repeat(np.arange(count, dtype=np.int32), EACH)
    own = np.where(TIED[:, None], 0.0, factories.tastes(rng, count, besides_ratio, cohort.topics.shape[1]))
    asked = np.round(20 * (own[member] + rng.normal(0, 1, (len(member), own.shape[1])))).clip(-127, 127)
    besides = Besides(member, asked.astype(np.int8))
    found = replace(everyone, holders={"block": holders})
    return account_fits(cohort, Asked.of(cohort, besides, found), found, SETTINGS, np.ones(count, bool)).usual


def test_people_who_use_the_words_too_are_told_by_their_other_work() -> None:
    with_own, without = fits(0.3), fits(0.0)
    assert (with_own[~TIED] < -0.5).mean() > 0.9
    assert (without[~TIED] > -0.5).mean() > 0.9
    assert (with_own[TIED] > 0).mean() > 0.9


def test_where_nothing_ties_a_campaign_other_work_says_nothing() -> None:
    assert np.allclose(fits(0.3, pool=False), fits(0.0, pool=False))
