"""The provider's own mix end to end: learnt from a world, kept, and read by a scan."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from iolaus.cli import main
from iolaus.content.baseline import digest, load
from iolaus.errors import InputError
from iolaus.ingest.inputs import Inputs
from iolaus.learn import Lesson, learn
from iolaus.progress import Progress
from iolaus.scan import scan
from iolaus.settings import load as settings_of
from iolaus.simulate import simulate

SCALE = 0.25


@dataclass(frozen=True)
class Taught:
    """A world, its inputs, the baseline that was learnt from it, and the truth by account."""

    inputs: Inputs
    path: Path
    hostile: set[str]
    accounts: set[str]


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Taught:
    place = tmp_path_factory.mktemp("taught")
    world = place / "world"
    simulate("demo", world, SCALE, 5)
    tables = (world / name for name in ("accounts.parquet", "account_events.parquet", "releases.csv"))
    inputs = Inputs((str(world / "exchanges"),), *tables)  # type: ignore[arg-type]
    learn(inputs, settings_of(), Lesson(), place / "mix.json", Progress(False))
    truth = pq.read_table(world / "truth" / "accounts.parquet").to_pylist()
    hostile = {row["account_id"] for row in truth if row["hostile"]}
    return Taught(inputs, place / "mix.json", hostile, {row["account_id"] for row in truth})


def test_a_campaign_does_not_teach(taught: Taught) -> None:
    found = load(taught.path)
    left = sum(found.left_out.values())
    assert left >= 0.8 * len(taught.hostile), f"{found.left_out} of {len(taught.hostile)} hostile accounts"
    assert found.accounts <= len(taught.accounts) - left
    assert found.by_place[()].intents["reasoning_elicitation"].trimmed < 0.1
    assert found.first == "2026-03-02"
    assert [path.name for path in taught.path.parent.iterdir() if path.name.startswith(".")] == []


def test_nothing_of_anybody_is_kept(taught: Taught) -> None:
    content = taught.path.read_text("utf-8")
    assert not [name for name in taught.accounts if name in content]
    texts = pq.read_table(taught.inputs.logs[0], columns=["prompt"])["prompt"].to_pylist()
    words = {word for text in texts[:500] for word in (text or "").split() if len(word) > 8}
    kept = {str(value) for value in json.loads(content) if isinstance(value, str)}
    strings = kept | {part for cell in load(taught.path).cells for part in cell.place}
    assert not words & strings
    assert all(cell.accounts >= 10 for cell in load(taught.path).cells)


def test_the_same_logs_give_the_same_bytes_and_a_cleared_cohort_comes_in(taught: Taught, tmp_path: Path) -> None:
    again = learn(taught.inputs, settings_of(), Lesson(), tmp_path / "mix.json", Progress(False))
    assert (tmp_path / "mix.json").read_bytes() == taught.path.read_bytes()
    cleared = tmp_path / "cleared.txt"
    cleared.write_text("\n".join(sorted(taught.hostile)), "utf-8")
    found = learn(taught.inputs, settings_of(), Lesson(cleared=cleared), tmp_path / "open.json", Progress(False))
    assert found.cleared > 0
    assert found.accounts > again.accounts
    name = "reasoning_elicitation"
    assert found.by_place[()].intents[name].mean > again.by_place[()].intents[name].mean + 0.02


def test_a_scan_says_which_baseline_it_read(taught: Taught, tmp_path: Path) -> None:
    settings = settings_of(None, {"link": {"baseline": taught.path}})
    scan(taught.inputs, settings, tmp_path / "out", Progress(False))
    record = json.loads((tmp_path / "out" / "run.json").read_bytes())
    assert record["baseline"] == {"sha256": digest(taught.path), "first": "2026-03-02", "last": "2026-03-08"}
    assert record["settings"]["link"]["baseline"] == digest(taught.path)
    assert str(taught.path) not in (tmp_path / "out" / "run.json").read_text("utf-8")
    evidence = json.loads((tmp_path / "out" / "cohorts.json").read_bytes())["cohorts"][0]["evidence"]
    assert any("the baseline's" in piece["sentence"] for piece in evidence if piece["kind"] == "intents")


def test_a_scan_without_one_says_nothing_of_baselines(taught: Taught, tmp_path: Path) -> None:
    scan(taught.inputs, settings_of(), tmp_path / "out", Progress(False))
    record = json.loads((tmp_path / "out" / "run.json").read_bytes())
    assert "baseline" not in record
    assert "baseline" not in record["settings"]["link"]


def test_no_input_is_written_over(taught: Taught) -> None:
    given = taught.inputs.accounts
    assert given is not None
    before = given.read_bytes()
    with pytest.raises(InputError, match="Give a folder apart from the inputs"):
        learn(taught.inputs, settings_of(), Lesson(), given, Progress(False))
    assert given.read_bytes() == before


def test_too_few_accounts_and_a_foreign_file_are_one_line_each(
    taught: Taught, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(InputError, match="40 accounts may teach, wanted at least 60"):
        learn(taught.inputs, settings_of(), Lesson(people=40), tmp_path / "mix.json", Progress(False))
    foreign = tmp_path / "foreign.json"
    foreign.write_text("{}", "utf-8")
    monkeypatch.setenv("IOLAUS_LINK__BASELINE", str(foreign))
    out = tmp_path / "out"
    monkeypatch.setattr(sys, "argv", ["iolaus", "scan", taught.inputs.logs[0], "--out", str(out)])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2
    told = capsys.readouterr().err.strip()
    assert "\n" not in told
    assert "foreign.json: no baseline" in told
    assert not list(out.rglob("part-*.parquet")), "it is refused before anything is read"
