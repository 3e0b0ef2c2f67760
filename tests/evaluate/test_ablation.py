"""What a family of evidence is worth: who is silent, how the cells add up, and one small world by two choices."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from evaluate.sheets import cohort, facts, hostile, sheet
from iolaus.engine.embedded import Embedded
from iolaus.evaluate import ablation
from iolaus.evaluate.ablation import CHOICES, FAMILIES, HEADER, SCALES, Cell, ablate, cell_of, markdown, record, rows
from iolaus.evaluate.evasion_steps import BASE
from iolaus.evaluate.scanning import judging_settings, scan_once
from iolaus.evaluate.sheet import write_down
from iolaus.evaluate.worlds import open_world
from iolaus.link.kinds import kinds, silenced
from iolaus.quoted import END, begin, table
from iolaus.simulate import simulate

DOCS = Path(__file__).parents[2] / "docs"


def test_silenced_kinds_come_back() -> None:
    everyone = [kind.KIND for kind in kinds()]
    with silenced({"allocation", "shared_identity"}):
        left = list(kinds())
        assert {"allocation"}.isdisjoint(kind.FAMILY for kind in left)
        assert "shared_identity" not in [kind.KIND for kind in left]
        assert "unrelated_persons" in [kind.KIND for kind in left]
    assert [kind.KIND for kind in kinds()] == everyone


def test_each_choice_leaves_what_it_says() -> None:
    for family in FAMILIES:
        with silenced(CHOICES[f"{family} alone"]):
            assert {kind.FAMILY for kind in kinds()} == {family}
        with silenced(CHOICES[f"without {family}"]):
            assert {kind.FAMILY for kind in kinds()} == {*FAMILIES} - {family}


def test_a_cell_counts_accounts_and_cohorts_by_verdict() -> None:
    said = facts(
        "S1/61",
        cohorts=(
            cohort(0.99, 8), cohort(0.4, 6, verdict="undetermined"), cohort(0.1, 5, verdict="explained"),
            cohort(0.3, 1, verdict="undetermined"),
        ),
    )  # fmt: skip
    cell = cell_of("all", sheet(hostile(), hostile(accused=False), {}, {"accused": True, "crowd": "saas"}), said)
    assert (cell.hostile, cell.hostile_of, cell.honest, cell.honest_of) == (1, 2, 1, 2)
    assert (cell.campaigns, cell.left, cell.dismissed, cell.honest_left) == (1, 1, 1, 1)
    assert cell.probability == 0.99
    twice = [cell, msgspec.structs.replace(cell, world="S2", hostile=2)]
    assert rows(twice) == [["all", "3 of 4", "S1 1, S2 2", "2 of 4 (saas 2)", "2 / 2 / 2", "2"]]


def test_cells_are_recorded_beside_other_worlds(tmp_path: Path) -> None:
    (tmp_path / "evaluate.md").write_text(f"{begin('judge')}kept\n{END}\n{begin('ablation')}old\n{END}\n")
    cell = cell_of("all", sheet(hostile()), facts("S2/61"))
    record([cell], tmp_path)
    record([msgspec.structs.replace(cell, world="S1")], tmp_path)
    page = (tmp_path / "evaluate.md").read_text()
    assert "| all | 2 of 2 | S1 1, S2 1 |" in page
    assert "kept" in page
    assert "old" not in page


def test_the_page_quotes_the_file() -> None:
    cells = msgspec.json.decode((DOCS / "ablation.json").read_bytes(), type=list[Cell])
    assert {(cell.world, cell.choice) for cell in cells} == {(world, choice) for world in SCALES for choice in CHOICES}
    page = (DOCS / "evaluate.md").read_text("utf-8")
    assert markdown(cells) in page
    assert table(HEADER, rows(cells)) in page


def test_with_every_family_a_world_is_judged_as_a_scan_judges_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ablation, "CHOICES", {"lifecycle alone": CHOICES["lifecycle alone"], "all": frozenset()})
    simulate(BASE, tmp_path / "world", 0.25, 3)
    world = open_world(tmp_path / "world")
    settings = judging_settings(None, tmp_path)
    alone, every = ablate(world, settings, tmp_path / "work")
    assert not (tmp_path / "work").exists()
    results = scan_once(world.inputs, settings, tmp_path / "results")
    engine = Embedded(settings.engine, tmp_path / "scratch")
    try:
        assert every == cell_of("all", *write_down(world, results, engine))
    finally:
        engine.close()
    assert every.hostile > 0
    assert alone.hostile == 0
