"""A scan end to end on a small world: what it writes, what it finds, and that it always writes the same."""

from __future__ import annotations

import json
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from jsonschema import Draft202012Validator

from iolaus import tables
from iolaus.campaign.judged import Outcome
from iolaus.documents import DOCS
from iolaus.findings import QUESTIONS, Campaigns, Cohorts, RunRecord
from iolaus.ingest.inputs import Inputs
from iolaus.progress import Progress
from iolaus.scan import scan
from iolaus.settings import load
from iolaus.simulate import simulate

RESULTS = {
    "campaigns.json",
    "cohorts.json",
    "accounts.parquet",
    "exchanges.parquet",
    "cohort_accounts.parquet",
    "rejects.parquet",
    "report.html",
    "run.json",
    "timings.json",
}
SCALE = 0.5


@dataclass(frozen=True)
class Scanned:
    """A world, the inputs of its scan, the folder of the results and what was logged on the way."""

    world: Path
    inputs: Inputs
    out: Path
    log: str

    def json(self, name: str) -> Any:
        return json.loads((self.out / name).read_bytes())

    def table(self, name: str) -> pa.Table:
        return pq.read_table(self.out / name)


def inputs_of(world: Path) -> Inputs:
    return Inputs(
        (str(world / "exchanges"),),
        world / "accounts.parquet",
        world / "account_events.parquet",
        world / "releases.csv",
    )


def command(inputs: Inputs, out: Path, *flags: str) -> list[str]:
    given = [f"--{name}={value}" for name in ("accounts", "events", "releases") if (value := getattr(inputs, name))]
    start = "import sys; from iolaus.cli import main; main()"
    return [sys.executable, "-c", start, "scan", *inputs.logs, *given, f"--out={out}", *flags]


def run(inputs: Inputs, out: Path, **settings: dict[str, Any]) -> Outcome:
    return scan(inputs, load(None, settings), out, Progress(False))


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Scanned:
    """One scan by command for all tests of this module."""
    folder = tmp_path_factory.mktemp("scan")
    world, out = folder / "world", folder / "out"
    simulate("demo", world, SCALE, 0, ())
    done = subprocess.run(command(inputs_of(world), out, "-v"), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return Scanned(world, inputs_of(world), out, done.stdout + done.stderr)


def test_results_are_those_of_the_contract(scanned: Scanned) -> None:
    assert {path.name for path in scanned.out.iterdir() if not path.name.startswith(".")} == RESULTS


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("accounts", tables.RESULT_ACCOUNTS),
        ("exchanges", tables.RESULT_EXCHANGES),
        ("cohort_accounts", tables.RESULT_COHORT_ACCOUNTS),
        ("rejects", tables.REJECTS),
    ],
)
def test_tables_are_what_they_say(scanned: Scanned, name: str, table: tables.Table) -> None:
    found = scanned.table(f"{name}.parquet")
    tables.check(found, table)
    assert tuple(found.column_names) == table.names


@pytest.mark.parametrize("name", ["campaigns", "cohorts", "run"])
def test_json_holds_its_published_schema(scanned: Scanned, name: str) -> None:
    schema = json.loads((DOCS / f"{name}.schema.json").read_bytes())
    Draft202012Validator(schema).validate(scanned.json(f"{name}.json"))


def test_json_is_read_back_as_findings(scanned: Scanned) -> None:
    campaigns = msgspec.json.decode((scanned.out / "campaigns.json").read_bytes(), type=Campaigns)
    cohorts = msgspec.json.decode((scanned.out / "cohorts.json").read_bytes(), type=Cohorts)
    msgspec.json.decode((scanned.out / "run.json").read_bytes(), type=RunRecord)
    assert {found.verdict for found in campaigns.campaigns} <= {"campaign"}
    assert campaigns.campaigns == [found for found in cohorts.cohorts if found.verdict == "campaign"]
    names = [found.id for found in cohorts.cohorts]
    assert len(set(names)) == len(names)
    for found in cohorts.cohorts:
        assert set(found.questions) == set(QUESTIONS)
        assert found.verdict_sentence
        assert bool(found.question_to_ask) == (found.verdict in ("undetermined", "declared_harvest"))
        assert (found.first_alarm_at != "") == (found.verdict == "campaign")
        assert sum(day.exchanges for day in found.timeline) == found.exchanges
        assert found.accounts >= 1
        assert found.first_seen <= found.last_seen


def test_every_account_of_logs_and_table_has_one_row(scanned: Scanned) -> None:
    rows = scanned.table("accounts.parquet")["account_id"].to_pylist()
    exchanges = pq.read_table(scanned.world / "exchanges", columns=["account_id"])
    known = pq.read_table(scanned.world / "accounts.parquet", columns=["account_id"])
    assert rows == sorted({*exchanges["account_id"].to_pylist(), *known["account_id"].to_pylist()})
    assert sum(scanned.table("accounts.parquet")["exchanges"].to_pylist()) == len(exchanges)


def truth(world: Path) -> dict[str, dict[str, Any]]:
    rows = pq.read_table(world / "truth" / "accounts.parquet").to_pylist()
    return {row["account_id"]: row for row in rows}


def accused(out: Path) -> set[str]:
    found = pq.read_table(out / "accounts.parquet")
    return set(found.filter(pc.field("accused"))["account_id"].to_pylist())


def test_the_hydra_is_found_and_no_honest_account_accused(scanned: Scanned) -> None:
    hostile = {name for name, row in truth(scanned.world).items() if row["hostile"]}
    found = accused(scanned.out)
    honest = {name: truth(scanned.world)[name]["crowd"] for name in found - hostile}
    assert not honest, f"accused without guilt: {honest}"
    assert len(found) >= len(hostile) / 3, f"{len(found)} of {len(hostile)} accounts of the hydra were found"
    assert len(scanned.json("campaigns.json")["campaigns"]) >= 1


def test_accused_accounts_are_of_a_campaign_and_fit_its_numbers(scanned: Scanned) -> None:
    campaigns = {found["id"]: found for found in scanned.json("campaigns.json")["campaigns"]}
    for row in scanned.table("accounts.parquet").to_pylist():
        assert 0 <= row["membership"] <= 1
        if row["accused"]:
            assert row["campaign_id"] in campaigns
            assert row["membership"] >= 0.9
        if row["campaign_id"] is None:
            assert row["role"] is None and row["distillation_share"] is None and row["membership"] == 0
        elif row["distillation_share"] is None:
            assert row["role"] is None and not row["assessed"]
        else:
            assert row["role"] in tables.ROLES if row["membership"] >= 0.5 else row["role"] is None
            assert 0 <= row["share_low"] <= row["distillation_share"] <= row["share_high"] <= 1


def test_flagged_exchanges_are_of_campaigns_and_real(scanned: Scanned) -> None:
    flagged = scanned.table("exchanges.parquet")
    ids = flagged["exchange_id"].to_pylist()
    assert ids and len(set(ids)) == len(ids)
    logged = pq.read_table(scanned.world / "exchanges", columns=["exchange_id", "account_id"])
    owner = dict(zip(logged["exchange_id"].to_pylist(), logged["account_id"].to_pylist(), strict=True))
    assert all(owner[row["exchange_id"]] == row["account_id"] for row in flagged.to_pylist())
    real = pq.read_table(scanned.world / "truth" / "exchanges.parquet")
    taken = set(real.filter(pc.is_valid(real["campaign_id"]))["exchange_id"].to_pylist())
    assert len(taken & set(ids)) >= 0.9 * len(ids), "exchanges of others were flagged"


def test_a_promise_is_made_and_each_campaign_reached_its_level(scanned: Scanned) -> None:
    control = scanned.json("run.json")["error_control"]
    sent = set(pq.read_table(scanned.world / "exchanges", columns=["account_id"])["account_id"].to_pylist())
    assert control["account_weeks"] == control["new"] == control["spent"] == len(sent), "the world is a week"
    tested = scanned.json("cohorts.json")["cohorts"]
    assert control["cohorts"] >= len(tested) > 0
    levels = [cohort["level"] for cohort in tested if cohort["verdict"] == "campaign"]
    assert levels and all(level["needed"] == control["needed"] <= level["reached"] for level in levels)
    assert str(control["account_weeks"]) in (scanned.out / "report.html").read_text("utf-8").replace(",", "")


def test_run_record_names_inputs_and_no_machine(scanned: Scanned) -> None:
    record = scanned.json("run.json")
    logged = pq.read_table(scanned.world / "exchanges", columns=["account_id"])
    assert record["exchanges"] == len(logged)
    assert record["accounts"] == len(truth(scanned.world))
    text = (scanned.out / "run.json").read_text("utf-8")
    assert str(scanned.world.parent) not in text
    assert not re.search(r'"(threads|memory_mb|key_file)"', text)
    assert record["inputs"] and all(re.fullmatch("[0-9a-f]{64}", entry["sha256"]) for entry in record["inputs"])
    assert sum(group["exchanges"] for group in record["assessable"]["pathway"].values()) == record["exchanges"]


def test_timings_name_every_stage(scanned: Scanned) -> None:
    timings = scanned.json("timings.json")
    assert {"ingest", "sketch", "phrases", "fingerprint", "evidence", "results"} <= set(timings["seconds"])
    assert timings["peak_memory_mb"] > 10


def test_working_state_is_removed(scanned: Scanned) -> None:
    assert not [path for path in (scanned.out / ".state").rglob("*") if path.is_file()]


# Nobody's words --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def runs_of_words(scanned: Scanned) -> set[str]:
    """5-word runs of random prompts and system prompts."""
    rng = random.Random(0)
    logged = pq.read_table(scanned.world / "exchanges", columns=["prompt", "system_prompt"])
    texts = [text for name in logged.column_names for text in logged[name].drop_null().to_pylist()]
    runs = set()
    for text in rng.sample(texts, 3_000):
        words = text.split()
        for _ in range(2 if len(words) >= 5 else 0):
            start = rng.randrange(len(words) - 4)
            runs.add(" ".join(words[start : start + 5]))
    assert len(runs) > 1_000
    return runs


def told(runs: set[str], content: str) -> list[str]:
    plain = " ".join(content.split())
    return [words for words in runs if words in plain]


def test_no_prompt_in_the_run_record_or_the_log(scanned: Scanned, runs_of_words: set[str]) -> None:
    assert "ingest" in scanned.log, "-v logged nothing"
    assert not told(runs_of_words, scanned.log)
    assert not told(runs_of_words, (scanned.out / "run.json").read_text("utf-8"))
    assert not told(runs_of_words, (scanned.out / "timings.json").read_text("utf-8"))


@pytest.mark.parametrize("name", ["accounts", "exchanges", "rejects"])
def test_no_prompt_in_a_table(scanned: Scanned, runs_of_words: set[str], name: str) -> None:
    assert not told(runs_of_words, str(scanned.table(f"{name}.parquet").to_pylist()))


def published(scanned: Scanned) -> list[str]:
    return [phrase["text"] for found in scanned.json("cohorts.json")["cohorts"] for phrase in found["phrases"]]


def test_only_published_phrases_in_cohorts_and_report(scanned: Scanned, runs_of_words: set[str]) -> None:
    cohorts = scanned.json("cohorts.json")
    shown = " \n ".join(published(scanned))
    for found in cohorts["cohorts"]:
        for phrase in found["phrases"]:
            phrase["text"] = ""
    assert not told(runs_of_words, json.dumps(cohorts, ensure_ascii=False))
    report = (scanned.out / "report.html").read_text("utf-8")
    assert set(told(runs_of_words, report)) <= set(told(runs_of_words, shown))


def test_published_phrases_are_used_by_enough_customers(scanned: Scanned) -> None:
    """Each excerpt without a mask stands, whole, in requests of at least ``publish_k`` customers."""
    least = scanned.json("run.json")["settings"]["sketch"]["publish_k"]
    logged = pq.read_table(scanned.world / "exchanges", columns=["account_id", "prompt"])
    known = pq.read_table(scanned.world / "accounts.parquet", columns=["account_id", "legal_entity_id"]).to_pylist()
    entity = {row["account_id"]: row["legal_entity_id"] or row["account_id"] for row in known}
    texts = [" ".join((text or "").split()) for text in logged["prompt"].to_pylist()]
    shown = {text for text in published(scanned) if text and "[" not in text and text.isascii()}
    assert shown, "no phrase was published"
    for excerpt in shown:
        users = {
            entity[account]
            for account, text in zip(logged["account_id"].to_pylist(), texts, strict=True)
            if excerpt in text
        }
        assert len(users) >= least, f"{excerpt!r} was shown of {len(users)} customers"


# The same bytes --------------------------------------------------------------------------------------------


def same(one: Path, other: Path, but_inputs: bool = False) -> None:
    """Every result file but timings.json has the same bytes; ``but_inputs``: hashes of inputs may differ."""
    for name in sorted(RESULTS - {"timings.json"}):
        contents = [(folder / name).read_bytes() for folder in (one, other)]
        if but_inputs:
            contents = [re.sub(rb"\b[0-9a-f]{64}\b", b"", content) for content in contents]
        assert contents[0] == contents[1], f"{name} differs"


def test_threads_and_row_groups_change_no_byte(scanned: Scanned, tmp_path: Path) -> None:
    exchanges = tmp_path / "exchanges"
    exchanges.mkdir()
    for path in sorted((scanned.world / "exchanges").glob("*.parquet")):
        pq.write_table(pq.read_table(path), exchanges / path.name, row_group_size=777, compression="gzip")
    moved = replace(scanned.inputs, logs=(str(exchanges),))
    run(moved, tmp_path / "out", engine={"threads": 1, "memory_mb": 700})
    same(scanned.out, tmp_path / "out", but_inputs=True)


def test_country_is_never_a_score(scanned: Scanned, tmp_path: Path) -> None:
    known = pq.read_table(scanned.world / "accounts.parquet")
    countries = known["country"].to_pylist()
    random.Random(1).shuffle(countries)
    assert countries != known["country"].to_pylist()
    place = known.column_names.index("country")
    shuffled = tmp_path / "accounts.parquet"
    pq.write_table(known.set_column(place, "country", pa.array(countries, known["country"].type)), shuffled)
    run(replace(scanned.inputs, accounts=shuffled), tmp_path / "out")
    same(scanned.out, tmp_path / "out", but_inputs=True)


def state(out: Path, name: str) -> Callable[[], bool]:
    return lambda: any((out / ".state").glob(f"*/{name}"))


def test_a_killed_scan_resumes_with_the_same_bytes(scanned: Scanned, tmp_path: Path) -> None:
    """kill -9 in four stages of one scan, each resumed by the next run."""
    out = tmp_path / "out"
    moments = {
        "reading": state(out, "ingest/*"),
        "sketching": state(out, "ingest.done"),
        "weighing": state(out, "fingerprint.done"),
        "writing": (out / "campaigns.json").exists,
    }
    for stage, reached in moments.items():
        running = subprocess.Popen(command(scanned.inputs, out), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not reached() and running.poll() is None:
            time.sleep(0.005)
        running.send_signal(signal.SIGKILL)
        assert running.wait() == -signal.SIGKILL, f"the scan was over before it could be killed while {stage}"
    assert not (out / "timings.json").exists()
    run(scanned.inputs, out)
    same(scanned.out, out)


# What must never happen ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def unknown_accounts(scanned: Scanned, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    out = tmp_path_factory.mktemp("without") / "out"
    run(Inputs(scanned.inputs.logs), out)
    yield out
    shutil.rmtree(out)


def test_without_an_account_table_nobody_is_accused(unknown_accounts: Path) -> None:
    assert json.loads((unknown_accounts / "campaigns.json").read_bytes())["campaigns"] == []
    assert accused(unknown_accounts) == set()
    assert pq.read_table(unknown_accounts / "exchanges.parquet").num_rows == 0


def test_without_an_account_table_concealment_is_unknown(unknown_accounts: Path) -> None:
    cohorts = json.loads((unknown_accounts / "cohorts.json").read_bytes())["cohorts"]
    assert cohorts
    assert {found["questions"]["concealment"]["answer"] for found in cohorts} == {"unknown"}
    assert {found["verdict"] for found in cohorts} <= {"explained", "undetermined"}
