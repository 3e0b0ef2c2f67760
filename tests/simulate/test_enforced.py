from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq

from iolaus.simulate import enforced

PLAN = """
name = "mine"
days = 6
[enforcement]
mode = "verdicts"
every_days = 2.0
[[crowd]]
kind = "individuals"
accounts = 60
[[campaign]]
id = "c"
accounts = 20
exchanges = 2000
"""


def test_a_judge_bans_and_the_operator_replaces(tmp_path: Path) -> None:
    plan = tmp_path / "mine.toml"
    plan.write_text(PLAN)
    banned: list[set[str]] = []

    def judge(world: Path) -> set[str]:
        truth = pq.read_table(world / "truth" / "accounts.parquet").to_pylist()
        held = set(pq.read_table(world / "accounts.parquet", columns=["account_id"])["account_id"].to_pylist())
        last = max(pq.read_table(world / "exchanges", columns=["ts"])["ts"].to_pylist())
        assert last.day == 2 + 2 * (len(banned) + 1) - 1
        hostile = sorted(r["account_id"] for r in truth if r["hostile"] and r["account_id"] in held)
        gone = set().union(*banned)
        banned.append({name for name in hostile if name not in gone} if not banned else set())
        return banned[-1]

    made = enforced(plan, tmp_path / "w", 3, judge)
    accounts = pq.read_table(made.path / "accounts.parquet").to_pylist()
    assert len(banned) == 2 and len(banned[0]) >= 10
    assert {r["account_id"] for r in accounts if r["suspended_at"]} >= banned[0]
    truth = {r["account_id"]: r["hostile"] for r in pq.read_table(made.path / "truth" / "accounts.parquet").to_pylist()}
    successors = [name for name, hostile in truth.items() if hostile and name not in banned[0]]
    assert len(successors) >= 5
