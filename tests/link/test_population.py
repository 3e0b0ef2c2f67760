"""Directions of strangers' interests, and topics read by number."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from iolaus.link.population import LEAST_STRANGERS
from iolaus.sketch.topic import DIMENSIONS, WIDTH
from iolaus.sketch.topics import Topics

from . import factories


def test_too_few_strangers_set_no_directions() -> None:
    found, everyone = factories.made(1, others=60)
    assert len(everyone.samples["topics"]) < LEAST_STRANGERS
    assert everyone.directions is None
    assert np.array_equal(everyone.projected(found.topics), found.topics.astype(np.float64))


def test_directions_keep_interests_and_leave_noise() -> None:
    """Strangers who differ along 4 of 128 directions: the components keep these, so that people are told apart."""
    rng = np.random.default_rng(0)
    interests = np.zeros((600, 128))
    interests[:, :4] = rng.normal(0, 3, (600, 4))
    strangers = factories.vectors(interests + rng.normal(0, 1, interests.shape)).astype(np.float64)
    _, everyone = factories.made(1, others=60)
    told = replace(everyone, samples={"topics": strangers}, components=4)
    assert told.directions is not None and told.directions.shape == (128, 4)
    assert np.linalg.norm(told.directions[:4], axis=0).min() > 0.95
    assert told.projected(np.ones((7, 128), np.int8)).shape == (7, 4)


def test_topics_are_read_across_parts_in_any_order(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    whole = rng.integers(-127, 128, (25, WIDTH)).astype(np.int8)
    for number, (first, last) in enumerate([(0, 10), (10, 11), (11, 25)]):
        np.save(tmp_path / f"part-{number:05}.npy", whole[first:last])
    seq = rng.permutation(25)
    found, names = Topics(tmp_path).with_names(seq)
    assert np.array_equal(found, whole[seq, :DIMENSIONS])
    assert names.tobytes() == whole[seq, DIMENSIONS:].tobytes()
    assert np.array_equal(Topics(tmp_path)[seq], found)
    assert Topics(tmp_path)[np.zeros(0, np.int64)].shape == (0, DIMENSIONS)


def test_no_parts_are_no_crash(tmp_path: Path) -> None:
    assert Topics(tmp_path)[np.zeros(0, np.int64)].shape[0] == 0


@pytest.mark.parametrize("count", [0, 1])
def test_a_population_of_next_to_nobody(count: int) -> None:
    rng = np.random.default_rng(0)
    seen = factories.asked(rng, factories.each(count, 2), np.zeros((max(count, 1), 8)))
    assert len(factories.population(seen, count)) == count
