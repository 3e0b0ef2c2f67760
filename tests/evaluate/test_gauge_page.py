"""The table of every scenario's gauge: that the page quotes the file, and that the file has every scenario."""

from __future__ import annotations

from pathlib import Path

import msgspec

from iolaus.evaluate.gauge import Gauge, Reading
from iolaus.evaluate.gauge_page import HEADER, SCALES, Row, cells, read, record, row_of
from iolaus.quoted import END, begin, table
from iolaus.simulate import shipped
from iolaus.simulate.scenario import load

DOCS = Path(__file__).parents[2] / "docs"
HONEST = {"crowds2000", "handfuls", "honest", "shared_work"}


def recorded() -> list[Row]:
    return read(DOCS)


def test_every_scenario_with_a_campaign_is_gauged() -> None:
    assert set(SCALES) == set(shipped()) - HONEST
    assert {row.scenario for row in recorded()} == set(SCALES)


def test_the_file_counts_what_the_scenarios_declare() -> None:
    stated = {name: sum(len(campaign.apart) for campaign in load(name).campaign) for name in SCALES}
    assert {row.scenario: row.declared for row in recorded()} == stated


def test_the_page_quotes_the_file() -> None:
    assert table(HEADER, map(cells, recorded())) in (DOCS / "worlds.md").read_text("utf-8")


def test_no_scenario_is_over_a_bound_without_a_reason() -> None:
    assert {row.scenario: row.over for row in recorded() if row.over} == {}


def test_a_row_holds_the_highest_figure_and_what_fails(tmp_path: Path) -> None:
    readings = [
        Reading("c", "all honest", "boosted trees", "x", 0.8, "<= 0.85", "holds"),
        Reading("c", "developers", "boosted trees", "x", 0.9, "<= 0.85", "fails"),
        Reading("d", "developers", "boosted trees", "x", 0.99, "<= 0.85", "declared", "a reason of it"),
        Reading("c", "developers", "prompts", "seven", None, "<= 0.75", "not measurable"),
    ]
    row = row_of("S1", 0.5, Gauge("w", readings, ["d: a reason of it"]), 3)
    assert (row.trees_all, row.trees_alike, row.prompts, row.declared, row.seeds) == (0.8, 0.9, None, 1, 3)
    assert row.over == ["c against developers: boosted trees, x (0.90)"]
    (tmp_path / "worlds.md").write_text(f"# Worlds\n\n{begin('gauge')}\nold\n\n{END}\n\n## Next\n\nmore\n")
    record([row], tmp_path)
    page = (tmp_path / "worlds.md").read_text()
    quoted = table(HEADER, [cells(row)])
    assert page == f"# Worlds\n\n{begin('gauge')}\n{quoted}\n\n{END}\n\n## Next\n\nmore\n"
    assert read(tmp_path) == [row]
    record([msgspec.structs.replace(row, scenario="S2"), msgspec.structs.replace(row, scale=1.0)], tmp_path)
    assert [(each.scenario, each.scale) for each in read(tmp_path)] == [("S1", 1.0), ("S2", 0.5)]
