"""A results folder, read back: what the page and the terminal show stands nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from iolaus import tables
from iolaus.errors import InputError
from iolaus.findings import Campaign, Campaigns, Cohorts, RunRecord
from iolaus.workspace import disk_error

Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class AccountTotals:
    """Counts over all of accounts.parquet. ``unread``: accused though not assessed."""

    accounts: int
    assessed: int
    accused: int
    unread: int


@dataclass(frozen=True, slots=True)
class Results:
    """One scan's results. Accounts stay on disk: a provider has millions of them."""

    folder: Path
    campaigns: list[Campaign]
    others: list[Campaign]
    run: RunRecord

    def account_totals(self) -> AccountTotals:
        """How many accounts there are, were assessed, are accused, and are accused without having been assessed."""
        columns = _read(self.folder / "accounts.parquet", ["assessed", "accused"])
        assessed, accused = columns.column("assessed"), columns.column("accused")
        unread = pc.and_(accused, pc.invert(assessed))
        return AccountTotals(columns.num_rows, _true(assessed), _true(accused), _true(unread))

    def members(self, campaign: str) -> pa.Table:
        """Accounts of one campaign, highest membership first, then most exchanges, then by id."""
        found = _read(self.folder / "accounts.parquet", None, [("campaign_id", "=", campaign)])
        tables.check(found, tables.RESULT_ACCOUNTS)
        return found.sort_by([("membership", "descending"), ("exchanges", "descending"), ("account_id", "ascending")])

    def accused_of(self, campaign: str) -> int:
        """How many accounts of one campaign are accused."""
        named = [("campaign_id", "=", campaign)]
        return _true(_read(self.folder / "accounts.parquet", ["accused"], named).column("accused"))

    def flagged_of(self, account: str) -> int:
        """How many exchanges of one account are flagged."""
        return len(_read(self.folder / "exchanges.parquet", ["account_id"], [("account_id", "=", account)]))

    def account(self, account: str) -> dict[str, object] | None:
        """The row of one account, or None."""
        rows = _read(self.folder / "accounts.parquet", None, [("account_id", "=", account)]).to_pylist()
        return rows[0] if rows else None

    def cohorts_of(self, account: str) -> list[str]:
        """Ids of the cohorts without an accusation that an account stands in; empty where no such file was written."""
        place = self.folder / "cohort_accounts.parquet"
        if not place.exists():
            return []
        return [str(row["cohort_id"]) for row in _read(place, None, [("account_id", "=", account)]).to_pylist()]

    def near_accounts(self, name: str, most: int) -> list[str]:
        """Ids that share the longest beginning with ``name``, in order, ``most`` of them at most."""
        ids = _read(self.folder / "accounts.parquet", ["account_id"]).column("account_id")
        for length in range(len(name), 0, -1):
            near = ids.filter(pc.starts_with(ids, name[:length]))
            if len(near):
                return sorted(near.to_pylist())[:most]
        return []

    def rejects_by_place(self) -> list[tuple[str, str, int]]:
        """(source, field, rows) of rejects.parquet, most first; empty where there is no such file."""
        place = self.folder / "rejects.parquet"
        if not place.exists():
            return []
        rows = _read(place, ["source", "field"]).group_by(["source", "field"]).aggregate([([], "count_all")])
        found = [(str(r["source"]), str(r["field"]), int(r["count_all"])) for r in rows.to_pylist()]
        return sorted(found, key=lambda r: (-r[2], r[0], r[1]))


def load(folder: Path) -> Results:
    """Read a results folder. Raises InputError where a file is missing or is not what a scan writes."""
    campaigns = _decode(folder / "campaigns.json", Campaigns).campaigns
    known = {campaign.id for campaign in campaigns}
    tested = _decode(folder / "cohorts.json", Cohorts).cohorts
    run = _decode(folder / "run.json", RunRecord)
    return Results(folder, campaigns, [cohort for cohort in tested if cohort.id not in known], run)


def _decode(path: Path, kind: type[Record]) -> Record:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except FileNotFoundError:
        raise _missing(path) from None
    except OSError as error:
        raise disk_error(path, error) from error
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise _foreign(path) from None


def _read(path: Path, columns: Sequence[str] | None, filters: Iterable[tuple[str, str, str]] | None = None) -> pa.Table:
    wanted = None if columns is None else list(columns)
    try:
        return pq.read_table(path, columns=wanted, filters=None if filters is None else list(filters))
    except FileNotFoundError:
        raise _missing(path) from None
    except (pa.ArrowException, KeyError):
        raise _foreign(path) from None
    except OSError as error:
        raise disk_error(path, error) from error


def _true(column: pa.ChunkedArray) -> int:
    return int(pc.sum(pc.cast(column, pa.int64())).as_py() or 0)


def _missing(path: Path) -> InputError:
    return InputError(f"{path}: no such file. Give a folder that 'iolaus scan' wrote, as in --results DIR.")


def _foreign(path: Path) -> InputError:
    return InputError(f"{path}: not written by this version of 'iolaus scan'. Scan again, then look again.")
