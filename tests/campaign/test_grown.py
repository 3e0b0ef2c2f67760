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

OWN, TAKEN_UP = 11, 12
SETTINGS = SimpleNamespace(
    sketch=SketchSettings(), link=LinkSettings(), campaign=CampaignSettings(), verdict=VerdictSettings()
)
ACCOUNTS = np.arange(40, dtype=np.int32)


def fits(exclusive: bool) -> Any:
    """Everyone fits; ``exclusive``: and hardly a stranger uses the words."""
    return SimpleNamespace(
        numbers=ACCOUNTS,
        share=1.0,
        fitting=np.ones(len(ACCOUNTS), bool),
        exclusive=lambda settings: exclusive,
        likely=lambda settings: ACCOUNTS,
    )


def members(engine: Any, phrases: tuple[int, ...], *rest: Any) -> Members:
    """Sure of everybody while the words are its own alone, of hardly anybody once they are not."""
    sure = np.full(len(ACCOUNTS), 0.99 if phrases == (OWN,) or rest[0].exclusive(None) else 0.3)
    ones = np.ones(len(ACCOUNTS), np.int64)
    return Members(ACCOUNTS, sure, ones, ones, ones * 0.5, ones * 1.0, [None] * len(ACCOUNTS))


@pytest.mark.parametrize(("still_own", "words"), [(True, (OWN, TAKEN_UP)), (False, (OWN,))])
def test_words_that_strangers_use_are_not_taken_up(
    monkeypatch: pytest.MonkeyPatch, still_own: bool, words: tuple[int, ...]
) -> None:
    monkeypatch.setattr(growth, "fits_of", lambda candidate, *_: fits(candidate.phrases == (OWN,) or still_own))
    monkeypatch.setattr(growth, "own_words", lambda *_: (OWN, TAKEN_UP))
    monkeypatch.setattr(growth, "are_owned", lambda *_: False)
    monkeypatch.setattr(growth, "rest_of_campaign", lambda *_: None)
    monkeypatch.setattr(growth, "measure", members)
    candidate = Candidate("found", ("words",), (OWN,), ACCOUNTS, False, 100)
    pair = (linking.Tested(candidate, cast(Cohort, None), ()), SimpleNamespace(probability=0.99))
    found = growth.grown(cast(Any, pair), cast(Any, None), cast(Any, None), cast(Any, SETTINGS), cast(Any, None))
    assert found.tested.candidate.phrases == words
    assert found.members is not None
    assert (found.members.membership == 0.99).all()
