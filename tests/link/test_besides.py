"""What accounts do besides a campaign's words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from iolaus.engine import EngineSettings
from iolaus.engine.embedded import Embedded
from iolaus.link.besides import Asked, conversations_besides
from iolaus.link.own_names import OwnNames


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
        pa.table(
            {
                "conversation": number,
                "seq": number + 100,
                "account": account,
                "readable": readable,
                "words": account + 7,
            }
        ),
    )
    engine.register("phrase_uses", pa.table({"phrase": [1, 2, 1], "conversation": [5, 6, 15], "account": [1, 1, 3]}))
    seq, member, words = conversations_besides(engine, np.array([3, 1], np.int32), (1,), 3)
    assert seq.tolist() == [106, 108, 109, 116, 117, 118]
    assert member.tolist() == [1, 1, 1, 0, 0, 0]
    assert words.tolist() == [8, 8, 8, 10, 10, 10]


def test_lengths_fall_into_eighths_of_the_pool() -> None:
    """Strangers write shorter requests than anybody of the pool; they all fall into its first eighth."""
    member = np.repeat(np.arange(4, dtype=np.int32), 16)
    lengths = np.where(member < 2, np.tile(np.arange(16.0), 4), -1.0)
    asked = Asked(np.zeros((64, 2)), member, 0, lengths, np.full(4, 16), OwnNames(*np.zeros((2, 4), np.int64)))
    found = asked.octiles(np.array([True, True, False, False]))
    assert found.sum(1).tolist() == [1.0] * 64
    assert found[member < 2].sum(0).tolist() == [4.0] * 8
    assert found[member >= 2].sum(0).tolist() == [32.0] + [0.0] * 7
    assert not asked.octiles(np.zeros(4, bool)).any()
