"""Who may teach the provider's own mix: accused traffic stays out, and what a person cleared comes in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from iolaus.campaign.cleared import listed
from iolaus.campaign.grown import MORE_LIKELY
from iolaus.campaign.judged import Judged, Outcome
from iolaus.errors import InputError
from iolaus.tables import RESULT_ACCOUNTS, TableError, check
from iolaus.workspace import disk_error

Mask = npt.NDArray[np.bool_]
UNSETTLED = ("undetermined", "concealed_pool", "declared_harvest")
"""Verdicts of cohorts that a person has to look at: nobody knows yet whether they are honest."""


@dataclass(frozen=True)
class Teachers:
    """``may``: bool[accounts]; ``left_out``: accounts that may not, by the first reason; ``cleared``: accounts that
    only a person's word lets in."""

    may: Mask
    left_out: dict[str, int]
    cleared: int


def teachers(found: Outcome, accounts: pa.Table, cleared: Path | None, results: Iterable[Path]) -> Teachers:
    """Who may teach after a scan.

    accounts: rows by account number. cleared: file of ids, see :func:`read_cleared`. results: folders of other scans,
    whose accused stay out too. An account that is cleared by its own id comes in whatever was said of it; one of a
    cleared cohort comes in unless another campaign holds it.
    """
    ids = accounts["account_id"].to_pylist()
    by_name = {name_of(judged): judged for judged in found.cohorts}
    names, cohorts = read_cleared(cleared, set(ids), set(by_name))
    own = np.isin(np.array(ids, object), sorted(names))
    trusted = _held((by_name[name] for name in cohorts), len(ids))
    rest = [judged for name, judged in by_name.items() if name not in cohorts]
    reasons = {
        "accused": _held((judged for judged in rest if judged.judgement.verdict == "campaign"), len(ids)),
        "accused in other results": np.isin(np.array(ids, object), sorted(accused_in(results))),
        "suspended for abuse": _suspended(accounts),
        "unsettled": _held((judged for judged in rest if judged.judgement.verdict in UNSETTLED), len(ids)) & ~trusted,
    }
    out, left = np.zeros(len(ids), bool), {}
    for reason, those in reasons.items():
        left[reason] = int((those & ~own & ~out).sum())
        out |= those & ~own
    would = np.logical_or.reduce([*reasons.values(), trusted & ~out])
    return Teachers(~out, left, int((would & ~out).sum()))


def name_of(judged: Judged) -> str:
    """The id of a cohort as campaigns.json and cohorts.json write it."""
    kind = "campaign" if judged.judgement.verdict == "campaign" else "cohort"
    return f"{kind}-{judged.tested.candidate.id}"


def _held(cohorts: Iterable[Judged], accounts: int) -> Mask:
    """Accounts of the cohorts, and those that are more likely members than not."""
    found = np.zeros(accounts, bool)
    for judged in cohorts:
        found[judged.tested.candidate.accounts] = True
        if judged.members is not None:
            found[judged.members.numbers[judged.members.membership >= MORE_LIKELY]] = True
    return found


def _suspended(accounts: pa.Table) -> Mask:
    if "suspended_reason" not in accounts.column_names:
        return np.zeros(len(accounts), bool)
    return np.array([reason == "abuse" for reason in accounts["suspended_reason"].to_pylist()], bool)


def accused_in(results: Iterable[Path]) -> set[str]:
    """Ids of accounts that other scans accused. Raises InputError for a folder that holds no results."""
    found: set[str] = set()
    for folder in results:
        path = folder / "accounts.parquet"
        if not path.is_file():
            raise InputError(f"{folder}: holds no accounts.parquet. Give the --out of a finished scan.")
        try:
            table = pq.read_table(path)
            check(table, RESULT_ACCOUNTS)
        except OSError as error:
            raise disk_error(path, error) from error
        except (pa.ArrowInvalid, TableError):
            raise InputError(f"{path}: not the accounts of a scan. Give the --out of a finished scan.") from None
        found |= set(table.filter(table["accused"])["account_id"].to_pylist())
    return found


def read_cleared(path: Path | None, accounts: set[str], cohorts: set[str]) -> tuple[set[str], set[str]]:
    """Ids of accounts and of cohorts that a file lists, one a line; ``#`` begins a comment.

    Raises InputError that names the line of an id that is neither. The id itself is not repeated.
    """
    if path is None:
        return set(), set()
    named = listed(path)
    for number, name in named.items():
        if name not in accounts and name not in cohorts:
            raise InputError(
                f"{path}:{number}: no account of these logs and no cohort of their scan. Take ids from accounts.parquet"
                " and cohorts.json of a scan of the same logs."
            )
    ids = set(named.values())
    return ids & accounts, ids & cohorts
