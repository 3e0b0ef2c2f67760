"""The two-sample test: calibrated on honest windows, and right about foreign ones."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from iolaus.content.bags import bags
from iolaus.content.cohort_test import Honest, compare
from iolaus.content.matching import controls, script
from iolaus.content.own_words import without_shared
from iolaus.content.reference import COMPONENTS, learn
from iolaus.content.two_sample import Null, parts

VOCABULARY = np.array([f"{a}{b}" for a in ("ba", "ke", "li", "mo", "nu") for b in ("tan", "rel", "dor", "six", "pum")])


def people(rng: np.random.Generator, count: int, first: int = 0, last: int = 20) -> list[str]:
    """Requests of eight words of a part of the vocabulary."""
    return [" ".join(rng.choice(VOCABULARY[first:last], 8)) for _ in range(count)]


def test_bags_hold_each_feature_once_and_nothing_of_a_null() -> None:
    found = bags(pa.array(["one two", None, "one two one two", ""]))
    assert found.shape[0] == 4
    assert found.data.max() == 1
    assert found[1].nnz == found[3].nnz == 0
    assert set(found[0].indices) <= set(found[2].indices)
    assert all((np.diff(found[row].indices) > 0).all() for row in range(4))


def test_reference_needs_texts() -> None:
    with pytest.raises(ValueError, match="needs 192 texts, found 3"):
        learn(["a", "b", "c"])
    assert COMPONENTS * 2 == 192


def test_null_keeps_its_level_and_a_foreign_tenth_is_seen() -> None:
    rng = np.random.default_rng(1)
    reference = learn(people(rng, 600))
    read = reference.read([*people(rng, 1200), *people(rng, 200, 15, 25)])
    draws = [rng.choice(600, 200, replace=False) for _ in range(200)]
    null = Null.of(parts(reference, read, draws))
    honest = null.scored(parts(reference, read, [600 + rng.choice(600, 200, replace=False) for _ in range(200)]))
    foreign = [np.concatenate([rng.choice(600, 160, False), 1200 + rng.choice(200, 40, False)]) for _ in range(20)]
    p_honest = np.array([null.p_value(score) for score in honest])
    p_foreign = [null.p_value(score) for score in null.scored(parts(reference, read, foreign))]
    assert (p_honest <= 0.05).mean() <= 0.12
    assert np.mean(p_foreign) < 0.05
    assert null.p_value(float("inf")) == pytest.approx(1 / 201)


def test_compare_is_the_same_every_time_and_tells_how_much_is_foreign() -> None:
    rng = np.random.default_rng(2)
    honest = Honest.of(people(rng, 1200))
    anyone = [np.arange(len(honest.read))] * 80
    same = compare(honest, people(rng, 80), anyone, 99)
    other = compare(honest, [*people(rng, 40), *people(rng, 40, 20, 25)], anyone, 99)
    assert compare(honest, people(np.random.default_rng(9), 80), anyone, 99) == compare(
        honest, people(np.random.default_rng(9), 80), anyone, 99
    )
    assert same.p > 0.02
    assert other.p == pytest.approx(0.01)
    assert other.surplus > same.surplus


def test_shared_words_are_cut_out_of_every_text() -> None:
    texts = [f"Please act as a careful tutor now: question {n} {word}" for n, word in enumerate(VOCABULARY)]
    cut = without_shared(texts, 0.2)
    assert all("tutor" not in text and word in text for text, word in zip(cut, VOCABULARY, strict=True))
    assert without_shared(["alone in the world today", "nothing else like it here"], 0.2) == [
        "alone in the world today",
        "nothing else like it here",
    ]
    chinese = [f"请你一步一步地解释{word}" for word in "山水火木金土日月"]
    assert without_shared(chinese, 0.2) == list("山水火木金土日月")


@pytest.mark.parametrize(
    ("text", "name"), [("hello there", "latin"), ("你好，世界 ok", "unspaced"), ("привет мир", "other"), ("", "latin")]
)
def test_script(text: str, name: str) -> None:
    assert script(text) == name


def test_controls_are_of_the_kind_and_near_in_length() -> None:
    lengths = np.arange(1, 401)
    kinds = [("latin", "standard" if n % 2 else "education", float(n % 4)) for n in range(400)]
    found = controls(np.array([100]), [("latin", "standard", 1.0)], lengths, kinds)
    assert found is not None
    assert {kinds[row] for row in found[0]} == {("latin", "standard", 1.0)}
    assert np.abs(lengths[found[0]] - 100).max() <= 60
    widened = controls(np.array([100]), [("latin", "standard", 9.0)], lengths, kinds)
    assert widened is not None
    assert {kind[:2] for row in widened[0] for kind in [kinds[row]]} == {("latin", "standard")}
    assert controls(np.array([100]), [("other", "standard", 1.0)], lengths, kinds) is None
