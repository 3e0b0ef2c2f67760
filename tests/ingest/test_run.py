"""A whole ingest: what stays, what is refused, and that a killed run goes on to the same bytes."""

from __future__ import annotations

import csv
import errno
import gzip
import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from iolaus.errors import InputError, TooManyRejectsError
from iolaus.ingest import run as run_module
from iolaus.ingest.normal_form import write_normal_form
from iolaus.ingest.parts import SCHEMA, PartWriter
from iolaus.tables import ACCOUNTS, EXCHANGES, REJECTS, check

from . import breakage
from .scanning import Ingested, ingested, jsonl, record


def as_parquet(path: Path, records: list[dict[str, Any]]) -> Path:
    pq.write_table(pa.Table.from_pylist(records), path)
    return path


def as_csv(path: Path, records: list[dict[str, Any]]) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, records[0])
        writer.writeheader()
        writer.writerows(records)
    return path


def as_zstd(path: Path, records: list[dict[str, Any]]) -> Path:
    with pa.CompressedOutputStream(str(path), "zstd") as file:
        file.write("".join(json.dumps(r) + "\n" for r in records).encode())
    return path


def as_gzip(path: Path, records: list[dict[str, Any]]) -> Path:
    path.write_bytes(gzip.compress("".join(json.dumps(r) + "\n" for r in records).encode()))
    return path


def as_array(path: Path, records: list[dict[str, Any]]) -> Path:
    path.write_text(json.dumps(records, indent=1))
    return path


WRITERS = {
    "a.jsonl": jsonl,
    "a.jsonl.gz": as_gzip,
    "a.jsonl.zst": as_zstd,
    "a.json": as_array,
    "a.csv": as_csv,
    "a.parquet": as_parquet,
}


@pytest.mark.parametrize("name", WRITERS)
def test_every_container_gives_the_same_exchanges(tmp_path: Path, name: str) -> None:
    records = [record(i, prompt=f'line one,\n"two" é {i}') for i in range(50)]
    got = ingested(tmp_path / "state", WRITERS[name](tmp_path / name, records))  # type: ignore[operator]
    assert got.summary.formats == {"native": 1}
    assert got.summary.exchanges == 50 and not got.summary.rejects and not got.summary.defects
    assert [e["seq"] for e in got.exchanges] == list(range(50))
    assert [e["prompt"] for e in got.exchanges] == [r["prompt"] for r in records]
    assert {e["status"] for e in got.exchanges} == {200}
    table = got.table("exchanges/part-00000.parquet")
    check(table.select(EXCHANGES.names), EXCHANGES)
    assert table.schema == SCHEMA


def test_order_is_kept_over_files_and_parts(tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    for day in range(3):
        (logs / f"d{day}").mkdir(parents=True)
        jsonl(logs / f"d{day}" / "x.jsonl", [record(100 * day + i) for i in range(100)])
    got = ingested(tmp_path / "state", logs, part_rows=40)
    assert [e["exchange_id"] for e in got.exchanges] == [f"e{i}" for i in range(300)]
    assert [i["name"] for i in got.summary.inputs] == [f"d{d}/x.jsonl" for d in range(3)]


def test_a_log_without_ids_or_accounts(tmp_path: Path) -> None:
    log = jsonl(tmp_path / "a.jsonl", [record(i, exchange_id=None, account_id=None) for i in range(5)])
    got = ingested(tmp_path / "state", log, account="me")
    assert len({e["exchange_id"] for e in got.exchanges}) == 5
    assert {e["account_id"] for e in got.exchanges} == {"me"}
    again = ingested(tmp_path / "other", log, account="me")
    assert got.exchanges == again.exchanges


def test_equal_names_of_two_arguments_do_not_share_ids(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        jsonl(tmp_path / folder / "x.jsonl", [record(i, exchange_id=None) for i in range(5)])
    got = ingested(tmp_path / "state", tmp_path / "a", tmp_path / "b")
    assert got.summary.exchanges == 10 and not got.summary.rejects


def test_text_that_was_kept_says_so(tmp_path: Path) -> None:
    records = [record(0), record(1, prompt=None, response=None), record(2, text_state="encrypted", prompt=None)]
    got = ingested(tmp_path / "state", jsonl(tmp_path / "a.jsonl", records))
    assert [e["text_state"] for e in got.exchanges] == ["present", "not_retained", "encrypted"]


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Ingested:
    folder = tmp_path_factory.mktemp("broken")
    return ingested(folder / "state", breakage.write(folder / "broken.jsonl", 2000), max_rejects=0.2)


def test_every_broken_row_has_its_reason(broken: Ingested) -> None:
    share = 2000 // 10 // 20
    wanted = Counter(reason for _, reason in breakage.REJECTED.values())
    assert broken.summary.rejects == {reason: share * kinds for reason, kinds in wanted.items()}
    check(broken.table("rejects.parquet"), REJECTS)
    reasons = {r["row"]: r["reason"] for r in broken.rejects}
    for kind, (_, reason) in enumerate(breakage.REJECTED.values()):
        assert reasons[kind * 10 + 6] == reason
    assert broken.summary.exchanges == 2000 - share * len(breakage.REJECTED)


def test_content_defects_are_repaired_and_kept(broken: Ingested) -> None:
    assert set(broken.summary.defects) == {defect for _, defect in breakage.REPAIRED.values()}
    by_id = {e["exchange_id"]: e for e in broken.exchanges}
    for kind, (_, defect) in enumerate(breakage.REPAIRED.values(), len(breakage.REJECTED)):
        assert by_id[f"e{kind * 10 + 5}"]["defects"] == [defect]
    long = by_id[f"e{(len(breakage.REJECTED) + 3) * 10 + 5}"]
    assert len(long["prompt"]) > 300_000, "over-long text must stay whole for the sketch"
    assert broken.summary.exchanges == len([d for d in broken.derived if not d["duplicate"]])


def test_rejects_tell_no_text(broken: Ingested) -> None:
    for reject in broken.rejects:
        assert "what is" not in (reject["value"] or "") and len((reject["value"] or "").encode()) <= 64
    first = broken.rejects[0]
    assert first["field"] == "record" and "bytes, hash " in first["value"]


def test_too_many_rejects_name_the_file_after_writing_them(tmp_path: Path) -> None:
    good = jsonl(tmp_path / "a.jsonl", [record(i) for i in range(90)])
    bad = jsonl(tmp_path / "b.jsonl", [record(100 + i, ts="soon" if i < 2 else "2026-01-05") for i in range(10)])
    with pytest.raises(TooManyRejectsError) as caught:
        ingested(tmp_path / "state", good, bad, max_rejects=0.1)
    assert str(caught.value) == (
        "b.jsonl: 2 of 10 rows were refused (most: not a time). "
        "See rejects.parquet in --out; --max-rejects allows more."
    )
    (rejects,) = (tmp_path / "state").glob("*/ingest/rejects.parquet")
    assert pq.read_table(rejects).to_pylist() == [
        {"source": "b.jsonl", "row": row, "field": "ts", "value": "soon", "reason": "not a time"} for row in (1, 2)
    ]
    assert ingested(tmp_path / "state", good, bad, max_rejects=0.2).summary.rejects == {"not a time": 2}


def test_rejects_of_one_account_are_a_warning(tmp_path: Path) -> None:
    records = [record(i, account_id="odd" if i < 30 else "even") for i in range(100)]
    for i in range(25):
        records[i]["ts"] = "soon"
    got = ingested(tmp_path / "state", jsonl(tmp_path / "a.jsonl", records))
    assert got.summary.warnings == ["account odd: 25 of its 30 rows were refused"]


def test_duplicates_first_in_input_order_wins(tmp_path: Path) -> None:
    records = [record(0), record(1, prompt="later copy", exchange_id="e0"), record(2)]
    got = ingested(tmp_path / "state", jsonl(tmp_path / "a.jsonl", records))
    assert [d["duplicate"] for d in got.derived] == [False, True, False]
    assert [d["counted"] for d in got.derived] == [True, False, True]
    assert got.rejects == [
        {"source": "a.jsonl", "row": 2, "field": "exchange_id", "value": "e0", "reason": "duplicate exchange_id"}
    ]


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.parquet")}


def kill_after(monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    """Make reading stop as a kill does: nothing after that row is done, nothing is tidied up."""
    add = PartWriter.add

    def stopping(self: PartWriter, *args: Any) -> None:
        add(self, *args)
        if self.seq >= rows:
            self.wait()
            raise KeyboardInterrupt

    monkeypatch.setattr(PartWriter, "add", stopping)


@pytest.mark.parametrize("rows", [1, 12_000, 30_000, 39_000])
def test_a_killed_run_goes_on_to_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    for number in range(3):
        records = [record(i, exchange_id=None) for i in range(13_000 * number, 13_000 * (number + 1))]
        jsonl(logs / f"{number}.jsonl", [*records, b"half"])
    options: dict[str, Any] = {"part_rows": 9000}
    whole = ingested(tmp_path / "whole", logs, threads=1, **options)
    with monkeypatch.context() as killing:
        kill_after(killing, rows)
        with pytest.raises(KeyboardInterrupt):
            ingested(tmp_path / "killed", logs, **options)
    read: list[str] = []
    choose = run_module.choose
    monkeypatch.setattr(
        run_module, "choose", lambda source, *rest: (read.append(source.name), choose(source, *rest))[1]
    )
    resumed = ingested(tmp_path / "killed", logs, **options)
    assert files(resumed.work.root) == files(whole.work.root)
    assert resumed.summary == whole.summary
    assert len(read) == 3 - min(rows // 13_000, 2), f"finished files were read again: {read}"
    read.clear()
    assert ingested(tmp_path / "killed", logs, **options).summary == whole.summary and not read


def test_nothing_in_the_logs_is_an_empty_table(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("\n\n")
    got = ingested(tmp_path / "state", tmp_path / "a.jsonl")
    assert got.summary.exchanges == 0 and got.exchanges == [] and got.derived == []
    assert got.table("accounts.parquet").schema == ACCOUNTS.schema


def test_normal_form_can_be_read_again(tmp_path: Path) -> None:
    records = [record(i, conversation_id=f"c{i % 5}" if i % 2 else None) for i in range(40)]
    log = jsonl(tmp_path / "a.jsonl", [*records, record(0), record(41, prompt="x\0y")])
    accounts = tmp_path / "accounts.csv"
    accounts.write_text("account_id,tier\na1,gold\n")
    releases = tmp_path / "releases.csv"
    releases.write_text("model,released_at\nm,2026-01-01T00:00:00Z\n")
    first = ingested(tmp_path / "one", log, accounts=accounts, releases=releases)
    out = tmp_path / "out"
    write_normal_form(first.work, out)
    again = ingested(
        tmp_path / "two", out / "exchanges", accounts=out / "accounts.parquet", releases=out / "releases.csv"
    )
    assert again.summary.exchanges == first.summary.exchanges == 41
    assert again.summary.conversations == first.summary.conversations
    assert not again.summary.rejects and not again.summary.warnings
    assert again.table("releases.parquet") == first.table("releases.parquet")
    kept = [d for d in first.derived if not d["duplicate"]]
    assert [d["turn"] for d in again.derived] == [d["turn"] for d in kept]
    assert [d["root_hash"] for d in again.derived] == [d["root_hash"] for d in kept]
    assert again.exchanges[-1]["defects"] == ["prompt: nul"]
    shutil.rmtree(out)


def test_a_field_of_fifty_megabytes_is_read_whole(tmp_path: Path) -> None:
    log = jsonl(tmp_path / "a.jsonl", [record(0), record(1, prompt="long " * 10_000_000), record(2)])
    got = ingested(tmp_path / "state", log)
    lengths = [len(e["prompt"]) for e in got.exchanges]
    assert lengths[1] == 50_000_000 and len(lengths) == 3
    assert got.summary.defects == {"prompt: over-long": 1}


def test_a_record_beyond_the_bound_is_refused(tmp_path: Path) -> None:
    log = jsonl(tmp_path / "a.jsonl", [record(0), record(1, prompt="x" * 100_000), record(2)])
    got = ingested(tmp_path / "state", log, max_record_bytes=65_536)
    assert got.summary.exchanges == 2 and got.summary.rejects == {"longer than max_record_bytes": 1}


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.jsonl.zst", "a.parquet"])
def test_damaged_files_are_one_clear_line(tmp_path: Path, name: str) -> None:
    path = WRITERS[name](tmp_path / name, [record(i) for i in range(5000)])  # type: ignore[operator]
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(InputError, match="cut off or damaged"):
        ingested(tmp_path / "state", path)


def test_unknown_columns_are_a_warning_with_the_closest_name(tmp_path: Path) -> None:
    got = ingested(tmp_path / "state", jsonl(tmp_path / "a.jsonl", [record(0, promt="x")]))
    assert got.summary.warnings == [
        "a.jsonl: column 'promt' is not known; it was left out. Did you mean 'prompt' or 'system_prompt'?"
    ]


@pytest.mark.parametrize("writer", ["parts", "rejects"])
def test_a_full_disk_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writer: str) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    if writer == "parts":
        monkeypatch.setattr(pq, "write_table", full)
    else:
        monkeypatch.setattr(pq.ParquetWriter, "write_table", full)
    log = jsonl(tmp_path / "a.jsonl", [record(0), b"half"])
    with pytest.raises(InputError, match="the disk is full"):
        ingested(tmp_path / "state", log)
    monkeypatch.undo()
    assert ingested(tmp_path / "state", log).summary.exchanges == 1
