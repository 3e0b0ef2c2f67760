"""Work that goes on in another account links it; what is published, common, or passed to one friend does not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from iolaus.engine import EngineSettings
from iolaus.engine.embedded import Embedded
from iolaus.link.handed import CONTINUED, REPLAYED, RETRIED, handed_over
from iolaus.link.kinds import hand_over
from iolaus.link.population import Holders
from iolaus.link.settings import LinkSettings

from . import factories

SETTINGS = LinkSettings()
SECOND = 1_000_000
Row = tuple[int, int, int, int, int, int]
"""Root, turn, account, seconds, status, signed reasoning."""


def held(folder: Path, rows: list[Row]) -> dict[str, Holders]:
    """What is handed over in these requests; each root is one conversation an account."""
    (folder / "marks").mkdir()
    root, turn, account, second, status, reference = (np.array(column) for column in zip(*rows, strict=True))
    seq, talk = np.arange(len(rows)), root * 100 + account
    marks = {
        "seq": seq, "turn": turn, "account": account, "ts": second * SECOND, "status": status,
        "reasoning_ref": reference, "counted": np.ones(len(rows), bool), "conversation": talk,
    }  # fmt: skip
    pq.write_table(pa.table(marks), folder / "marks" / "part-0.parquet")
    pq.write_table(pa.table({"seq": seq, "root_hash": pa.array(root, mask=root == 0)}), folder / "derived.parquet")
    first = {number: place for place, number in reversed(list(enumerate(talk.tolist())))}
    opened = np.array(sorted(first.values()))
    engine = Embedded(EngineSettings(), folder / "scratch")
    engine.register("conversations", pa.table({"seq": seq[opened], "turn": turn[opened]}))
    try:
        return handed_over(engine, folder, folder, 10)
    finally:
        engine.close()


def told(found: Holders) -> dict[int, tuple[int, set[int]]]:
    """Value -> its sort, and who holds it."""
    values = set(found.values.tolist())
    return {
        value: (int(found.sorts[found.values == value][0]), set(found.accounts[found.values == value].tolist()))
        for value in values
    }


def test_a_conversation_goes_on_in_another_account(tmp_path: Path) -> None:
    rows = [(7, 0, 1, 0, 200, 0), (7, 2, 1, 30, 200, 0), (7, 4, 2, 60, 200, 0), (7, 6, 1, 90, 200, 0)]
    assert told(held(tmp_path, rows)["handed"]) == {7: (CONTINUED, {1, 2})}


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([(7, 0, 1, 0, 200, 0), (7, 2, 2, 60, 200, 0), (7, 2, 3, 90, 200, 0)], id="a published link"),
        pytest.param([(7, 0, 1, 0, 200, 0), (7, 0, 3, 9, 200, 0), (7, 2, 2, 60, 200, 0)], id="a common first message"),
        pytest.param([(7, 2, 2, 0, 200, 0), (7, 0, 1, 60, 200, 0)], id="begun after it was continued"),
        pytest.param([(7, 2, 2, 0, 200, 0), (7, 4, 2, 60, 200, 0)], id="begun before the logs"),
        pytest.param([(0, 0, 1, 0, 200, 0), (0, 2, 2, 60, 200, 0)], id="no first message known"),
        pytest.param([(7, 0, 1, 0, 400, 0), (7, 0, 2, 60, 200, 0)], id="refused for what it says"),
        pytest.param([(7, 0, 1, 0, 429, 0), (7, 0, 2, 6000, 200, 0)], id="asked again hours later"),
        pytest.param([(7, 0, 1, 0, 429, 0), (7, 0, 2, 9, 200, 0), (7, 0, 3, 99, 200, 0)], id="asked by many"),
    ],
)
def test_what_is_not_handed_over(tmp_path: Path, rows: list[Row]) -> None:
    assert told(held(tmp_path, rows)["handed"]) == {}


def test_what_failed_is_asked_elsewhere_and_chance_is_what_was_answered_before(tmp_path: Path) -> None:
    rows = [(7, 0, 1, 0, 429, 0), (7, 0, 2, 60, 200, 0), (8, 0, 3, 0, 200, 0), (8, 0, 4, 60, 529, 0)]
    found = held(tmp_path, rows)
    assert told(found["handed"]) == {7: (RETRIED, {1, 2})}
    assert told(found["handed_back"]) == {8: (RETRIED, {3, 4})}


def test_replayed_reasoning_is_known_by_two(tmp_path: Path) -> None:
    rows = [(7, 0, 1, 0, 200, 55), (8, 0, 2, 9, 200, 55), (9, 0, 3, 9, 200, 66), (9, 2, 3, 20, 200, 66)]
    assert told(held(tmp_path, rows)["handed"]) == {55: (REPLAYED, {1, 2})}


def weight(pairs: list[tuple[int, int]], sort: int = CONTINUED, organisation: bool = False) -> float:
    """What the kind says of 40 accounts among 400, of which these pairs hand a thing over each."""
    count, members = 400, np.arange(40, dtype=np.int32)
    seen = factories.asked(np.random.default_rng(0), factories.each(count, 4), np.zeros((count, 8)))
    values = np.repeat(np.arange(1, len(pairs) + 1), 2)
    handed = Holders.of(np.array(pairs, np.int32).ravel(), values, np.full(len(values), sort))
    known = {"organization_id": ["one" if n < 40 else None for n in range(count)]} if organisation else None
    everyone = factories.population(seen, count, known, {"handed": handed})
    found = hand_over.weigh(factories.cohort(everyone, seen, members), everyone, SETTINGS)
    assert found is not None
    return found.log10_bf


POOL = [(n, (n + step) % 40) for n in range(40) for step in (1, 3, 7, 11)]


def test_a_pool_links_many_pairs() -> None:
    assert weight(POOL) == SETTINGS.hand_over_cap


def test_friends_link_few_however_much_they_send() -> None:
    assert weight([(n, n ^ 1) for n in range(40)] * 12) == 0


def test_circles_in_which_everybody_passes_on_to_everybody_are_people() -> None:
    circles = [(8 * c + a, 8 * c + b) for c in range(5) for a in range(8) for b in range(a)]
    assert weight(circles) == 0
    assert weight([*circles, *[(8 * c, 8 * c + 8) for c in range(4)]]) > 1


def test_one_organisation_hands_itself_nothing_over() -> None:
    assert weight(POOL, organisation=True) == 0


def test_others_who_do_the_same_make_it_chance() -> None:
    assert weight(POOL + [(40 + a + 40 * n, 40 + b + 40 * n) for a, b in POOL for n in range(9)]) < 0.2


def test_what_many_replay_was_published() -> None:
    everybody = [(n, n + 1) for n in range(0, 40, 2)]
    count, members = 400, np.arange(40, dtype=np.int32)
    seen = factories.asked(np.random.default_rng(0), factories.each(count, 4), np.zeros((count, 8)))
    for things in (1, 6):
        values = np.tile(np.arange(1, things + 1), len(everybody) * 2)
        accounts = np.repeat(np.array(everybody, np.int32).ravel(), things)
        handed = Holders.of(accounts, values, np.full(len(values), REPLAYED))
        everyone = factories.population(seen, count, None, {"handed": handed})
        found = hand_over.weigh(factories.cohort(everyone, seen, members), everyone, SETTINGS)
        assert found is not None and found.log10_bf == 0, found
