"""The sketch stage: accounts numbered, texts left behind, shared shingles kept, killed runs resumed."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from ingest.scanning import KEY, jsonl, record, workspace
from iolaus.ingest.inputs import Inputs
from iolaus.sketch import run as sketching
from iolaus.sketch.part import Sketcher
from iolaus.sketch.settings import SketchSettings
from iolaus.workspace import Workspace

from .pipeline import Fingerprinted, fingerprinted, stages

TEMPLATE = "please solve the following exercise and write down every single step of it"
# fmt: off
WORDS = (
    "amber", "birch", "coral", "dune", "elder", "fern", "gorse", "hazel", "iris", "jade", "kelp",
    "larch", "moss", "nettle", "oak", "pine", "quartz", "reed",
)
# fmt: on


def own(seed: int, count: int = 30) -> str:
    return " ".join(random.Random(seed).choices(WORDS, k=count)) + f" {seed}"


def records() -> list[dict[str, Any]]:
    """Six accounts share a template in four conversations each; six write their own words."""
    rows = []
    for account in range(12):
        for use in range(4):
            number = account * 4 + use
            words = f"{TEMPLATE} {own(number, 12)}" if account < 6 else own(number)
            rows.append(record(number, account_id=f"acct-{account:02d}", prompt=words, conversation_id=f"c{number}"))
    return rows


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Fingerprinted:
    return fingerprinted(tmp_path_factory.mktemp("sketch"), records())


def files(work: Workspace) -> list[Path]:
    return sorted(p for stage in ("sketch", "fingerprint") for p in work.folder(stage).rglob("*") if p.is_file())


def test_accounts_are_numbered_in_the_order_of_their_ids(found: Fingerprinted) -> None:
    ids = found.sketch("accounts.parquet")["account_id"].to_pylist()
    assert ids == sorted(ids)
    assert len(ids) == 12
    assert {row["account"] for row in found.marks} == set(range(12))


def test_every_exchange_has_marks_in_input_order(found: Fingerprinted) -> None:
    assert [row["seq"] for row in found.marks] == list(range(48))
    assert all(row["readable"] and row["counted"] and row["text"] and row["words"] for row in found.marks)


def test_only_what_k_accounts_share_is_kept(found: Fingerprinted) -> None:
    uses = found.sketch("uses.parquet").to_pylist()
    users: dict[int, set[int]] = {}
    for use in uses:
        users.setdefault(use["shingle"], set()).add(use["account"])
    assert users, "the template left no shingle"
    assert all(len(accounts) >= 3 for accounts in users.values())
    assert set().union(*users.values()) == set(range(6)), "own words were kept"
    assert len(uses) == len({(u["shingle"], u["conversation"]) for u in uses})


def test_nobodys_words_are_in_the_files(found: Fingerprinted) -> None:
    words = [word.encode() for word in (*TEMPLATE.split(), *WORDS) if len(word) > 4]
    for path in files(found.work):
        content = path.read_bytes()
        told = [word for word in words if word in content]
        assert not told, f"{path.name} holds {told}"


def test_what_was_used_on_the_way_is_removed(found: Fingerprinted) -> None:
    assert not list(found.work.folder("sketch").glob("shingles/*"))


def test_k_decides(tmp_path: Path) -> None:
    assert fingerprinted(tmp_path, records(), k=7).sketch("uses.parquet").num_rows == 0


@pytest.mark.parametrize("threads", [1, 3])
def test_threads_change_no_byte(tmp_path: Path, found: Fingerprinted, threads: int) -> None:
    other = fingerprinted(tmp_path, records(), threads=threads)
    for name in ("accounts.parquet", "uses.parquet", "phrases.parquet", "phrase_uses.parquet"):
        rows = [sorted(map(str, f.sketch(name).to_pylist())) for f in (found, other)]
        assert rows[0] == rows[1], name
    assert found.marks == other.marks
    assert found.conversations == other.conversations
    assert str(found.accounts) == str(other.accounts)


def test_another_key_samples_other_shingles(
    tmp_path: Path, found: Fingerprinted, monkeypatch: pytest.MonkeyPatch
) -> None:
    from iolaus.key import BYTES, Key

    from . import pipeline

    monkeypatch.setattr(pipeline, "KEY", Key(bytes(BYTES)))
    mine = set(found.sketch("uses.parquet")["shingle"].to_pylist())
    theirs = set(fingerprinted(tmp_path, records()).sketch("uses.parquet")["shingle"].to_pylist())
    assert mine and theirs
    assert not mine & theirs


def test_a_killed_run_goes_on_at_the_first_unfinished_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    logs = [jsonl(tmp_path / f"log{n}.jsonl", records()[n * 16 : n * 16 + 16]) for n in range(3)]
    inputs = Inputs(tuple(map(str, logs)))
    settings = SketchSettings(k=3, filter_bits=16)
    undisturbed = workspace(inputs, tmp_path / "one")
    stages(undisturbed, inputs, settings)
    work = workspace(inputs, tmp_path / "two")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(sketching, "keep_shared", killed)
    with pytest.raises(KeyboardInterrupt):
        stages(work, inputs, settings)
    monkeypatch.undo()
    monkeypatch.setattr(Sketcher, "__call__", lambda *_: pytest.fail("a finished part was sketched again"))
    stages(work, inputs, settings)
    assert Fingerprinted(work).marks == Fingerprinted(undisturbed).marks
    assert Fingerprinted(work).conversations == Fingerprinted(undisturbed).conversations


def test_text_that_is_not_there_is_not_readable(tmp_path: Path) -> None:
    rows = [
        record(0, prompt=None),
        record(1, prompt=""),
        record(2, prompt="   \u200b "),
        record(3, prompt="secret words here", text_state="not_retained"),
        record(4, prompt="ordinary words here"),
    ]
    found = fingerprinted(tmp_path, rows)
    assert [row["readable"] for row in found.marks] == [False, False, False, False, True]


def test_one_exchange_is_a_scan(tmp_path: Path) -> None:
    found = fingerprinted(tmp_path, [record(0)])
    assert len(found.marks) == 1
    assert found.sketch("phrases.parquet").num_rows == 0
    assert not found.accounts["a0"]["assessed"]
    assert KEY.id
