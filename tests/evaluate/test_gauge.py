from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa
import pytest
from typer.testing import CliRunner

from iolaus.evaluate import gauge_fields
from iolaus.evaluate.cli import app
from iolaus.evaluate.gauge import Gauge, gauge, judged
from iolaus.evaluate.gauge_columns import Sheet
from iolaus.evaluate.gauge_read import Apart, Part, Plan, Read
from iolaus.evaluate.gauge_text import FEATURES, Prompts
from iolaus.simulate import simulate

GaugeOf = Callable[[str, float], tuple[Path, Gauge]]


@pytest.fixture(scope="session")
def gauge_of(tmp_path_factory: pytest.TempPathFactory) -> GaugeOf:
    held: dict[tuple[str, float], tuple[Path, Gauge]] = {}

    def make(scenario: str, scale: float) -> tuple[Path, Gauge]:
        key = (scenario, scale)
        if key not in held:
            path = simulate(scenario, tmp_path_factory.mktemp("world") / "w", scale=scale).path
            held[key] = path, gauge(path)
        return held[key]

    return make


def sheet(hostile: int, honest: int, kind: str) -> Sheet:
    rng = np.random.default_rng(3)
    count = hostile + honest
    bad = np.arange(count) < hostile
    value = np.where(bad & (rng.random(count) < 0.4), "only theirs", "of all").astype(object)
    number = rng.normal(0, 1, count) + (2.0 * bad if kind == "apart" else 0.0)
    return Sheet(
        [str(n) for n in range(count)], np.full(count, "x", object), np.where(bad, "c", "").astype(object),
        {"field": value if kind == "apart" else np.full(count, "of all", object)}, {"number": number}, {}, {},
    )  # fmt: skip


@pytest.mark.parametrize(("kind", "holds"), [("apart", False), ("alike", True)])
def test_a_field_that_tells_is_told(kind: str, holds: bool) -> None:
    made = sheet(80, 600, kind)
    rows = np.arange(80), np.arange(80, 680)
    values = gauge_fields.recall_of_values(made, *rows, 0.05)
    assert all(one.holds for one in values) == holds
    assert [one.holds for one in gauge_fields.areas(made, *rows, 0.75)] == [holds]
    area = gauge_fields.boosted(made, *rows, set())
    assert area is not None and (area < 0.75) == holds


def test_a_declared_column_is_left_out_of_the_trees() -> None:
    made = sheet(80, 600, "apart")
    both = gauge_fields.boosted(made, np.arange(80), np.arange(80, 680), set())
    one = gauge_fields.boosted(made, np.arange(80), np.arange(80, 680), {"number"})
    assert one is not None and both is not None and one < both - 0.1
    assert gauge_fields.boosted(made, np.arange(80), np.arange(80, 680), {"number", "field"}) is None


@pytest.mark.parametrize(("crowd", "verdict"), [("x", "declared"), ("y", "fails")])
def test_a_look_alike_excuses_only_where_it_was_compared(crowd: str, verdict: str) -> None:
    """``x`` are all honest accounts, ``y`` nobody: what is declared against others alone then excuses nothing."""
    apart = Apart(["number", "field"], "as all of its look-alikes do", everyone=False)
    none = Prompts(*(pa.table({name: pa.array([], pa.float64()) for name in (*FEATURES, "opening")}),) * 2)
    found = judged(Read(Plan({"c": [crowd]}, {"c": [apart]}), {False: Part(sheet(80, 600, "apart"), {"c": none})}, []))
    told = {r.verdict for r in found.readings if r.against == "all honest" and r.check in ("value", "number")}
    assert told == {verdict}
    beside = {r.verdict for r in found.readings if r.against == crowd and r.check in ("value", "number", "fields")}
    assert beside == ({"fails"} if crowd == "x" else {"not measurable"})


@pytest.mark.parametrize(("scenario", "scale"), [("demo", 1.0), ("S1", 0.4), ("S10", 0.6)])
def test_no_field_tells_who_is_hostile(scenario: str, scale: float, gauge_of: GaugeOf) -> None:
    _, found = gauge_of(scenario, scale)
    wrong = [
        (r.campaign, r.against, r.check, r.what, r.figure)
        for r in found.failures
        if r.check in ("value", "number", "prompts", "boosted trees", "common words") and "padding" not in r.campaign
    ]
    assert len(wrong) <= 1, wrong
    assert all((r.figure or 0) < 0.9 for r in found.failures if r.check in ("number", "prompts")), wrong
    assert {"value", "number", "prompts", "boosted trees", "common words"} <= {r.check for r in found.readings}


def test_the_command_prints_and_writes_the_readings(gauge_of: GaugeOf, tmp_path: Path) -> None:
    path, found = gauge_of("demo", 1.0)
    said = CliRunner().invoke(app, ["world", str(path), "--out", str(tmp_path / "g.json")])
    assert said.exit_code == 0
    assert "0: every bound holds." in said.output
    written = msgspec.json.decode((tmp_path / "g.json").read_bytes(), type=Gauge)
    assert written == found


def test_strict_fails_where_a_field_tells(tmp_path: Path) -> None:
    plan = tmp_path / "mine.toml"
    plan.write_text(
        'name = "mine"\ndays = 6\n[[crowd]]\nkind = "individuals"\naccounts = 400\n'
        '[[campaign]]\nid = "c"\naccounts = 30\n'
        'exchanges = 9000\npacing = "paced"\ndealing = "modulo"\napps = { learn = 1.0 }\n'
    )
    path = simulate(plan, tmp_path / "w").path
    said = CliRunner().invoke(app, ["world", str(path), "--strict"])
    assert said.exit_code == 1
    assert "fails" in said.output
