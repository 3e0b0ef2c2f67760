"""Templates come back and are found; idioms are common and are not."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from iolaus.engine import EngineSettings
from iolaus.engine.embedded import Embedded
from iolaus.progress import Progress
from iolaus.sketch import phrases
from iolaus.sketch.settings import SketchSettings
from iolaus.workspace import Workspace

ACCOUNTS, EACH = 200, 30
IDIOM = range(1, 9)
TEMPLATE = range(100, 112)
OTHER_TEMPLATE = range(200, 206)
RARE = range(300, 304)
SYSTEM, TOOLS = 4001, 5001


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[pa.Table, pa.Table]]:
    yield phrased(tmp_path_factory.mktemp("phrases"), uses())


def conversation(account: int, place: int) -> int:
    return account * 1_000 + place


def uses() -> list[tuple[int, int, int]]:
    """(shingle, account, conversation): an idiom that anybody uses now and then, and words that users come back to."""
    rng = random.Random(3)
    rows = []
    for account in range(ACCOUNTS):
        for place in range(EACH):
            held: list[int] = []
            if rng.random() < 0.08:
                held += [shingle for shingle in IDIOM if rng.random() < 0.9]
            if account < 30 and place < 20:
                held += [shingle for shingle in TEMPLATE if rng.random() < 0.95]
            if 60 <= account < 80 and place % 2:
                held += list(OTHER_TEMPLATE)
            if account < 5:
                held += list(RARE)
            rows += [(shingle, account, conversation(account, place)) for shingle in held]
    return rows


def phrased(folder: Path, rows: list[tuple[int, int, int]], **options: Any) -> tuple[pa.Table, pa.Table]:
    work = Workspace(folder / "state", "key")
    place = work.folder("sketch")
    (place / "marks").mkdir()
    account = np.repeat(np.arange(ACCOUNTS, dtype=np.int32), EACH)
    marks = pa.table(
        {
            "account": account,
            "conversation": np.array([conversation(a, n) for a in range(ACCOUNTS) for n in range(EACH)]),
            "counted": np.ones(len(account), bool),
            "system": np.where(account < 60, SYSTEM, 0),
            "tools": np.where((account >= 100) & (account < 105), TOOLS, 0),
        }
    )
    pq.write_table(marks, place / "marks" / "part-00000.parquet")
    shingle, user, held_in = zip(*rows, strict=True) if rows else ((), (), ())
    written = {
        "shingle": pa.array(shingle, pa.int64()),
        "account": pa.array(user, pa.int32()),
        "conversation": pa.array(held_in, pa.int64()),
    }
    table = pa.table(written)
    pq.write_table(table, place / "uses.parquet")
    counted = table.group_by(["shingle", "account"]).aggregate([("conversation", "count")])
    pq.write_table(counted.rename_columns(["shingle", "account", "used"]), place / "users.parquet")
    engine = Embedded(EngineSettings(threads=options.pop("threads", 2)), work.root / "scratch")
    try:
        phrases.run(work, SketchSettings(**options), engine, Progress(False))
    finally:
        engine.close()
    return pq.read_table(place / "phrases.parquet"), pq.read_table(place / "phrase_uses.parquet")


Found = tuple[pa.Table, pa.Table]


def test_templates_are_found_whole_and_apart(found: Found) -> None:
    words = [row for row in found[0].to_pylist() if row["kind"] == "words"]
    assert {row["phrase"]: row["shingles"] for row in words} == {
        min(TEMPLATE): len(TEMPLATE),
        min(OTHER_TEMPLATE): len(OTHER_TEMPLATE),
    }


def test_an_idiom_is_no_phrase(found: Found) -> None:
    """More accounts use it than any template: what tells it apart is that nobody comes back to it."""
    assert not set(IDIOM) & set(found[0]["phrase"].to_pylist())


def test_what_fewer_than_k_share_is_no_phrase(found: Found) -> None:
    named = set(found[0]["phrase"].to_pylist())
    assert not set(RARE) & named
    assert TOOLS not in named


def test_a_shared_configuration_is_a_phrase(found: Found) -> None:
    row = next(row for row in found[0].to_pylist() if row["phrase"] == SYSTEM)
    assert (row["kind"], row["accounts"], row["conversations"], row["shingles"]) == ("system", 60, 60 * EACH, 1)


def test_a_conversation_uses_a_phrase_once_and_with_enough_of_its_words(found: Found) -> None:
    rows = [row for row in found[1].to_pylist() if row["phrase"] == min(TEMPLATE)]
    assert {row["account"] for row in rows} == set(range(30))
    assert len(rows) == len({row["conversation"] for row in rows})
    assert len(rows) >= 0.99 * 30 * 20


def test_one_word_of_a_template_is_no_use(tmp_path: Path) -> None:
    stray = [(TEMPLATE[3], 150, conversation(150, n)) for n in range(EACH)]
    _, found = phrased(tmp_path, [*uses(), *stray])
    assert 150 not in found["account"].to_pylist()


def test_counts_are_of_accounts_and_conversations(found: Found) -> None:
    row = next(row for row in found[0].to_pylist() if row["phrase"] == min(OTHER_TEMPLATE))
    assert (row["accounts"], row["conversations"]) == (20, 20 * EACH // 2)
    assert row["lift"] > 4
    assert row["repeat"] == pytest.approx(14 / 29, abs=0.01)


def test_order_and_threads_change_nothing(tmp_path: Path, found: Found) -> None:
    rows = uses()
    random.Random(1).shuffle(rows)
    again = phrased(tmp_path, rows, threads=1)
    assert again[0].equals(found[0])
    assert again[1].equals(found[1])


def test_no_uses_is_no_crash(tmp_path: Path) -> None:
    found, users = phrased(tmp_path, [])
    assert [row["kind"] for row in found.to_pylist()] == ["system"]
    assert set(users["phrase"].to_pylist()) == {SYSTEM}


def test_the_most_used_are_kept(tmp_path: Path) -> None:
    found, users = phrased(tmp_path, uses(), max_phrases=1)
    assert len(found) == 1
    assert set(users["phrase"].to_pylist()) == set(found["phrase"].to_pylist())
