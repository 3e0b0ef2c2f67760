from __future__ import annotations

import filecmp
from pathlib import Path

import msgspec
import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from iolaus import tables
from iolaus.errors import InputError
from iolaus.simulate import World, simulate
from simulate.conftest import MakeWorld


def test_every_table_keeps_its_contract(demo: World) -> None:
    for name, contract in (
        ("exchanges", tables.EXCHANGES),
        ("accounts.parquet", tables.ACCOUNTS),
        ("account_events.parquet", tables.ACCOUNT_EVENTS),
        ("truth/accounts.parquet", tables.TRUTH_ACCOUNTS),
        ("truth/exchanges.parquet", tables.TRUTH_EXCHANGES),
    ):
        tables.check(pq.read_table(demo.path / name), contract)
    assert (demo.path / "releases.csv").read_text().startswith("model,released_at\norion-large-3,")


def test_demo_has_its_size(demo: World) -> None:
    assert 1_400 <= demo.accounts <= 1_600
    assert 60_000 <= demo.exchanges <= 80_000
    assert demo.exchanges == pq.read_table(demo.path / "exchanges", columns=["ts"]).num_rows
    assert msgspec.json.decode((demo.path / "world.json").read_bytes())["campaigns"] == ["hydra"]


def test_rows_stand_in_order_of_time_and_ids_are_unique(demo: World) -> None:
    rows = pq.read_table(demo.path / "exchanges", columns=["ts", "exchange_id"])
    ts = rows["ts"].cast("int64").to_numpy()
    assert (np.diff(ts) >= 0).all()
    assert pc.count_distinct(rows["exchange_id"]).as_py() == rows.num_rows


def test_truth_names_every_account_and_exchange(demo: World) -> None:
    rows = pq.read_table(demo.path / "exchanges", columns=["exchange_id", "account_id"])
    told = pq.read_table(demo.path / "truth" / "exchanges.parquet")
    assert told["exchange_id"].to_pylist() == rows["exchange_id"].to_pylist()
    truth = pq.read_table(demo.path / "truth" / "accounts.parquet").to_pydict()
    known = pq.read_table(demo.path / "accounts.parquet", columns=["account_id"])["account_id"].to_pylist()
    assert sorted(truth["account_id"]) == sorted(known)
    theirs = {
        account
        for account, campaign in zip(rows["account_id"].to_pylist(), told["campaign_id"].to_pylist(), strict=True)
        if campaign
    }
    hostile = {a for a, h in zip(truth["account_id"], truth["hostile"], strict=True) if h}
    assert hostile == theirs


def test_nobody_asks_before_sign_up_or_after_a_ban(demo: World) -> None:
    rows = pq.read_table(demo.path / "exchanges", columns=["account_id", "ts"]).group_by("account_id").aggregate(
        [("ts", "min"), ("ts", "max")]
    )  # fmt: skip
    accounts = pq.read_table(demo.path / "accounts.parquet", columns=["account_id", "created_at", "suspended_at"])
    joined = rows.join(accounts, "account_id")
    assert pc.all(pc.greater_equal(joined["ts_min"], joined["created_at"])).as_py()
    assert pc.all(pc.less(joined["ts_max"], joined["suspended_at"])).as_py()


def test_honest_accounts_are_suspended_too(demo: World) -> None:
    accounts = pq.read_table(demo.path / "accounts.parquet").join(
        pq.read_table(demo.path / "truth" / "accounts.parquet"), "account_id"
    )
    banned = accounts.filter(pc.and_(pc.equal(accounts["status"], "suspended"), pc.invert(accounts["hostile"])))
    assert banned.num_rows >= 5
    assert set(banned["suspended_reason"].to_pylist()) >= {"abuse", "payment"}


def test_the_same_seed_gives_the_same_bytes(make_world: MakeWorld, tmp_path: Path) -> None:
    first = make_world("S12", 0.3, 4)
    again = simulate("S12", tmp_path / "again", scale=0.3, seed=4)
    names = sorted(str(p.relative_to(first.path)) for p in first.path.rglob("*") if p.is_file())
    same, differ, missing = filecmp.cmpfiles(first.path, again.path, names, shallow=False)
    assert (sorted(same), differ, missing) == (names, [], [])


def test_another_seed_gives_another_world(make_world: MakeWorld) -> None:
    ids = [
        set(pq.read_table(make_world("S12", 0.3, seed).path / "accounts.parquet")["account_id"].to_pylist())
        for seed in (4, 5)
    ]
    assert not ids[0] & ids[1]


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("keep me")
    with pytest.raises(InputError, match="holds no world"):
        simulate("S12", tmp_path, scale=0.01)
    assert (tmp_path / "letters.txt").read_text() == "keep me"


def test_a_senseless_scale_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--scale"):
        simulate("S12", tmp_path / "w", scale=0)
