"""Scores that a state keeps say of a cohort what its words say."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pytest

from iolaus.content.matching import script
from iolaus.link.cohort import Cohort
from iolaus.link.kinds import intents, sweep, two_sample
from iolaus.link.passages import LONGEST, ends
from iolaus.link.population import Population
from iolaus.link.scored import Scored
from iolaus.link.settings import LinkSettings
from iolaus.link.strata import kinds_of
from iolaus.sketch.content import shipped_model

from .factories import made

SETTINGS = LinkSettings()


def scored(texts: tuple[str, ...]) -> Scored:
    return Scored(tuple(map(script, texts)), shipped_model().read(pa.array(texts, pa.large_string())))


@pytest.fixture(scope="module")
def pair() -> tuple[Cohort, Cohort, Population]:
    """The same cohort with words, and with scores in their place."""
    cohort, population = made(1)
    asked = tuple(
        f"Think step by step and show your reasoning for puzzle {n}, then give the answer." for n in range(40)
    )
    authors = tuple(int(cohort.numbers[n % len(cohort.numbers)]) for n in range(40))
    spoken = replace(cohort, words=asked, authors=authors)
    silent = replace(
        spoken, words=(), outside_words=(), scored=scored(asked), outside_scored=scored(cohort.outside_words)
    )
    return spoken, silent, population


def test_intents_are_those_of_the_words(pair: tuple[Cohort, Cohort, Population]) -> None:
    spoken, silent, population = pair
    found = intents.weigh(spoken, population, SETTINGS)
    assert found is not None and found.log10_bf > 0.3
    assert intents.weigh(silent, population, SETTINGS) == found


def test_scripts_stand_in_for_words_in_the_mix(pair: tuple[Cohort, Cohort, Population]) -> None:
    spoken, silent, population = pair
    known = replace(population, strata=(("standard", "api"),) * len(population))
    assert kinds_of(silent, known) == kinds_of(spoken, known) != []


def test_what_needs_texts_abstains(pair: tuple[Cohort, Cohort, Population]) -> None:
    _, silent, population = pair
    assert two_sample.weigh(silent, population, SETTINGS) is None
    found = sweep.weigh(silent, population, SETTINGS)
    assert found is None or "corpus_share" not in found.numbers


def test_few_scores_say_nothing(pair: tuple[Cohort, Cohort, Population]) -> None:
    _, silent, population = pair
    few = replace(silent, scored=scored(("Think step by step.",)))
    assert intents.weigh(few, population, SETTINGS) is None
    assert intents.weigh(replace(silent, outside_scored=scored(()), outside_authors=()), population, SETTINGS) is None


def test_long_texts_are_scored_by_their_ends() -> None:
    text = "a" * LONGEST
    assert ends(text) == text
    assert ends("b" + text + "c") == "b" + "a" * (LONGEST // 2 - 1) + "\n" + "a" * (LONGEST // 2 - 1) + "c"
