"""How much of what is done besides a campaign's words is the campaign's too."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from iolaus.campaign.rest import reach, rest_of_campaign
from iolaus.campaign.settings import VerdictSettings
from iolaus.link.besides import Besides
from iolaus.link.candidates import Candidate
from iolaus.link.population import Floats

SETTINGS = VerdictSettings()
DIMENSIONS = 8
OWN, OTHERS = np.arange(50, dtype=np.int32), np.arange(50, 550, dtype=np.int32)


def people(rng: np.random.Generator, count: int) -> Floats:
    """Requests about everything."""
    return rng.normal(0, 1, (count, DIMENSIONS))


def listed(rng: np.random.Generator, count: int) -> Floats:
    """Requests of one list: about one thing, of which people ask too, but hardly any of them."""
    return rng.normal(0, 0.4, (count, DIMENSIONS)) + np.eye(DIMENSIONS)[0] * 2


def mixed(rng: np.random.Generator, count: int, part: float) -> Floats:
    """Requests of which ``part`` are of the list, and the others people's."""
    found = np.concatenate([listed(rng, round(part * count)), people(rng, count - round(part * count))])
    return found[rng.permutation(count)]


@pytest.mark.parametrize("part", [0.0, 0.3, 0.7, 1.0])
def test_what_people_ask_together_reaches_as_far_as_what_strangers_ask(part: float) -> None:
    rng = np.random.default_rng(5)
    assert reach(mixed(rng, 2_000, part), people(rng, 2_000)) == pytest.approx(1 - part, abs=0.12)


def rest(part: float, each: int = 16) -> Any:
    """The share that is told of 50 accounts, ``part`` of whose other requests are of a list, beside 500 strangers."""
    rng = np.random.default_rng(8)
    asked = {len(OWN): mixed(rng, len(OWN) * each, part), len(OTHERS): people(rng, len(OTHERS) * each)}

    def besides(accounts: Any, phrases: tuple[int, ...]) -> Besides:
        member = np.repeat(np.arange(len(accounts), dtype=np.int32), each)
        topics = np.round(20 * asked[len(accounts)]).clip(-127, 127).astype(np.int8)
        return Besides(member, topics, np.full(len(member), 9, np.int32), np.zeros((len(member), 0), np.uint32))

    world: Any = SimpleNamespace(
        population=SimpleNamespace(projected=lambda topics: topics.astype(float)),
        besides=besides,
        readable_but=lambda users: OTHERS,
    )
    return rest_of_campaign(world, Candidate("c", (), (1,), OWN, False, 0), OWN, SETTINGS)


def test_a_list_is_the_campaign_s_and_what_people_ask_is_not() -> None:
    assert rest(1.0) > 0.9
    assert rest(0.0) < 0.1
    assert rest(0.0) <= rest(0.7) <= rest(1.0)


def test_too_little_tells_nothing() -> None:
    assert rest(1.0, each=1) is None
