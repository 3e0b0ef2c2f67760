"""Accounts of one use, taken together: members draw from the campaign's mix of words, strangers do not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from iolaus.campaign.once import LEAST, MOST, MOST_ALIKE, once_odds, uses_by_phrase
from iolaus.engine import EngineSettings
from iolaus.engine.embedded import Embedded

MIX = np.array([400, 300, 200, 100])


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Embedded]:
    made = Embedded(EngineSettings(threads=1), tmp_path)
    yield made
    made.close()


def test_uses_in_the_proportions_of_the_mix_are_members() -> None:
    assert once_odds(1.0, MIX // 5, MIX) == MOST
    assert once_odds(1.0, np.random.default_rng(0).multinomial(150, MIX / MIX.sum()), MIX) > 0.6


def test_uses_of_one_phrase_of_many_are_strangers() -> None:
    """Words that others write too are those of one phrase, be it a common one of the mix or a rare one."""
    for place in range(4):
        assert once_odds(1.0, np.where(np.arange(4) == place, 40, 0), MIX) == LEAST


def test_strangers_among_members_lower_the_odds() -> None:
    half = once_odds(1.0, np.array([40, 30, 20, 110]), MIX)
    assert LEAST < half < 0.3


def test_strangers_who_come_back_leave_room_for_more_who_do_not() -> None:
    assert once_odds(100.0, MIX // 5, MIX) < once_odds(20.0, MIX // 5, MIX) < once_odds(1.0, MIX // 5, MIX)


def test_one_phrase_tells_no_proportions() -> None:
    assert once_odds(1.0, np.array([100]), np.array([1_000])) == MOST_ALIKE
    assert once_odds(1.0, np.array([100, 0]), np.array([9_000, 10])) == MOST_ALIKE


def test_nobody_is_no_reason_to_believe_anything() -> None:
    assert once_odds(2.5, np.zeros(4, np.int64), MIX) == LEAST
    assert once_odds(2.5, np.zeros(0, np.int64), np.zeros(0, np.int64)) == LEAST


def test_a_conversation_counts_once_by_its_smallest_phrase(engine: Embedded) -> None:
    rows = [(7, 1, 10), (9, 1, 10), (9, 1, 11), (9, 2, 20), (8, 3, 30), (7, 4, 40)]
    columns = list(zip(*rows, strict=True))
    engine.register(
        "phrase_uses",
        pa.table(
            {
                "phrase": pa.array(columns[0], pa.int64()),
                "account": pa.array(columns[1], pa.int32()),
                "conversation": pa.array(columns[2], pa.int64()),
            }
        ),
    )
    once, many = uses_by_phrase(engine, (7, 9), np.array([2], np.int32), np.array([1], np.int32))
    assert once.tolist() == [0, 1]
    assert many.tolist() == [1, 1]
