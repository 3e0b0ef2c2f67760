"""The kept mix: what it answers, and what is said of a file that is none."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from iolaus.content.baseline import digest, load, load_for, save
from iolaus.errors import InputError

from .mixes import API, WEB, baseline, sample


def test_a_kept_baseline_is_the_same_and_its_owners_alone(tmp_path: Path) -> None:
    found = baseline(sample([WEB] * 80 + [API] * 70))
    path = tmp_path / "mix.json"
    save(found, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_for(path, "k", "m") == found
    assert len(digest(path)) == 64
    assert [name.name for name in tmp_path.iterdir()] == ["mix.json"]


def test_requests_are_compared_with_their_own_kind() -> None:
    found = baseline(sample([WEB] * 80 + [API] * 30))
    assert found.cell(WEB).place == list(WEB)
    assert found.cell(API).place == ["latin", "standard"], "30 accounts are too few to stand for a kind"
    assert found.cell(("unspaced", "startup", "web")).place == []
    assert found.pathways == ["api", "web"]


def test_matched_mixes_cells_by_their_share() -> None:
    found = baseline(sample([WEB] * 80 + [API] * 70))
    name = "reasoning_elicitation"
    web, api = (found.by_place[kind] for kind in (WEB, API))
    half = found.matched([WEB, API])
    assert half.intents[name] == pytest.approx((web.intents[name].trimmed + api.intents[name].trimmed) / 2)
    wanted = (web.cosine.mean + api.cosine.mean) / 4 + found.by_place[()].cosine.mean / 2
    assert half.cosine == pytest.approx(wanted)
    assert found.matched([]).cosine == pytest.approx(found.by_place[()].cosine.mean)
    assert half.trim == 0.05


def test_complaints_are_one_line_that_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "mix.json"
    save(baseline(sample([WEB] * 80)), path)
    with pytest.raises(InputError, match="learnt under key k, this scan has other"):
        load_for(path, "other", "m")
    with pytest.raises(InputError, match=r"learnt with content model m, this scan has n\. Set link\.content_model"):
        load_for(path, "k", "n")
    content = json.loads(path.read_bytes())
    path.write_text(json.dumps({**content, "format": 99}), "utf-8")
    with pytest.raises(InputError, match="a baseline of format 99, this version reads 1"):
        load(path)
    path.write_text(json.dumps({**content, "cells": []}), "utf-8")
    with pytest.raises(InputError, match="a baseline of nobody"):
        load(path)
    for foreign in ("{}", "[1, 2]", "no json", json.dumps({**content, "colour": "blue"})):
        path.write_text(foreign, "utf-8")
        with pytest.raises(InputError, match=r"no baseline.*'iolaus content baseline learn'"):
            load(path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="no baseline"):
        load(path)
    with pytest.raises(InputError, match="No such file"):
        load(tmp_path / "missing.json")
    with pytest.raises(InputError, match="No such file"):
        digest(tmp_path / "missing.json")
    with pytest.raises(InputError, match="Check the path"):
        save(baseline(sample([WEB] * 80)), tmp_path / "none" / "mix.json")
