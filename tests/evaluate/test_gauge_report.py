"""The page of a gauge, and tenants beside real ones."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from iolaus.evaluate import gauge_page
from iolaus.evaluate.gauge_page import record_tenants
from iolaus.evaluate.gauge_report import TENANTS_HEADER, burstiness, tenant_rows
from iolaus.evaluate.gauge_table import judge_world
from iolaus.evaluate.gauge_tenants import Tenants, of_servegen
from iolaus.quoted import END, begin
from iolaus.simulate import simulate

OWN = Tenants(np.array([1.0, 2.0, 4.0]), np.array([10.0, 30.0, 60.0]), np.array([0.5, 0.5, 0.2]))


def test_the_world_stands_below_every_real_model() -> None:
    rows = tenant_rows(OWN, "mine/0")
    assert len(rows) == len(of_servegen()) + 1
    assert {len(row) for row in rows} == {len(TENANTS_HEADER)}
    assert rows[-1] == ("mine/0", "3", "2.00", "3.60", "0.60", "0.40")


def test_lines_climb_to_one() -> None:
    series = burstiness(OWN, "mine/0")["options"]["baseOption"]["series"]
    assert series[-1]["data"] == [[1.0, 0.3333], [2.0, 0.6667], [4.0, 1.0]]
    for line in series:
        heights = [height for _, height in line["data"]]
        assert heights == sorted(heights)
        assert heights[-1] == 1.0


def test_the_page_holds_readings_and_the_figure_offline(tmp_path: Path) -> None:
    world = simulate("S2", tmp_path / "w", 0.1, seed=1).path
    judge_world(world, None, tmp_path / "page.html", False, Console(quiet=True))
    page = (tmp_path / "page.html").read_text("utf-8")
    assert "ServeGen m-large" in page
    assert "too few accounts" in page
    found = re.search(r'id="chart-data">(.*?)</script>', page)
    assert found is not None
    assert json.loads(found[1])["tenants-0"]["height"] == 300
    assert not re.search(r"(?:src|href)=.https?:", page)


def test_the_table_of_the_docs_is_written_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = tmp_path / "few.toml"
    small.write_text('name = "few"\ndays = 1\n[[crowd]]\nkind = "saas"\naccounts = 12\n')
    monkeypatch.setattr(gauge_page, "TENANTS", small)
    page = tmp_path / "worlds.md"
    page.write_text(f"before\n\n{begin('tenants')}\n| old |\n\n{END}\n\n### After\n\nkept\n")
    record_tenants(tmp_path)
    once = page.read_text()
    assert "| old |" not in once
    assert "| few/0 |" in once
    assert once.endswith("\n\n### After\n\nkept\n")
    record_tenants(tmp_path)
    assert page.read_text() == once
