"""Whether what accounts do besides a campaign's words is one person's own work each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from iolaus.campaign.owners import are_owned
from iolaus.campaign.settings import VerdictSettings
from iolaus.engine import EngineSettings
from iolaus.engine.embedded import Embedded
from iolaus.link.besides import Besides, conversations_besides
from iolaus.link.settings import LinkSettings
from link import factories

ACCOUNTS, EACH, TAKEN, PHRASE = 40, 24, 8, 5
EVERYONE = np.arange(ACCOUNTS, dtype=np.int32)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Embedded]:
    made = Embedded(EngineSettings(threads=1), tmp_path)
    yield made
    made.close()


def owned(engine: Embedded, ratio: float, each: int = EACH) -> bool:
    """Each account asks ``TAKEN`` things of the campaign's, and the rest of its own taste (``ratio``)."""
    rng = np.random.default_rng(3)
    account = np.repeat(EVERYONE, each)
    own = factories.tastes(rng, ACCOUNTS, ratio)[account]
    taken = np.tile(np.arange(each) < TAKEN, ACCOUNTS)
    topics = np.where(taken[:, None], 0, own) + rng.normal(0, 1, own.shape)
    number = pa.array(np.arange(len(account)), pa.int64())
    engine.register(
        "conversations",
        pa.table(
            {
                "conversation": number,
                "seq": number,
                "account": account,
                "readable": np.ones(len(account), bool),
                "words": account,
            }
        ),
    )
    uses = pa.table({"conversation": number, "account": account}).filter(pa.array(taken))
    engine.register("phrase_uses", uses.append_column("phrase", pa.array(np.full(len(uses), PHRASE))))

    def besides(numbers: Any, phrases: tuple[int, ...]) -> Besides:
        seq, member, words = conversations_besides(engine, numbers, phrases, each)
        return Besides(member, topics[seq], words, np.zeros((len(seq), 0), np.uint32))

    world: Any = SimpleNamespace(besides=besides, population=SimpleNamespace(projected=lambda found: found))
    return are_owned(world, (PHRASE,), EVERYONE, LinkSettings(), VerdictSettings().owned_rest)


def test_people_have_tastes_of_their_own(engine: Embedded) -> None:
    assert owned(engine, 0.2)


def test_what_is_dealt_at_random_has_no_owner(engine: Embedded) -> None:
    """Cover, and the requests of a reseller's customers, look alike: neither is said to be a victim's."""
    assert not owned(engine, 0.0)


def test_where_nothing_else_is_done_nobody_owns_it(engine: Embedded) -> None:
    assert not owned(engine, 0.2, each=TAKEN)
