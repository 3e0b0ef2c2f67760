"""The mix by cells: what is kept, and what is not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from iolaus.content.mix import cells, pair_cosines

from .mixes import API, WEB, sample

BATCH = ("latin", "standard", "batch")


def places(kinds: list[tuple[str, str, str]], least: int = 10) -> dict[tuple[str, ...], int]:
    return {tuple(cell.place): cell.accounts for cell in cells(sample(kinds), 0.05, least)}


def test_cells_hold_every_level_of_a_kind() -> None:
    found = places([WEB] * 40 + [API] * 30)
    assert found == {
        (): 70, ("latin",): 70, ("latin", "standard"): 70, WEB: 40, API: 30,
    }  # fmt: skip


def test_a_cell_of_few_is_not_kept_nor_told_by_the_difference() -> None:
    assert set(places([WEB] * 40 + [API] * 30 + [BATCH] * 3)) == {(), ("latin",), ("latin", "standard"), WEB}
    assert set(places([WEB] * 40 + [BATCH] * 3)) == {(), ("latin",), ("latin", "standard")}
    enough = places([WEB] * 40 + [BATCH] * 6 + [("latin", "standard", "other")] * 6)
    assert set(enough) == {(), ("latin",), ("latin", "standard"), WEB}, "twelve of two hidden cells hide each other"


def test_accounts_of_one_entity_count_once() -> None:
    one = sample([WEB] * 50)
    assert cells(replace(one, entities=np.zeros(50, np.int64)), 0.05, 10) == []
    assert cells(sample([WEB] * 9), 0.05, 10) == []


def test_levels_are_of_the_cell_alone() -> None:
    low, high = sample([WEB] * 200, 0.02), sample([API] * 200, 0.6, 2)
    both = replace(
        low,
        entities=np.arange(400),
        kinds=[WEB] * 200 + [API] * 200,
        lengths=np.concatenate([low.lengths, high.lengths]),
        content=replace(
            low.content,
            intents=np.concatenate([low.content.intents, high.content.intents]),
            capability=np.concatenate([low.content.capability, high.content.capability]),
        ),
        topics=np.concatenate([low.topics, high.topics]),
    )
    found = {tuple(cell.place): cell for cell in cells(both, 0.05, 10)}
    assert found[WEB].intents["reasoning_elicitation"].trimmed == pytest.approx(0.02, abs=0.005)
    assert found[API].intents["reasoning_elicitation"].trimmed == pytest.approx(0.6, abs=0.005)
    assert found[()].intents["reasoning_elicitation"].trimmed == pytest.approx(0.31, abs=0.02)
    assert found[API].length == sorted(found[API].length)


def test_cosine_of_pairs_is_that_of_all_pairs() -> None:
    topics = sample([WEB] * 400, alike=0.5).topics.astype(np.float64)
    unit = topics / np.linalg.norm(topics, axis=1, keepdims=True)
    every = ((unit.sum(0) ** 2).sum() - 400) / (400 * 399)
    assert pair_cosines(sample([WEB] * 400, alike=0.5).topics).mean() == pytest.approx(every, abs=0.01)
    assert len(pair_cosines(np.ones((2, 4), np.int8))) == 2
    assert pair_cosines(np.zeros((3, 4), np.int8)).tolist() == [0.0] * 6
