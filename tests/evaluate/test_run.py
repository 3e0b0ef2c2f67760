"""The command from end to end on a small world: finished results, JSON, page, and a scan that is done once."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from rich.console import Console
from typer.testing import CliRunner

from iolaus.errors import InputError
from iolaus.evaluate import run, scanning
from iolaus.evaluate.cli import app
from iolaus.evaluate.evaluation import Evaluation
from iolaus.evaluate.run import evaluate
from iolaus.evaluate.worlds import open_world
from iolaus.findings import Campaigns, Cohorts
from iolaus.simulate import simulate
from iolaus.tables import RESULT_ACCOUNTS, RESULT_EXCHANGES


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("world") / "w"
    simulate("S4", place, scale=0.08, seed=1)
    return place


@pytest.fixture(scope="module")
def oracle(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results that accuse exactly the truth, one campaign each, and flag exactly its exchanges."""
    out = tmp_path_factory.mktemp("oracle")
    truth = pq.read_table(world / "truth" / "accounts.parquet")
    hostile = truth["hostile"]
    taken = pq.read_table(world / "truth" / "exchanges.parquet")
    sent = pa.concat_tables(
        pq.read_table(path, columns=["exchange_id", "account_id"]) for path in sorted((world / "exchanges").iterdir())
    )
    count = len(truth)
    accounts = pa.table(
        {
            "account_id": truth["account_id"],
            "campaign_id": truth["campaign_id"],
            "membership": pc.cast(hostile, pa.float64()),
            "accused": hostile,
            "role": truth["role"],
            "distillation_share": pa.array([0.5] * count),
            "share_low": pa.array([0.0] * count),
            "share_high": pa.array([1.0] * count),
            "exchanges": pa.array([1] * count, pa.int64()),
            "assessed": pa.array([True] * count),
        }
    ).cast(RESULT_ACCOUNTS.schema)
    pq.write_table(accounts, out / "accounts.parquet")
    flagged = sent.join(taken.filter(pc.is_valid(taken["campaign_id"])), "exchange_id", join_type="inner")
    flagged = flagged.append_column("probability", pa.array([1.0] * len(flagged)))
    pq.write_table(flagged.select(RESULT_EXCHANGES.names).cast(RESULT_EXCHANGES.schema), out / "exchanges.parquet")
    (out / "campaigns.json").write_bytes(msgspec.json.encode(Campaigns(schema_version=1, campaigns=[])))
    (out / "cohorts.json").write_bytes(msgspec.json.encode(Cohorts(schema_version=1, cohorts=[])))
    return out


def judge(world: Path, work: Path, results: Path | None, baselines: bool = False, **more: Path) -> Evaluation:
    with (work / "shown.txt").open("w") as shown:
        console = Console(file=shown, width=140)
        return evaluate(
            [world],
            [results] if results else [],
            None,
            False,
            baselines,
            work,
            more.get("out"),
            more.get("page"),
            console,
        )


def test_the_truth_judged_by_itself_is_perfect(world: Path, oracle: Path, tmp_path: Path) -> None:
    found = judge(world, tmp_path, oracle, out=tmp_path / "e.json", page=tmp_path / "e.html")
    assert found.accounts.precision.value == 1.0
    assert found.accounts.recall.value == 1.0
    assert found.exchanges.precision == 1.0
    assert found.exchanges.recall.exchanges == 1.0
    assert found.exchanges.honest_customers_flagged.hits == 0
    assert found.exchanges.honest_customers_flagged.of > 0, "mixed accounts carry honest customers"
    assert {each.campaign: each.mean_pieces for each in found.campaigns.true} == {
        each.name: 1.0 for each in found.accounts.by_campaign
    }
    assert found.shares[0].coverage.value == 1.0
    assert len(found.accounts.by_share) > 2, "shares of S4 differ"
    assert json.loads((tmp_path / "e.json").read_bytes()) == msgspec.to_builtins(found)


def test_page_is_offline_and_says_the_weakest_first(world: Path, oracle: Path, tmp_path: Path) -> None:
    judge(world, tmp_path, oracle, page=tmp_path / "e.html")
    page = (tmp_path / "e.html").read_text("utf-8")
    markup = re.sub(r"<script>.*?</script>", "", page, flags=re.S)
    assert "http://" not in markup
    assert "https://" not in markup
    assert markup.index("Weakest results") < markup.index("Recall by campaign")
    drawn = json.loads(re.search(r'id="chart-data">(.*?)</script>', page, re.S)[1])  # type: ignore[index]
    assert "recall" in drawn
    shown = (tmp_path / "shown.txt").read_text()
    assert "Weakest results" in shown
    assert "No honest world with a seed from 1000 was given" in shown


def test_results_of_another_world_are_refused(world: Path, oracle: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    simulate("S12", other, scale=0.02, seed=9)
    with pytest.raises(InputError, match="holds none of the accounts"):
        judge(other, tmp_path, oracle)


def test_what_is_no_world_or_no_result_is_one_line(world: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"holds no world\.json"):
        judge(tmp_path, tmp_path, None)
    with pytest.raises(InputError, match=r"holds no accounts\.parquet"):
        judge(world, tmp_path, tmp_path)
    with pytest.raises(InputError, match="2 folders for 1 worlds"):
        evaluate([world], [world, world], None, False, False, tmp_path, None, None, Console(quiet=True))
    with pytest.raises(InputError, match="given twice"):
        evaluate([world, world], [], None, False, False, tmp_path, None, None, Console(quiet=True))


def test_the_command_passes_its_options_on(world: Path, oracle: Path, tmp_path: Path) -> None:
    given = ["--results", str(oracle), "--no-baselines", "--work", str(tmp_path), "--out", str(tmp_path / "e.json")]
    shown = CliRunner().invoke(app, ["scan", str(world), *given])
    assert shown.exit_code == 0, shown.output
    assert json.loads((tmp_path / "e.json").read_bytes())["accounts"]["recall"]["value"] == 1.0
    refused = CliRunner().invoke(app, ["scan", str(tmp_path)])
    assert isinstance(refused.exception, InputError)


def test_a_world_is_scanned_once_and_its_baselines_stand_beside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = tmp_path / "small"
    simulate("S12", world, scale=0.06, seed=2)
    first = judge(world, tmp_path, None, baselines=True)
    names = {detector.name for detector in first.detectors}
    assert {"scan", "any_shared_key", "volume", "mmd_by_phrase", "prada_by_account", "seven_features"} <= names
    assert any(detector.auroc is not None for detector in first.detectors if detector.name == "seat_by_account")
    assert first.probability.statements > 0, "the probability of every tested cohort is judged"

    def never(*_: object) -> None:
        raise AssertionError("scanned again")

    monkeypatch.setattr(scanning, "scan", never)
    monkeypatch.setattr(run.baselines, "add", never)
    assert judge(world, tmp_path, None, baselines=True) == first


def test_a_changed_truth_is_judged_anew(world: Path, oracle: Path, tmp_path: Path) -> None:
    settings = scanning.judging_settings(None, tmp_path)
    before = scanning.place_of(open_world(world), settings, tmp_path)
    copy = tmp_path / "copy"
    shutil.copytree(world, copy)
    assert scanning.place_of(open_world(copy), settings, tmp_path) == before, "where a world lies changes nothing"
    path = copy / "truth" / "accounts.parquet"
    table = pq.read_table(path)
    pq.write_table(table.set_column(2, "crowd", pa.array(["others"] * len(table))), path)
    assert scanning.place_of(open_world(copy), settings, tmp_path) != before
