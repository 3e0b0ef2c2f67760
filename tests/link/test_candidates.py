"""Which sets of accounts are tested: overlapping phrases together, cores of popular ones, the most used first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from iolaus.engine import EngineSettings
from iolaus.engine.embedded import Embedded
from iolaus.link.candidates import Candidate, find
from iolaus.link.settings import LinkSettings

HAD = 20
"""Conversations of every account."""

Uses = dict[int, dict[int, int]]
"""Phrase -> account -> conversations that use it."""


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Embedded]:
    made = Embedded(EngineSettings(threads=1), tmp_path)
    yield made
    made.close()


def found(engine: Embedded, uses: Uses, accounts: int = 200, **settings: object) -> list[Candidate]:
    rows = [
        (phrase, account, account * 100 + place)
        for phrase, users in uses.items()
        for account, count in users.items()
        for place in range(count)
    ]
    columns = list(zip(*rows, strict=True)) if rows else [(), (), ()]
    used = pa.table(
        {n: pa.array(c, pa.int64()) for n, c in zip(("phrase", "account", "conversation"), columns, strict=True)}
    )
    engine.register("phrase_uses", used)
    names = sorted(uses)
    engine.register("phrases", pa.table({"phrase": pa.array(names, pa.int64()), "kind": ["words"] * len(names)}))
    everyone = np.arange(accounts)
    engine.register("volumes", pa.table({"account": everyone, "had": np.full(accounts, HAD)}))
    return find(engine, LinkSettings(**settings))  # type: ignore[arg-type]


def users(first: int, last: int, count: int) -> dict[int, int]:
    return dict.fromkeys(range(first, last), count)


def test_phrases_of_the_same_accounts_are_one_candidate(engine: Embedded) -> None:
    candidates = found(engine, {5: users(0, 40, 8), 9: users(0, 40, 6), 70: users(100, 130, 8)})
    phrases = [candidate.phrases for candidate in candidates]
    assert (5, 9) in phrases
    assert (70,) in phrases
    assert not [p for p in phrases if 70 in p and len(p) > 1], "strangers' phrases were joined"


def test_the_core_of_a_popular_phrase_is_tested_too(engine: Embedded) -> None:
    """A campaign of 20 among the 150 users of a popular phrase: those for whom it is most of what they do."""
    candidates = found(engine, {5: users(0, 20, 18) | users(20, 150, 3)})
    cores = [candidate for candidate in candidates if candidate.core]
    assert [candidate.accounts.tolist() for candidate in cores] == [list(range(20))]
    assert any(len(candidate.accounts) == 150 for candidate in candidates)


def test_one_use_makes_nobody_a_member(engine: Embedded) -> None:
    (candidate,) = found(engine, {5: users(0, 20, 8) | users(20, 60, 1)})
    assert candidate.accounts.tolist() == list(range(20))


def test_fewer_than_the_least_are_no_candidate(engine: Embedded) -> None:
    assert found(engine, {5: users(0, 9, 8)}) == []
    assert len(found(engine, {5: users(0, 9, 8)}, least_accounts=9)) == 1


def test_the_most_used_are_tested_first(engine: Embedded) -> None:
    uses = {n * 10: users(n * 20, n * 20 + 20, 2 + n) for n in range(8)}
    candidates = found(engine, uses, max_cohorts=3)
    assert len(candidates) == 3
    counts = [candidate.conversations for candidate in candidates]
    assert counts == sorted(counts, reverse=True)
    assert candidates[0].phrases == (70,)


def test_ids_are_distinct_and_do_not_depend_on_order(engine: Embedded) -> None:
    """Groups that overlap, and phrases of nearly the same accounts, must not share an id: words are kept by it."""
    uses = {
        5: users(0, 40, 12),
        6: users(0, 36, 12),
        7: users(0, 28, 12),
        8: users(10, 60, 12),
        9: users(30, 60, 12),
    }
    candidates = found(engine, uses)
    ids = [candidate.id for candidate in candidates]
    assert len(set(ids)) == len(ids), ids
    again = found(engine, dict(reversed(uses.items())))
    assert [candidate.id for candidate in again] == ids


def test_nothing_is_no_crash(engine: Embedded) -> None:
    assert found(engine, {}) == []
