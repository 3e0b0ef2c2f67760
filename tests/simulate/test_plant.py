from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from iolaus import tables
from iolaus.errors import InputError
from iolaus.simulate import simulate
from simulate.conftest import MakeWorld


def test_a_campaign_is_planted_with_its_truth(make_world: MakeWorld, tmp_path: Path) -> None:
    own = make_world("honest", 0.06)
    made = simulate("S12", tmp_path / "out", seed=2, into=[str(own.path)])
    rows = pq.read_table(tmp_path / "out" / "exchanges")
    tables.check(rows, tables.EXCHANGES)
    assert rows.num_rows == own.exchanges + made.exchanges
    truth = pq.read_table(tmp_path / "out" / "truth" / "accounts.parquet")
    tables.check(truth, tables.TRUTH_ACCOUNTS)
    assert sum(truth["hostile"].to_pylist()) == made.hostile > 5
    people = pq.read_table(tmp_path / "out" / "accounts.parquet", columns=["account_id"])
    assert people.num_rows == own.accounts + made.accounts


def test_planted_accounts_send_what_donors_send(make_world: MakeWorld, tmp_path: Path) -> None:
    own = make_world("honest", 0.06)
    simulate("S12", tmp_path / "out", seed=2, into=[str(own.path / "exchanges" / "*.parquet")])
    names = ["user_agent", "tls_fingerprint", "model", "temperature"]
    before = set(map(tuple, (r.values() for r in pq.read_table(own.path / "exchanges", columns=names).to_pylist())))
    after = set(
        map(tuple, (r.values() for r in pq.read_table(tmp_path / "out" / "exchanges", columns=names).to_pylist()))
    )
    assert after == before


def test_planting_twice_gives_the_same_bytes(make_world: MakeWorld, tmp_path: Path) -> None:
    own = str(make_world("honest", 0.06).path)
    for name in ("one", "two"):
        simulate("S1", tmp_path / name, scale=0.05, seed=3, into=[own])
    one, two = (
        {p.relative_to(tmp_path / name): p.read_bytes() for p in (tmp_path / name).rglob("*") if p.is_file()}
        for name in ("one", "two")
    )
    assert one == two
    assert len(one) >= 6


def test_what_own_traffic_never_holds_is_not_planted(make_world: MakeWorld, tmp_path: Path) -> None:
    own = pq.read_table(make_world("honest", 0.06).path / "exchanges")
    own = own.drop_columns(["request_id", "retry_of", "key_id", "reasoning_tokens"])
    (tmp_path / "mine").mkdir()
    pq.write_table(own, tmp_path / "mine" / "a.parquet")
    simulate("S1", tmp_path / "out", scale=0.05, into=[str(tmp_path / "mine")])
    made = pq.read_table(tmp_path / "out" / "exchanges")
    assert made.num_rows > own.num_rows
    for name in ("request_id", "retry_of", "key_id", "reasoning_tokens"):
        assert made[name].null_count == made.num_rows


def test_what_is_no_normal_form_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("{}")
    for place, message in ((tmp_path / "none", "holds no Parquet file"), (tmp_path / "a.jsonl", "is no Parquet file")):
        with pytest.raises(InputError, match=message):
            simulate("S12", tmp_path / "out", into=[str(place)])


def test_an_honest_scenario_has_nothing_to_plant(make_world: MakeWorld, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is none to plant"):
        simulate("S11", tmp_path / "out", into=[str(make_world("honest", 0.06).path)])
