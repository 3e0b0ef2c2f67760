"""Words that bring strangers: a few of these hide among a campaign's accounts, not among those whom a word brings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from iolaus.campaign.brought import plain_strangers_use, strange_words, users_of
from iolaus.engine import EngineSettings
from iolaus.engine.embedded import Embedded
from iolaus.link.parts import part_of

OWN, ITEM, FRAMEWORK, SECOND = 1, 2, 3, 4
OWN_PART, EVIDENCE, DOUBT = 0.97, 3.0, 0.6
MEMBERS, STRANGERS = 1500, 60


@pytest.fixture
def fit() -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Log10 Bayes factors as they scatter: members rather fit, strangers rather do not; neither by much."""
    draws = np.random.default_rng(5)
    return np.concatenate([draws.normal(0.6, 0.5, MEMBERS), draws.normal(-0.8, 0.4, STRANGERS)])


ACCOUNTS = np.arange(MEMBERS + STRANGERS, dtype=np.int32)
EVERYBODY = ACCOUNTS
OF_CAMPAIGN = ACCOUNTS[:MEMBERS]


def test_a_framework_s_word_shows_by_those_whom_it_brings(fit: np.ndarray) -> None:
    """All users together hardly differ from a campaign's; those whom the framework's word brings do."""
    assert part_of(fit) > 0.95
    users = {OWN: OF_CAMPAIGN[:1200], ITEM: OF_CAMPAIGN[800:], FRAMEWORK: EVERYBODY}
    assert strange_words(users, ACCOUNTS, fit, OWN_PART, EVIDENCE, DOUBT) == (FRAMEWORK,)


def test_every_word_of_the_framework_shows(fit: np.ndarray) -> None:
    """Whom a strange word brought is not taken for the campaign's: the next one still brings them."""
    users = {OWN: OF_CAMPAIGN, FRAMEWORK: EVERYBODY, SECOND: EVERYBODY[100:]}
    assert strange_words(users, ACCOUNTS, fit, OWN_PART, EVIDENCE, DOUBT) == (FRAMEWORK, SECOND)


def test_a_campaign_s_own_words_bring_its_own(fit: np.ndarray) -> None:
    users = {OWN: OF_CAMPAIGN[:700], ITEM: OF_CAMPAIGN[600:1100], SECOND: OF_CAMPAIGN[1000:]}
    assert strange_words(users, ACCOUNTS, fit, OWN_PART, EVIDENCE, DOUBT) == ()


def test_a_few_who_differ_a_little_are_no_evidence(fit: np.ndarray) -> None:
    """Three accounts that fit badly may be thin data."""
    users = {OWN: OF_CAMPAIGN, ITEM: ACCOUNTS[: MEMBERS + 3]}
    assert strange_words(users, ACCOUNTS, fit, OWN_PART, EVIDENCE, DOUBT) == ()


def test_hundreds_who_are_a_little_off_are_no_evidence(fit: np.ndarray) -> None:
    """Accounts that use a rare word of the campaign do little, and all of them fit a little too badly."""
    off = np.where(ACCOUNTS < 400, np.minimum(fit, -0.2), fit)
    users = {OWN: ACCOUNTS[400:MEMBERS], ITEM: ACCOUNTS[:400]}
    assert strange_words(users, ACCOUNTS, off, OWN_PART, EVIDENCE, 0.0) == (ITEM,)
    assert strange_words(users, ACCOUNTS, np.maximum(off, -0.4), OWN_PART, EVIDENCE, DOUBT) == ()


def test_one_word_brings_all_its_users_and_is_judged_elsewhere(fit: np.ndarray) -> None:
    assert strange_words({OWN: EVERYBODY}, ACCOUNTS, fit, OWN_PART, EVIDENCE, DOUBT) == ()
    assert strange_words({OWN: OF_CAMPAIGN, ITEM: ACCOUNTS[:0]}, ACCOUNTS, fit, OWN_PART, EVIDENCE, DOUBT) == ()


def test_plain_strangers_tell_whether_words_are_theirs_too() -> None:
    fit = np.concatenate([np.full(100, 1.0), np.full(20, -0.5), np.full(20, -1.5)])
    of_campaign, of_everybody = fit > 0, np.ones(len(fit), bool)
    assert plain_strangers_use(of_campaign, fit, 1.0, 10) == 0.0
    assert plain_strangers_use(of_everybody, fit, 1.0, 10) == 1.0
    assert plain_strangers_use(of_everybody, fit, 1.0, 21) is None, "too few of them"
    assert plain_strangers_use(~of_everybody, fit, 1.0, 10) is None, "used by nobody who fits"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Embedded]:
    made = Embedded(EngineSettings(threads=1), tmp_path)
    yield made
    made.close()


def test_users_of_words_are_those_asked_about(engine: Embedded) -> None:
    uses = pa.table(
        {
            "phrase": pa.array([OWN, OWN, OWN, ITEM, FRAMEWORK], pa.int64()),
            "account": pa.array([5, 2, 5, 2, 5], pa.int32()),
            "conversation": pa.array([1, 2, 3, 4, 5], pa.int64()),
        }
    )
    engine.register("phrase_uses", uses)
    found = users_of(engine, (OWN, ITEM, SECOND), np.array([2, 5, 9], np.int32))
    assert {word: of.tolist() for word, of in found.items()} == {OWN: [2, 5], ITEM: [2], SECOND: []}
