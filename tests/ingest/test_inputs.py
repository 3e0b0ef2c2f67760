"""Files, folders and globs; what identifies them; and that answers are no input."""

from __future__ import annotations

from pathlib import Path

import pytest

from iolaus.errors import InputError
from iolaus.ingest.inputs import Inputs, find_sources, hash_inputs

from .scanning import ingested, jsonl, record


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    for name in ("b/2.jsonl", "a/1.csv.gz", "a/notes.md", "a/.hidden.jsonl", "c.parquet"):
        path = tmp_path / "logs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    return tmp_path / "logs"


def names(*arguments: Path | str) -> list[str]:
    return [s.name for s in find_sources(tuple(map(str, arguments))).files]


def test_folders_files_and_globs_are_sorted_and_named_by_their_argument(logs: Path) -> None:
    assert names(logs) == ["c.parquet", "a/1.csv.gz", "b/2.jsonl"]
    assert find_sources((str(logs),)).skipped == ("a/notes.md",)
    assert names(logs / "b", logs / "c.parquet") == ["2.jsonl", "c.parquet"]
    assert names(logs / "*" / "*.jsonl") == ["2.jsonl"]
    assert names(logs / "**" / "*.csv.gz") == ["1.csv.gz"]
    assert names(logs / "a" / "notes.md") == ["notes.md"], "a file that is named itself is read"
    assert names(logs, logs / "c.parquet") == names(logs), "a file is read once"


@pytest.mark.parametrize("argument", ["", "absent", "absent/*.jsonl"])
def test_nothing_to_read_is_one_clear_line(tmp_path: Path, argument: str) -> None:
    with pytest.raises(InputError, match=r"no log files|no such file"):
        find_sources((str(tmp_path / argument),))


def test_truth_is_refused_wherever_it_lies(logs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    truth = logs / "deep" / "truth"
    truth.mkdir(parents=True)
    (truth / "accounts.parquet").write_text("x")
    for argument in (logs, truth, truth / "accounts.parquet", logs / "deep" / "*"):
        with pytest.raises(InputError, match="'truth' holds answers"):
            find_sources((str(argument),))
    monkeypatch.chdir(truth)
    with pytest.raises(InputError, match="'truth' holds answers"):
        find_sources(("accounts.parquet",))


def test_a_table_beside_the_logs_may_not_be_truth(tmp_path: Path) -> None:
    (tmp_path / "truth").mkdir()
    accounts = tmp_path / "truth" / "accounts.csv"
    accounts.write_text("account_id\na\n")
    with pytest.raises(InputError, match="'truth' holds answers"):
        ingested(tmp_path / "state", jsonl(tmp_path / "a.jsonl", [record()]), accounts=accounts)


def test_the_hash_changes_with_whatever_matters_and_nothing_else(tmp_path: Path) -> None:
    log = jsonl(tmp_path / "a.jsonl", [record()])
    plain = hash_inputs(Inputs((str(log),)))
    (tmp_path / "moved").mkdir()
    moved = tmp_path / "moved" / "a.jsonl"
    moved.write_bytes(log.read_bytes())
    assert hash_inputs(Inputs((str(moved),))) == plain, "a path is not part of what was read"
    changed = {
        hash_inputs(Inputs((str(log),), account="x")),
        hash_inputs(Inputs((str(log),), format="native")),
        hash_inputs(Inputs((str(log),), accounts=log)),
        hash_inputs(Inputs((str(log),), events=log)),
        hash_inputs(Inputs((str(log), str(moved)))),
    }
    jsonl(log, [record(), record(1)])
    assert len(changed | {plain, hash_inputs(Inputs((str(log),)))}) == 7
