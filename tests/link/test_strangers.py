"""Strangers among the users of a campaign's words, and those to compare with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from iolaus.engine import EngineSettings
from iolaus.engine.embedded import Embedded
from iolaus.link.settings import LinkSettings
from iolaus.link.strangers import Likelihoods, Strangers, among, sampled, strangers

MOST, DOUBT = LinkSettings().strangers_alike, LinkSettings().strangers_doubt


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Embedded]:
    made = Embedded(EngineSettings(threads=1), tmp_path)
    yield made
    made.close()


def seen(members: int, alike: int, others: int, seed: int = 1) -> Likelihoods:
    """Accounts of three kinds by one number each: of a queue about 0, much alike about 1, with tastes of all sizes."""
    rng = np.random.default_rng(seed)
    wide = 6.0
    at = np.concatenate([rng.normal(0, 1, members), rng.normal(1, 1, alike), rng.normal(0, wide, others)])
    queue, near, far = (
        np.exp(-0.5 * ((at - middle) / wide_) ** 2) / wide_ for middle, wide_ in ((0, 1), (1, 1), (0, wide))
    )
    return Likelihoods(far / queue, (1 + near / queue) / 2, np.ones(len(at)))


def counted(users: Likelihoods, others: Likelihoods) -> Strangers:
    """Strangers among users who all come back to the words."""
    return among(users, np.ones(len(users.person), bool), others, MOST, DOUBT)


@pytest.mark.parametrize(("members", "strange"), [(300, 0), (300, 100), (100, 300)])
def test_strangers_with_tastes_of_their_own_are_counted(members: int, strange: int) -> None:
    found = counted(seen(members, 0, strange), seen(0, 0, 300, 2))
    assert abs(found.share - strange / (members + strange)) < 0.1, found
    assert (found.evidence > 1) == (strange == 0)


def test_users_who_come_once_tell_that_strangers_are_there() -> None:
    """Those who come back are members, those who come once are not: the words are not the campaign's alone."""
    users = seen(200, 0, 100)
    found = among(users, np.arange(300) < 200, seen(0, 0, 300, 2), MOST, DOUBT)
    assert found.share < 0.02
    assert abs(found.of_users - 1 / 3) < 0.1


def test_few_accounts_leave_room_for_strangers() -> None:
    """Of all that is likely the most strangers are taken: of ten accounts several may be some."""
    few, many = (counted(seen(count, 0, 0), seen(0, 0, 300, 2)) for count in (10, 1_000))
    assert few.evidence < many.evidence
    assert few.share >= many.share
    assert many.share < 0.02


def test_strangers_of_the_program_who_do_the_same_tell_how_many_do() -> None:
    """None of the users has a taste of his own, and neither has anybody else of the program: all may be strangers."""
    users = seen(200, 0, 0)
    apart, same = counted(users, seen(0, 0, 300, 2)), counted(users, seen(300, 0, 0, 3))
    assert same.alike > 0.8 > apart.alike


def test_no_strangers_to_compare_with_leave_everything_open() -> None:
    found = counted(seen(100, 0, 0), seen(0, 0, 0))
    assert found.alike == pytest.approx(1.0)


def test_strangers_are_of_the_program_and_never_use_the_words(engine: Embedded) -> None:
    account = np.arange(400, dtype=np.int32)
    system = np.where(account < 300, 5, 6)
    table = {"account": account, "system": system, "tools": np.zeros(400, int), "readable": account != 250}
    engine.register("conversations", pa.table(table))
    users = np.arange(100, dtype=np.int32)
    settings = LinkSettings()
    found = strangers(engine, users, users, settings)
    assert found.tolist() == [each for each in range(100, 300) if each != 250]
    few = settings.model_copy(update={"strangers_least": 250})
    assert strangers(engine, users, users, few).tolist() == [each for each in range(100, 400) if each != 250]
    assert len(strangers(engine, users, users, settings.model_copy(update={"strangers_most": 20}))) == 20


def test_a_sample_is_of_the_accounts_and_the_same_each_time() -> None:
    everyone = np.arange(0, 5_000, 7, dtype=np.int32)
    found = sampled(everyone, 50)
    assert len(found) == 50
    assert np.isin(found, everyone).all()
    assert found.tolist() == sampled(everyone, 50).tolist()
    assert sampled(everyone, 5_000).tolist() == everyone.tolist()
