"""Forgetting an account: no trace of it is left in any file, and nothing of others goes."""

from __future__ import annotations

import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest.scanning import jsonl, record
from iolaus.campaign.identity import Identity
from iolaus.cli import main
from iolaus.errors import InputError
from iolaus.ingest.inputs import Inputs
from iolaus.state import campaigns
from iolaus.state.folder import opened
from iolaus.state.forget import Forgotten, forget

from .keeping import contents, gathered, kept_rows, manifest, snapshot

ACCOUNT = "acct-quillwort-17"
OTHERS = ["acct-a", "acct-b", "acct-c"]


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """Two increments of four accounts, one of which is also another's parent, has an event and a membership."""
    (tmp_path / "accounts.csv").write_text(
        f"account_id,parent_account_id,tier\n{ACCOUNT},,1\nacct-a,{ACCOUNT},1\nacct-b,acct-a,2\nacct-c,,2\n"
    )
    (tmp_path / "events.csv").write_text(
        f"ts,account_id,kind,value\n2026-01-05T10:00:00Z,{ACCOUNT},verified,x\n2026-01-05T10:00:00Z,acct-b,verified,x\n"
    )
    known = Identity("campaign-1", "2026", "2026", frozenset({1, -2}), {ACCOUNT: 7, "acct-a": 3})
    for day in (5, 6):
        rows = [
            record(
                100 * day + n,
                account_id=[ACCOUNT, *OTHERS][n % 4],
                ts=f"2026-01-{day:02d}T10:{n:02d}:00Z",
                prompt=f"the {'ferns' if n % 4 else 'quillwort'} contract names seventeen heirs of the estate",
            )
            for n in range(40)
        ]
        logs = (str(jsonl(tmp_path / f"{day}.jsonl", rows)),)
        inputs = Inputs(logs, tmp_path / "accounts.csv", tmp_path / "events.csv")
        gathered(inputs, tmp_path / "state", tmp_path / "work", [known])
    return tmp_path / "state"


def test_no_trace_is_left(state: Path) -> None:
    before = {row["exchange_id"] for row in kept_rows(state).to_pylist() if row["account_id"] != ACCOUNT}
    assert any(ACCOUNT.encode() in content for _, content in contents(state))
    worked = [part.worked for part in manifest(state).parts]
    assert all(ACCOUNT.encode() in (state / file).read_bytes() for file in worked), "it is in every part"
    assert forget(ACCOUNT, state) == Forgotten(20, 1, 1, 1, 1)
    for name, content in contents(state):
        assert ACCOUNT.encode() not in content, f"{name} still names it"
    assert not any((state / file).exists() for file in worked)
    assert set(kept_rows(state)["exchange_id"].to_pylist()) == before
    assert len(before) == 60 == manifest(state).rows
    assert {path.relative_to(state).as_posix() for path in state.rglob("*.*") if path.is_file()} - {".lock"} == set(
        snapshot(state)
    )


def test_others_stay_as_they_were(state: Path, tmp_path: Path) -> None:
    before = {row["exchange_id"]: row for row in kept_rows(state).to_pylist()}
    forget(ACCOUNT, state)
    for row in kept_rows(state).to_pylist():
        assert row == before[row["exchange_id"]]
    accounts = pq.read_table(state / manifest(state).tables["accounts"]).to_pylist()
    assert {row["account_id"]: row["parent_account_id"] for row in accounts} == {
        "acct-a": None,
        "acct-b": "acct-a",
        "acct-c": None,
    }
    with opened(state, None) as kept:
        (known,) = campaigns.load(kept)
    assert (known.members, known.words) == ({"acct-a": 3}, frozenset({1, -2}))
    assert len(gathered(Inputs(()), state, tmp_path / "again")) == 60
    assert all(part.worked for part in manifest(state).parts), "what is left of a part is worked out again"


def test_an_account_that_is_all_of_a_part_leaves_no_file(tmp_path: Path) -> None:
    rows = [record(n, account_id=ACCOUNT, ts="2026-01-07T10:00:00Z") for n in range(5)] + [record(9, account_id="b")]
    gathered(Inputs((str(jsonl(tmp_path / "log.jsonl", rows)),)), tmp_path / "state", tmp_path / "work")
    assert forget(ACCOUNT, tmp_path / "state").exchanges == 5
    assert [path.name for path in (tmp_path / "state" / "parts").iterdir()] == ["2026-01-05"]


def test_an_unknown_account_is_answered_with_the_closest(state: Path) -> None:
    before = snapshot(state)
    with pytest.raises(InputError, match=f"no account 'acct-quillwort-71' is kept. Did you mean '{ACCOUNT}'"):
        forget("acct-quillwort-71", state)
    assert snapshot(state) == before


def test_where_there_is_no_state_nothing_is_made(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no state"):
        forget(ACCOUNT, tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_a_failure_leaves_the_state_as_it_was(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = snapshot(state)
    monkeypatch.setattr("iolaus.state.folder.State.write_table", _fail)
    with pytest.raises(InputError, match="disk is full"):
        forget(ACCOUNT, state)
    assert snapshot(state) == before


def _fail(*_: object) -> str:
    raise OSError(28, "No space left on device", "table")


def test_the_command_says_what_was_removed(
    state: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["iolaus", "forget", ACCOUNT, "--state", str(state)])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert not stopped.value.code
    said = capsys.readouterr().out
    assert "20 exchanges, 1 row of the account table, 1 event, 1 membership, 1 mention by another account" in said


def test_shingles_of_it_alone_are_gone(state: Path) -> None:
    def shingles() -> set[int]:
        lists: pa.ChunkedArray = kept_rows(state)["shingles"]
        return {value for some in lists.to_pylist() for value in some}

    own = [row for row in kept_rows(state).to_pylist() if row["account_id"] == ACCOUNT]
    others = {
        value for row in kept_rows(state).to_pylist() if row["account_id"] != ACCOUNT for value in row["shingles"]
    }
    alone = {value for row in own for value in row["shingles"]} - others
    assert alone
    forget(ACCOUNT, state)
    assert not alone & shingles()
