from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel

from iolaus.simulate import scenario, shipped
from iolaus.simulate.crowds import crowds
from iolaus.simulate.lookalikes import LOOKALIKES

PAGE = (Path(__file__).parents[2] / "docs" / "worlds.md").read_text("utf-8")
PARTS = (
    scenario.Scenario, scenario.Crowd, scenario.Campaign, scenario.Template, scenario.Identity, scenario.Network,
    scenario.Bans, scenario.Pivot, scenario.Apart, scenario.Enforcement,
)  # fmt: skip


@pytest.mark.parametrize("name", list(crowds()))
def test_the_page_says_what_each_crowd_looks_like(name: str) -> None:
    line = next(line for line in PAGE.splitlines() if line.startswith(f"| `{name}` |"))
    assert crowds()[name].GUILTY in line
    assert crowds()[name].DECLARES in line


@pytest.mark.parametrize("part", PARTS)
def test_the_page_names_every_key(part: type[BaseModel]) -> None:
    for name, field in part.model_fields.items():
        assert f"| `{name}` |" in PAGE
        assert (field.description or "?") in PAGE


def test_the_page_names_scenarios_and_look_alikes() -> None:
    for name in (*shipped(), *LOOKALIKES):
        assert f"`{name}`" in PAGE
