from __future__ import annotations

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from iolaus.simulate import World
from iolaus.simulate.apps import APPS
from simulate.conftest import MakeWorld

FIELDS = ["exchange_id", "ts", "account_id", "conversation_id", "turn", "prompt", "status", "model", "request_id",
          "retry_of", "pathway"]  # fmt: skip


@pytest.fixture
def rows(demo: World) -> list[dict[str, object]]:
    return list(pq.read_table(demo.path / "exchanges", columns=FIELDS).to_pylist())


def test_a_retry_repeats_a_request_that_failed(rows: list[dict[str, object]]) -> None:
    """Same account, same text, seconds later, and after a status that is worth it."""
    by_id = {row["exchange_id"]: row for row in rows}
    retries = [row for row in rows if row["retry_of"]]
    assert len(retries) > 100
    for row in retries:
        first = by_id[row["retry_of"]]
        for name in ("account_id", "conversation_id", "turn", "prompt", "model"):
            assert row[name] == first[name]
        assert first["status"] in (429, 500, 529)
        assert 0 < (row["ts"] - first["ts"]).total_seconds() < 60  # type: ignore[operator]


def test_gateways_share_an_id_and_fall_back_to_another_model(rows: list[dict[str, object]]) -> None:
    held: dict[object, list[dict[str, object]]] = {}
    for row in rows:
        if row["request_id"]:
            held.setdefault(row["request_id"], []).append(row)
    several = [group for group in held.values() if len(group) > 1]
    assert len(several) > 20
    assert all(len({(row["account_id"], row["prompt"]) for row in group}) == 1 for group in several)
    assert 0.1 < np.mean([len({row["model"] for row in group}) > 1 for group in several]) < 0.7


def test_browsers_ask_again_without_an_id(rows: list[dict[str, object]]) -> None:
    web = [row for row in rows if row["pathway"] == "web"]
    assert not any(row["request_id"] or row["retry_of"] for row in web)
    seen = [(row["conversation_id"], row["turn"]) for row in web]
    assert len(seen) > len(set(seen))


def test_honest_and_hostile_retry_alike(make_world: MakeWorld) -> None:
    made = make_world("S1", 0.3)
    rows = pq.read_table(made.path / "exchanges", columns=["account_id", "status", "retry_of"])
    truth = pq.read_table(made.path / "truth" / "accounts.parquet", columns=["account_id", "hostile"])
    rows = rows.join(truth, "account_id")
    rates = [
        pc.mean(pc.is_valid(rows.filter(pc.equal(rows["hostile"], side))["retry_of"])).as_py() for side in (False, True)
    ]
    assert all(0.002 < rate < 0.02 for rate in rates), rates
    assert max(rates) < 2.0 * min(rates), rates


def test_every_program_says_what_it_does_when_a_request_fails() -> None:
    assert all(0 < app.again.share < 1 for app in APPS)
    assert all(app.again.names_request for app in APPS if app.again.falls_back)
