"""What is still accused at a smaller promise, read from one scan."""

from __future__ import annotations

from pathlib import Path

import pytest

from iolaus.errors import InputError
from iolaus.evaluate.promise import cells, kept, main
from iolaus.ingest.inputs import Inputs
from iolaus.progress import Progress
from iolaus.scan import scan
from iolaus.settings import load
from iolaus.simulate import simulate

LARGE = 1e6


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A world with its results at a promise that keeps nothing back ('lax')."""
    made = tmp_path_factory.mktemp("promise")
    simulate("demo", made / "world", 0.25, 0, ())
    scanned(made, "lax", LARGE)
    return made


def scanned(place: Path, name: str, rate: float) -> Path:
    world = place / "world"
    inputs = Inputs((str(world / "exchanges"),), world / "accounts.parquet", world / "account_events.parquet", None)
    scan(inputs, load(None, {"verdict": {"false_campaigns": rate}}), place / name, Progress(False))
    return place / name


def test_a_smaller_promise_is_read_from_one_scan_as_a_scan_keeps_it(place: Path) -> None:
    lax = kept(place / "world", place / "lax", [1e-3, LARGE])
    strict, large, without = lax
    assert large.hostile == without.hostile > 10 and large.campaigns == without.campaigns == 1
    assert (strict.hostile, strict.campaigns, strict.honest) == (0, 0, 0)
    assert strict.needed is not None and large.needed is not None and strict.needed - large.needed == pytest.approx(9)
    (found, _) = kept(place / "world", scanned(place, "strict", 1e-3), [1e-3])
    assert found == strict


def test_a_scan_that_held_more_back_is_refused(place: Path) -> None:
    with pytest.raises(InputError, match="Scan again with IOLAUS_VERDICT__FALSE_CAMPAIGNS"):
        kept(place / "world", place / "lax", [2 * LARGE])


def test_the_table_sums_worlds(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = kept(place / "world", place / "lax", [1.0, LARGE])
    header, rows = cells(found, [1.0, LARGE])
    assert header == ["world", "1", "1e+06", "no level", "of", "level at 1"]
    assert [row[0] for row in rows] == ["demo@0.25/0", "all", "honest accused"]
    assert rows[1][2] == rows[0][2] == f"{found[1].hostile} (1)" and rows[2][2] == "0 (0)"
    assert main([f"{place / 'world'}={place / 'lax'}", "--rates", "1"]) == 0
    assert "demo@0.25/0" in capsys.readouterr().out
