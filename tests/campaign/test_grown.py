"""Words that a campaign takes up stay only where they leave its words its own."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from iolaus.campaign import grown as growth
from iolaus.campaign.members import Members
from iolaus.campaign.settings import CampaignSettings, VerdictSettings
from iolaus.link import run as linking
from iolaus.link.candidates import Candidate
from iolaus.link.cohort import Cohort
from iolaus.link.settings import LinkSettings
from iolaus.sketch.settings import SketchSettings

OWN, ITEM, FRAMEWORK = 11, 12, 13
SETTINGS = SimpleNamespace(
    sketch=SketchSettings(), link=LinkSettings(), campaign=CampaignSettings(), verdict=VerdictSettings()
)
ACCOUNTS = np.arange(40, dtype=np.int32)
FIT = np.where(ACCOUNTS < 28, 1.0, -2.0)
"""Log10 Bayes factors; who uses the framework's words alone fits plainly badly."""


def fits(phrases: tuple[int, ...], told: bool, ties: bool = False) -> Any:
    """Everyone fits. Strangers use the framework's words. ``told``: and they show among those whom these bring."""
    own = FRAMEWORK not in phrases
    return SimpleNamespace(
        numbers=ACCOUNTS,
        share=1.0,
        fitting=np.ones(len(ACCOUNTS), bool),
        by_account=SimpleNamespace(usual=FIT),
        counted_by_ties=ties,
        tested=np.ones(len(ACCOUNTS), bool),
        strange=(FRAMEWORK,) if told and not own else (),
        exclusive=lambda settings: own,
        likely=lambda settings: ACCOUNTS,
    )


def members(engine: Any, phrases: tuple[int, ...], *rest: Any) -> Members:
    """Sure of everybody while the words are its own alone, of hardly anybody once they are not."""
    sure = np.full(len(ACCOUNTS), 0.99 if rest[0].exclusive(None) else 0.3)
    ones = np.ones(len(ACCOUNTS), np.int64)
    return Members(ACCOUNTS, sure, ones, ones, ones * 0.5, ones * 1.0, [None] * len(ACCOUNTS))


@pytest.mark.parametrize(
    ("taken", "told", "words"),
    [
        ((OWN, ITEM), True, (OWN, ITEM)),
        ((OWN, FRAMEWORK), True, (OWN,)),
        ((OWN, FRAMEWORK), False, (OWN,)),
        ((OWN, ITEM, FRAMEWORK), True, (OWN, ITEM)),
        ((OWN, ITEM, FRAMEWORK), False, (OWN,)),
    ],
)
def test_words_that_strangers_use_are_not_taken_up(
    monkeypatch: pytest.MonkeyPatch, taken: tuple[int, ...], told: bool, words: tuple[int, ...]
) -> None:
    found = grown(monkeypatch, taken, told, SETTINGS.verdict)
    assert found.tested.candidate.phrases == words
    assert found.members is not None
    assert (found.members.membership == 0.99).all()


@pytest.mark.parametrize("told", [True, False])
def test_among_too_many_users_accounts_are_told_one_by_one(monkeypatch: pytest.MonkeyPatch, told: bool) -> None:
    """Whichever of the words are left, strangers among thousands of users do not show."""
    many = SETTINGS.verdict.model_copy(update={"own_most": len(ACCOUNTS) - 1})
    assert grown(monkeypatch, (OWN, FRAMEWORK), told, many).members is None, "of none of them is anything told"
    still_own = grown(monkeypatch, (OWN, ITEM), told, many)
    assert still_own.tested.candidate.phrases == (OWN, ITEM)


def test_among_as_many_whom_ties_counted_it_stays_as_it_was_before(monkeypatch: pytest.MonkeyPatch) -> None:
    many = SETTINGS.verdict.model_copy(update={"own_most": len(ACCOUNTS) - 1})
    found = grown(monkeypatch, (OWN, FRAMEWORK), False, many, ties=True)
    assert found.members is not None and found.own_words
    assert found.tested.candidate.phrases == (OWN,)


def test_words_that_plain_strangers_never_use_stay_a_campaign_s_own(monkeypatch: pytest.MonkeyPatch) -> None:
    many = SETTINGS.verdict.model_copy(update={"own_most": len(ACCOUNTS) - 1})
    found = grown(monkeypatch, (OWN, FRAMEWORK), True, many, ACCOUNTS[:28])
    assert found.members is not None
    assert found.tested.candidate.phrases == (OWN,)


def grown(
    monkeypatch: pytest.MonkeyPatch,
    taken: tuple[int, ...],
    told: bool,
    verdict: VerdictSettings,
    users: np.ndarray = ACCOUNTS,
    ties: bool = False,
) -> Any:
    """A campaign of one word whose members make most of the uses of those that are ``taken``."""
    monkeypatch.setattr(growth, "fits_of", lambda candidate, *_: fits(candidate.phrases, told, ties))
    monkeypatch.setattr(growth, "fitting_words", lambda engine, phrases, *_: phrases)
    monkeypatch.setattr(growth, "users", lambda *_: len(ACCOUNTS))
    monkeypatch.setattr(growth, "own_words", lambda *_: taken)
    monkeypatch.setattr(growth, "are_owned", lambda *_: False)
    monkeypatch.setattr(growth, "rest_of_campaign", lambda *_: None)
    monkeypatch.setattr(growth, "measure", members)
    monkeypatch.setattr(growth, "users_of", lambda engine, phrases, _: dict.fromkeys(phrases, users))
    monkeypatch.setattr(growth, "mixed", lambda tested, judgement, _: (tested, judgement))
    candidate = Candidate("found", ("words",), (OWN,), ACCOUNTS, False, 100)
    pair = (linking.Tested(candidate, cast(Cohort, None), ()), SimpleNamespace(probability=0.99))
    settings = SimpleNamespace(**{**vars(SETTINGS), "verdict": verdict})
    return growth.grown(cast(Any, pair), cast(Any, None), cast(Any, None), cast(Any, settings), cast(Any, None))
