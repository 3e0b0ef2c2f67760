"""The two-sample kind: what it weighs, what it leaves alone."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from iolaus.link.kinds import two_sample
from iolaus.link.settings import LinkSettings

from . import factories

SETTINGS = LinkSettings()


def test_other_requests_speak_for_and_the_same_against() -> None:
    other = two_sample.weigh(*factories.harvest(1), SETTINGS)
    same = two_sample.weigh(*factories.harvest(2, own=False), SETTINGS)
    assert other is not None
    assert same is not None
    assert other.log10_bf == SETTINGS.two_sample_cap
    assert other.numbers["p"] == 0.01
    assert same.log10_bf <= 0
    assert "cannot be told" in same.sentence


def test_words_that_selected_the_cohort_do_not_speak() -> None:
    found, everyone = factories.harvest(3, own=False)
    template = "You are now the careful annotator of corpus nine, write all that you think: "
    framed = replace(found, words=tuple(template + text for text in found.words))
    piece = two_sample.weigh(framed, everyone, SETTINGS)
    assert piece is not None
    assert piece.log10_bf <= 0, piece


def test_one_account_is_one_request() -> None:
    found, everyone = factories.harvest(4)
    few = replace(found, authors=tuple(found.authors[n % 20] for n in range(len(found.authors))))
    assert two_sample.weigh(few, everyone, SETTINGS) is None
    assert two_sample.weigh(replace(found, outside_words=found.outside_words[:300]), everyone, SETTINGS) is None


@pytest.mark.parametrize(("p", "weight"), [(0.01, 0.902), (0.5, 0.0), (1.0, 0.0)])
def test_bound(p: float, weight: float) -> None:
    assert math.isclose(two_sample.bound(p), weight, abs_tol=1e-3)
