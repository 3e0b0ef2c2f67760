"""Error control over looks at a state: what is spent is spent, and who was reported stays reported."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from iolaus.campaign.settings import VerdictSettings
from iolaus.ingest.inputs import Inputs
from iolaus.simulate import simulate

from .keeping import World, accused, campaigns, manifest, scanned, split

NEVER: dict[str, Any] = {"verdict": {"false_campaigns": 1e-3}}
"""A promise that no evidence can keep."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    place = tmp_path_factory.mktemp("world")
    simulate("demo", place / "world", 0.25, 0, ())
    return split(place / "world", place / "logs")


def control(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "run.json").read_bytes())["error_control"]
    return found


def test_looks_spend_what_is_new_and_a_reported_campaign_keeps_its_alarm(world: World, tmp_path: Path) -> None:
    out, state = tmp_path / "out", tmp_path / "state"
    first, *rest = world.files
    scanned(world.of(first), out, state, **NEVER)
    told = control(out)
    assert told["new"] == told["account_weeks"] > 0 and told["spent"] == pytest.approx(
        told["new"] * VerdictSettings().look_share
    )
    assert told["spent"] + told["left"] == told["new"]
    assert accused(out) == set() and not campaigns(out)
    assert any("nobody new can be accused" in said for said in json.loads((out / "run.json").read_bytes())["warnings"])
    assert len(manifest(state).tables) and manifest(state).unspent == told["left"]

    left, new = told["left"], told["new"]
    scanned(world.of(*rest), out, state)
    told = control(out)
    assert 0 < told["new"] < told["account_weeks"], "most of them were seen on the first day of the week"
    assert told["spent"] + told["left"] == pytest.approx(left + told["new"])
    assert told["new"] + new == told["account_weeks"]
    (campaign,) = campaigns(out)
    assert campaign["level"]["reached"] >= campaign["level"]["needed"] == told["needed"]
    before = accused(out)
    assert before

    scanned(Inputs(()), out, state, **NEVER)
    assert control(out)["new"] == 0
    (again,) = campaigns(out)
    assert again["id"] == campaign["id"] and again["level"]["needed"] is None
    assert accused(out) == before


def test_a_campaign_below_its_level_is_not_known_to_later_looks(world: World, tmp_path: Path) -> None:
    out, state = tmp_path / "out", tmp_path / "state"
    scanned(world.inputs, out, state, **NEVER)
    cohorts = json.loads((out / "cohorts.json").read_bytes())["cohorts"]
    (below,) = [cohort for cohort in cohorts if cohort["level"]]
    assert below["verdict"] == "undetermined" and below["question_to_ask"]
    scanned(Inputs(()), out, state, **NEVER)
    assert not campaigns(out) and accused(out) == set()
