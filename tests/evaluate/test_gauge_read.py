"""Worlds of several seeds, read as one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from iolaus.evaluate.gauge import judged
from iolaus.evaluate.gauge_page import gauged
from iolaus.evaluate.gauge_read import Read, lacks, read, together
from iolaus.simulate import simulate

PLAN = """
name = "few"
days = 3
[[crowd]]
kind = "individuals"
accounts = 260
[[campaign]]
id = "c"
look_like = "chat"
accounts = 18
exchanges = 1500
"""


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("few") / "few.toml"
    path.write_text(PLAN)
    return path


@pytest.fixture(scope="module")
def reads(plan: Path) -> list[Read]:
    return [read(simulate(plan, plan.parent / f"w{seed}", seed=seed).path) for seed in (0, 1)]


def test_one_world_lacks_what_two_have(reads: list[Read]) -> None:
    assert [lacks(one) for one in reads] == [True, True]
    whole = together(reads)
    assert not lacks(whole)
    found = judged(whole)
    sizes = {(r.hostile, r.honest > 200) for r in found.readings if r.check == "boosted trees"}
    assert sizes == {(sum((one.parts[False].sheet.campaign == "c").sum() for one in reads), True)}
    assert {r.campaign for r in found.readings if r.check == "tokens"} == {"world few/0", "world few/1"}
    assert found.world == "few/0, few/1"


def test_accounts_keep_what_they_had(reads: list[Read]) -> None:
    first, second = (one.parts[False].sheet for one in reads)
    both = together(reads).parts[False].sheet
    assert both.account == first.account + second.account
    assert len(set(both.account)) == len(both)
    for name in both.relations:
        assert np.array_equal(
            both.relations[name], np.r_[first.relations[name], second.relations[name]], equal_nan=True
        )
    for key, rows in both.ever.items():
        users = {sheet.account[n] for sheet in (first, second) for n in sheet.ever.get(key, [])}
        assert {both.account[n] for n in rows} == users
    prompts = together(reads).parts[False].prompts["c"]
    assert len(prompts.hostile) == sum(len(one.parts[False].prompts["c"].hostile) for one in reads)


def test_one_world_together_is_itself(reads: list[Read]) -> None:
    assert judged(together(reads[:1])) == judged(reads[0])


def test_the_page_takes_as_many_seeds_as_it_needs(plan: Path) -> None:
    row = gauged(str(plan), 1.0)
    assert row.seeds == 2
    assert row.trees_all is not None
