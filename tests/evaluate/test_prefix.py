"""A prefix holds what was known at its end, and nothing later."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from iolaus.evaluate.prefix import known_accounts, write_prefix
from iolaus.evaluate.worlds import World, open_world
from iolaus.simulate import simulate

MOMENT = datetime(2026, 3, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    place = tmp_path_factory.mktemp("world") / "w"
    simulate("S8", place, scale=0.05, seed=3)
    return open_world(place)


def test_nothing_later_is_in_a_prefix(world: World, tmp_path: Path) -> None:
    inputs = write_prefix(world, int(MOMENT.timestamp() * 1e6), tmp_path / "prefix")
    limit = pa.scalar(MOMENT, pa.timestamp("us", "UTC"))
    sent, whole = pq.read_table(tmp_path / "prefix" / "exchanges"), pq.read_table(world.path / "exchanges")
    assert len(sent) == pc.sum(pc.less(whole["ts"], limit)).as_py()
    assert pc.max(sent["ts"]).as_py() < MOMENT
    assert inputs.accounts is not None
    assert inputs.events is not None
    assert inputs.releases is not None
    accounts = pq.read_table(inputs.accounts)
    for name in ("created_at", "verified_at", "suspended_at"):
        latest = pc.max(accounts[name]).as_py()
        assert latest is None or latest < MOMENT, f"{name} tells of the future"
    assert set(sent["account_id"].to_pylist()) <= set(accounts["account_id"].to_pylist())
    events = pq.read_table(inputs.events)
    assert len(events) == 0 or pc.max(events["ts"]).as_py() < MOMENT
    released = [line.split(",")[1] for line in inputs.releases.read_text().splitlines()[1:]]
    assert all(datetime.fromisoformat(when) < MOMENT for when in released)


def test_a_later_ban_leaves_no_trace() -> None:
    limit = pa.scalar(MOMENT, pa.timestamp("us", "UTC"))
    when = [datetime(2026, 3, day, tzinfo=UTC) for day in (4, 6)]
    table = pa.table(
        {
            "account_id": ["early", "late"],
            "suspended_at": pa.array(when, pa.timestamp("us", "UTC")),
            "suspended_reason": ["abuse", "abuse"],
            "status": ["suspended", "suspended"],
        }
    )
    found = known_accounts(table, limit).to_pylist()
    assert [row["status"] for row in found] == ["suspended", "active"]
    assert found[1]["suspended_at"] is None
    assert found[1]["suspended_reason"] is None


def test_before_the_first_event_there_is_no_table_of_events(world: World, tmp_path: Path) -> None:
    start = int(datetime.fromisoformat(world.meta.start).timestamp() * 1e6)
    inputs = write_prefix(world, start + 1, tmp_path / "prefix")
    assert inputs.events is None
