"""Worlds without text: whose text is taken away, how cells are told, and one small world in two of its shapes."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from iolaus.evaluate import textless
from iolaus.evaluate.scanning import judging_settings
from iolaus.evaluate.textless import ALIKE, BARE, CHOICES, HEADER, MIXED, SKETCHES, TEXT, Seen, chosen, record, rows
from iolaus.evaluate.worlds import World, open_world
from iolaus.quoted import END, begin
from iolaus.simulate import simulate

DOCS = Path(__file__).parents[2] / "docs"


def cell(choice: str, **changed: object) -> Seen:
    told = {
        "world": "S1", "choice": choice, "hostile": 4, "hostile_of": 5, "honest": 0, "honest_of": 90, "campaigns": 1,
        "left": 0, "dismissed": 2, "honest_left": 3, "crowds": {}, "probability": 0.9, "hostile_assessed": 5,
    }  # fmt: skip
    return msgspec.convert(told | changed, Seen)


def test_a_third_of_the_accounts_is_chosen_and_always_the_same() -> None:
    names = pa.chunked_array([pa.array([f"a{number % 4000}" for number in range(8000)])])
    away = chosen(names).to_pylist()
    assert 0.27 < sum(away) / len(away) < 0.33
    assert away[:4000] == away[4000:]


def test_cells_say_accused_assessed_verdicts_and_honest() -> None:
    cells = [cell(choice) for choice in CHOICES if choice != BARE]
    cells.append(cell(BARE, hostile=2, hostile_assessed=3, honest=1, campaigns=0, left=1))
    (told,) = rows(cells)
    assert told[:3] == ["S1", "5", "4 (1/0/2), 0"]
    assert told[HEADER.index(BARE)] == "2 of 3 assessed (0/1/2), 1"


def test_cells_are_recorded_beside_other_worlds(tmp_path: Path) -> None:
    (tmp_path / "sketches.md").write_text(f"{begin('textless')}old\n{END}\n")
    record([cell(choice) for choice in CHOICES], tmp_path)
    record([cell(choice, world="S2") for choice in CHOICES], tmp_path)
    kept = msgspec.json.decode((tmp_path / "textless.json").read_bytes(), type=list[Seen])
    assert [(each.world, each.choice) for each in kept] == [(world, name) for world in ("S1", "S2") for name in CHOICES]
    page = (tmp_path / "sketches.md").read_text()
    assert "| S1 | 5 | 4 (1/0/2), 0 |" in page
    assert "| S2 | 5 |" in page
    assert "old" not in page


def test_the_page_holds_what_was_recorded() -> None:
    kept = msgspec.json.decode((DOCS / "textless.json").read_bytes(), type=list[Seen])
    page = (DOCS / "sketches.md").read_text("utf-8")
    for told in rows(kept):
        assert "| " + " | ".join(told) + " |" in page
    assert {each.choice for each in kept} == {TEXT, SKETCHES, ALIKE, BARE, MIXED}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    place = tmp_path_factory.mktemp("world")
    simulate("demo", place / "world", 0.25, 0, ())
    return open_world(place / "world")


def test_shapes_hold_the_exchanges_of_the_world(world: World, tmp_path: Path) -> None:
    made = textless.choices(world, judging_settings(None, tmp_path), tmp_path)
    ids = sorted(pq.read_table(world.path / "exchanges", columns=["exchange_id"])["exchange_id"].to_pylist())
    for choice, (inputs, _) in made.items():
        tables = [pq.read_table(path) for path in inputs.logs]
        assert sorted(name for table in tables for name in table["exchange_id"].to_pylist()) == ids, choice
    bare = pq.read_table(made[BARE][0].logs[0])
    away = chosen(bare["account_id"])
    assert bare.filter(away)["prompt"].null_count == pa.compute.sum(away).as_py()
    assert set(bare.filter(away)["text_state"].to_pylist()) == {"not_retained"}
    rest, some = (pq.read_table(path) for path in made[MIXED][0].logs)
    assert not set(rest["account_id"].to_pylist()) & set(some["account_id"].to_pylist())


def test_a_world_without_text_of_some_accuses_none_of_them(world: World, tmp_path: Path) -> None:
    settings = judging_settings(None, tmp_path)
    inputs, own = textless.choices(world, settings, tmp_path)[BARE]
    found = textless.seen(BARE, world, inputs, own, tmp_path / "scan")
    assert 0 < found.hostile <= found.hostile_assessed < found.hostile_of
    assert found.honest == 0
    assert not (tmp_path / "scan").exists()
