"""Of two cohorts of the same accounts the one whose words are its own is the campaign, whichever came first."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pytest

from iolaus.campaign import measured
from iolaus.campaign.judged import Judged
from iolaus.campaign.members import Members
from iolaus.campaign.settings import CampaignSettings, VerdictSettings
from iolaus.link.settings import LinkSettings

from .test_join import World

OWN, FRAMEWORK = 11, 13
SETTINGS = SimpleNamespace(link=LinkSettings(), campaign=CampaignSettings(), verdict=VerdictSettings())


@pytest.fixture(scope="module")
def world() -> World:
    return World()


def members(accounts: npt.NDArray[np.int32], sure: int) -> Members:
    """All accounts, of which the first so many are accused."""
    membership = np.where(np.arange(len(accounts)) < sure, 0.99, 0.2)
    ones = np.ones(len(accounts), np.int64)
    return Members(accounts, membership, ones, ones, ones * 0.5, ones * 1.0, [None] * len(accounts))


def outcome(world: World, monkeypatch: pytest.MonkeyPatch, told: dict[int, int], own: set[int]) -> dict[str, Judged]:
    """What two cohorts of the same accounts come to: the framework's words first, then its own.

    told: how many accounts each word tells from strangers. own: the words that hardly a stranger uses.
    """

    def grown(pair: Any, *_: Any) -> Judged:
        word = pair[0].candidate.phrases[0]
        return Judged(*pair, {}, members(pair[0].candidate.accounts, told[word]), own_words=word in own)

    monkeypatch.setattr(measured, "grown", grown)
    monkeypatch.setattr(measured, "with_unread", lambda found, *_: found)
    exclusive = {word: SimpleNamespace(exclusive=lambda _, word=word: word in own) for word in told}
    monkeypatch.setattr(measured, "fits_of", lambda candidate, *_: exclusive[candidate.phrases[0]])
    everyone = world.hydra.numbers
    joiner = world.joiner()
    monkeypatch.setattr(joiner, "beside", lambda *_: None)
    pairs = [world.pair("first", everyone, (FRAMEWORK,)), world.pair("second", everyone[:36], (OWN,))]
    nobody = cast(Any, SimpleNamespace(population=world.population))
    measuring = measured.Measuring(joiner, nobody, cast(Any, None), cast(Any, SETTINGS), cast(Any, None))
    return {found.tested.candidate.id: found for found in measuring.of(pairs)}


def test_better_words_take_the_place_of_a_framework_s(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    found = outcome(world, monkeypatch, {FRAMEWORK: 4, OWN: 30}, {OWN})
    assert found["second"].judgement.verdict == "campaign" and found["second"].members is not None
    assert found["first"].judgement.verdict == "explained" and found["first"].members is None
    assert "second" in found["first"].judgement.sentence


@pytest.mark.parametrize(
    ("told", "own"),
    [
        ({FRAMEWORK: 4, OWN: 30}, set()),
        ({FRAMEWORK: 30, OWN: 4}, {OWN}),
        ({FRAMEWORK: 4, OWN: 30}, {FRAMEWORK, OWN}),
    ],
    ids=["neither words are its own", "fewer are told", "the first words are its own too"],
)
def test_else_the_first_stays(
    world: World, monkeypatch: pytest.MonkeyPatch, told: dict[int, int], own: set[int]
) -> None:
    found = outcome(world, monkeypatch, told, own)
    assert found["first"].judgement.verdict == "campaign" and found["first"].members is not None
    assert found["second"].judgement.verdict == "explained"
