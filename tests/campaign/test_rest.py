"""How much of what is done besides a campaign's words is like them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from iolaus.campaign.rest import alike, rest_of_campaign
from iolaus.campaign.settings import VerdictSettings
from iolaus.link.besides import Besides
from iolaus.link.candidates import Candidate
from iolaus.link.population import Floats

SETTINGS = VerdictSettings()
DIMENSIONS = 8


def asked(rng: np.random.Generator, count: int, of_campaign: float) -> Floats:
    """Topics of which a share is the campaign's: those lie two deviations away in one direction."""
    found = rng.normal(0, 1, (count, DIMENSIONS))
    found[: round(of_campaign * count), 0] += 2
    return found


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 1.0])
def test_the_part_of_a_mixture_is_found(share: float) -> None:
    rng = np.random.default_rng(5)
    found = alike(asked(rng, 2000, share), asked(rng, 1500, 1.0), asked(rng, 1500, 0.0), SETTINGS)
    assert found == pytest.approx(share, abs=0.06)


def test_who_asks_what_everybody_asks_tells_nothing_of_the_rest() -> None:
    rng = np.random.default_rng(6)
    assert alike(asked(rng, 500, 1.0), asked(rng, 500, 0.0), asked(rng, 500, 0.0), SETTINGS) == 0.0


@pytest.mark.parametrize("few", [0, 1, 2])
def test_too_few_of_any_sort_tell_nothing(few: int) -> None:
    rng = np.random.default_rng(7)
    sizes = [SETTINGS.rest_least] * 3
    assert alike(*(asked(rng, size, part) for size, part in zip(sizes, (1, 1, 0), strict=True)), SETTINGS) > 0.5
    sizes[few] -= 1
    assert alike(*(asked(rng, size, part) for size, part in zip(sizes, (1, 1, 0), strict=True)), SETTINGS) == 0.0


def test_users_of_the_words_are_no_strangers() -> None:
    """Half of the sample of everyone are the campaign's own accounts: they must not teach what strangers ask."""
    rng = np.random.default_rng(8)
    numbers = np.arange(200, dtype=np.int32)
    own = np.round(20 * asked(rng, 400, 1.0)).astype(np.int8)
    others = np.round(20 * asked(rng, 400, 0.0)).astype(np.int8)
    everyone = {"topics": np.concatenate([own, others]).astype(float), "authors": np.arange(800) // 2.0}
    world: Any = SimpleNamespace(
        population=SimpleNamespace(samples=everyone, projected=lambda topics: topics.astype(float)),
        besides=lambda accounts, phrases: Besides(np.zeros(400, np.int32), own, np.zeros(400, np.int32)),
        cut=lambda candidate: SimpleNamespace(topics=own),
    )
    campaign = Candidate("c", (), (1,), numbers, False, 0)
    assert rest_of_campaign(world, campaign, numbers, SETTINGS) > 0.9
