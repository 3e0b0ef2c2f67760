from __future__ import annotations

from pathlib import Path

import pytest

from iolaus.errors import InputError
from iolaus.report import results

from . import fixture


def test_totals_and_members_are_those_of_the_file(tmp_path: Path) -> None:
    found = results.load(fixture.two_campaigns(tmp_path))
    totals = found.account_totals()
    assert (totals.accounts, totals.accounts - totals.assessed) == (120 + 31 + 2400, 310)
    members = found.members("hydra-7f3a")
    assert members.num_rows == 120
    assert totals.accused == sum(sum(found.members(c.id).column("accused").to_pylist()) for c in found.campaigns)
    memberships = members.column("membership").to_pylist()
    assert memberships == sorted(memberships, reverse=True)


def test_cohorts_that_are_accused_are_not_listed_twice(tmp_path: Path) -> None:
    found = results.load(fixture.two_campaigns(tmp_path))
    assert {c.verdict for c in found.others} == {"undetermined", "declared_harvest", "explained"}


def test_near_accounts_share_the_longest_beginning(tmp_path: Path) -> None:
    found = results.load(fixture.two_campaigns(tmp_path))
    assert found.near_accounts("acct-0239x", 99) == [f"acct-{n:05d}" for n in range(2390, 2400)]
    assert found.near_accounts("acct-0239x", 2) == ["acct-02390", "acct-02391"]
    assert found.near_accounts("zz", 99) == []


def test_rejects_are_counted_by_place_where_the_file_is(tmp_path: Path) -> None:
    folder = fixture.two_campaigns(tmp_path)
    assert results.load(folder).rejects_by_place() == [("logs/api.jsonl.gz", "ts", 31)]
    (folder / "rejects.parquet").unlink()
    assert results.load(folder).rejects_by_place() == []


@pytest.mark.parametrize("name", ["campaigns.json", "cohorts.json", "run.json"])
def test_a_missing_file_is_one_clear_line(tmp_path: Path, name: str) -> None:
    folder = fixture.nothing_found(tmp_path)
    (folder / name).unlink()
    with pytest.raises(InputError, match=rf"{name}: no such file\. .*--results"):
        results.load(folder)


@pytest.mark.parametrize("content", [b"", b'{"campaigns": 3}', b"\xff\xfe", b'{"schema_version": 1, "x": []}'])
def test_a_foreign_file_is_one_clear_line(tmp_path: Path, content: bytes) -> None:
    folder = fixture.nothing_found(tmp_path)
    (folder / "campaigns.json").write_bytes(content)
    with pytest.raises(InputError, match=r"campaigns\.json: not written by this version"):
        results.load(folder)


def test_a_foreign_account_table_is_one_clear_line(tmp_path: Path) -> None:
    found = results.load(fixture.nothing_found(tmp_path))
    (tmp_path / "accounts.parquet").write_bytes(b"PAR1 no")
    with pytest.raises(InputError, match=r"accounts\.parquet: not written by"):
        found.account_totals()
    (tmp_path / "accounts.parquet").unlink()
    with pytest.raises(InputError, match=r"accounts\.parquet: no such file"):
        found.account_totals()
