"""Commands: exit statuses, one clear line for what a user can mend, and nobody's words in it."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from ingest.scanning import jsonl, record
from iolaus.cli import main

SECRET = "the quillwort contract names seventeen heirs of the estate"


def iolaus(monkeypatch: pytest.MonkeyPatch, *arguments: Any) -> int:
    """The exit status of a command that is the first of its process: nobody has set up logging before it."""
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    monkeypatch.setattr(sys, "argv", ["iolaus", *map(str, arguments)])
    try:
        main()
    except SystemExit as stopped:
        assert stopped.code is None or isinstance(stopped.code, int)
        return stopped.code or 0
    return 0


@pytest.fixture
def log(tmp_path: Path) -> Path:
    folder = tmp_path / "logs"
    folder.mkdir()
    return jsonl(folder / "log.jsonl", [record(n, prompt=f"{SECRET} {n}") for n in range(40)])


Refused = tuple[Sequence[str], str]
REFUSED: dict[str, Refused] = {
    "no such file": (["none.jsonl"], "none.jsonl: no such file"),
    "no such accounts": (["logs", "--accounts", "none.csv"], "none.csv"),
    "no such mapping": (["logs", "--mapping", "none.toml"], "none.toml"),
    "no such settings": (["logs", "--settings", "none.toml"], "none.toml: cannot be read"),
    "unknown setting": (["logs", "--settings", "odd.toml"], "Did you mean 'sketch.least'"),
    "unknown format": (["logs", "--format", "opnai"], "openai"),
    "results among the logs": (["logs", "--out", "logs/out"], "holds or lies in the input"),
    "results above the logs": (["logs", "--out", "."], "holds or lies in the input"),
    "results over the logs": (["logs", "--out", "logs"], "holds or lies in the input"),
    "results over the accounts": (["logs", "--accounts", "side/a.csv", "--out", "side"], "holds or lies in the input"),
    "a folder of truth": (["truth"], "holds answers"),
    "truth below the logs": (["world"], "holds answers"),
}


@pytest.fixture
def place(log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("truth", "world/truth", "side", "empty"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "truth" / "accounts.jsonl").write_text("{}\n")
    (tmp_path / "world" / "truth" / "exchanges.jsonl").write_text("{}\n")
    (tmp_path / "side" / "a.csv").write_text("account_id\na1\n")
    (tmp_path / "odd.toml").write_text("[sketch]\nleest = 3\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_bad_input_is_one_clear_line(
    case: Refused, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments, said = case
    assert iolaus(monkeypatch, "scan", *arguments) == 2
    found = capsys.readouterr()
    assert said in found.err, found.err
    assert found.err.startswith("iolaus: ")
    assert found.err.count("\n") == 1
    assert "Traceback" not in found.err


@pytest.mark.usefixtures("place")
def test_refused_folders_are_left_as_they_are(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = sorted(path for path in place.rglob("*"))
    for out in ("logs/out", ".", "logs"):
        assert iolaus(monkeypatch, "scan", "logs", "--out", out) == 2
        assert iolaus(monkeypatch, "ingest", "logs", "--out", out) == 2
    assert sorted(path for path in place.rglob("*")) == before


def test_usage_mistakes_exit_with_two(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert iolaus(monkeypatch, "scan") == 2
    assert iolaus(monkeypatch, "scann", "x") == 2
    assert iolaus(monkeypatch, "scan", "x", "--no-such-flag") == 2
    assert "Traceback" not in capsys.readouterr().err


def broken(folder: Path, share: float) -> Path:
    rows = [record(n, prompt=f"{SECRET} {n}", **({"ts": "yesterday"} if n < 100 * share else {})) for n in range(100)]
    folder.mkdir()
    return jsonl(folder / "log.jsonl", rows)


def test_too_many_rejects_exit_with_three(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    log, out = broken(tmp_path / "logs", 0.1), tmp_path / "out"
    assert iolaus(monkeypatch, "scan", log, "--out", out) == 3
    found = capsys.readouterr()
    assert found.err.count("\n") == 1
    assert "--max-rejects" in found.err
    assert SECRET not in found.err + found.out
    assert not (out / "campaigns.json").exists()
    assert iolaus(monkeypatch, "scan", log, "--out", out, "--max-rejects", "0.2") == 0


def test_rejects_keep_their_reason_and_nobodys_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log, out = broken(tmp_path / "logs", 0.1), tmp_path / "out"
    assert iolaus(monkeypatch, "scan", log, "--out", out, "--max-rejects", "0.2") == 0
    rejects = pq.read_table(out / "rejects.parquet").to_pylist()
    assert len(rejects) == 10
    assert {row["field"] for row in rejects} == {"ts"}
    assert all(row["reason"] for row in rejects)
    assert [row["row"] for row in rejects] == list(range(1, 11))
    written = b"".join(path.read_bytes() for path in out.iterdir() if path.is_file())
    assert b"quillwort" not in written + str(rejects).encode()


def test_verbose_logs_stages_and_nobodys_words(
    log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert iolaus(monkeypatch, "scan", log, "--out", tmp_path / "out", "-v") == 0
    found = capsys.readouterr()
    for stage in ("ingest", "sketch", "phrases", "fingerprint", "evidence", "results"):
        assert f"{stage}: " in found.err
    assert "quillwort" not in found.err + found.out


def test_quiet_without_verbose(
    log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert iolaus(monkeypatch, "scan", log, "--out", tmp_path / "out") == 0
    found = capsys.readouterr()
    assert found.err == ""
    assert found.out.splitlines()[0].startswith("0 campaigns found")
    assert str(tmp_path / "out" / "report.html") in found.out


def test_thin_logs_accuse_nobody_and_are_not_called_clear(
    log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seven accounts with one template are below k: nothing may be said of them, least of all 'clear'."""
    out = tmp_path / "out"
    assert iolaus(monkeypatch, "scan", log, "--out", out) == 0
    assert json.loads((out / "campaigns.json").read_bytes())["campaigns"] == []
    rows = pq.read_table(out / "accounts.parquet").to_pylist()
    assert len(rows) == 7
    assert not any(row["accused"] for row in rows)


def test_one_exchange_and_no_readable_text_are_scans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, rows in {
        "one": [record(0)],
        "unread": [record(n, prompt=None, text_state="not_retained") for n in range(30)],
    }.items():
        folder = tmp_path / name
        folder.mkdir()
        out = tmp_path / f"{name}-out"
        assert iolaus(monkeypatch, "scan", jsonl(folder / "log.jsonl", rows), "--out", out) == 0
        assert not any(pq.read_table(out / "accounts.parquet")["assessed"].to_pylist())


def test_an_empty_file_is_a_scan_of_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "log.jsonl").write_bytes(b"")
    status = iolaus(monkeypatch, "scan", folder / "log.jsonl", "--format", "native", "--out", tmp_path / "out")
    assert status in (0, 2)
    if status == 0:
        assert pq.read_table(tmp_path / "out" / "accounts.parquet").num_rows == 0


def test_a_second_scan_of_other_logs_replaces_the_results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    for name, count in (("one", 20), ("two", 9)):
        (tmp_path / name).mkdir()
        log = jsonl(tmp_path / name / "log.jsonl", [record(n) for n in range(count)])
        assert iolaus(monkeypatch, "scan", log, "--out", out) == 0
        assert json.loads((out / "run.json").read_bytes())["exchanges"] == count
    assert not [path for path in (out / ".state").rglob("*") if path.is_file()]


def test_ingest_writes_the_normal_form_that_scan_reads(
    log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    normal = tmp_path / "normal"
    assert iolaus(monkeypatch, "ingest", log, "--out", normal) == 0
    assert iolaus(monkeypatch, "scan", normal / "exchanges", "--out", tmp_path / "one") == 0
    assert iolaus(monkeypatch, "scan", log, "--out", tmp_path / "two") == 0
    for name in ("accounts.parquet", "cohorts.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_settings_are_printed_with_values_and_meanings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("[sketch]\nk = 17\n")
    monkeypatch.setenv("COLUMNS", "200")
    assert iolaus(monkeypatch, "settings", "--settings", path) == 0
    shown = capsys.readouterr().out
    line = next(line for line in shown.splitlines() if line.startswith("sketch.k "))
    assert "17" in line and "accounts" in line


def test_explain_says_what_a_scan_found(
    log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    iolaus(monkeypatch, "scan", log, "--out", out)
    capsys.readouterr()
    assert iolaus(monkeypatch, "explain", "--results", out) == 0
    assert capsys.readouterr().out
    assert iolaus(monkeypatch, "explain", "campaign-none", "--results", out) == 2
    assert iolaus(monkeypatch, "explain", "--results", tmp_path / "none") == 2
    assert "Traceback" not in capsys.readouterr().err


def test_unreadable_logs_are_one_clear_line(
    log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = Path.open

    def refused(path: Path, *rest: Any, **named: Any) -> Any:
        if path.name == log.name:
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, *rest, **named)

    monkeypatch.setattr(Path, "open", refused)
    assert iolaus(monkeypatch, "scan", log, "--out", tmp_path / "out") == 2
    assert "Permission denied" in capsys.readouterr().err
