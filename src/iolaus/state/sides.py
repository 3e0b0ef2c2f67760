"""Accounts, events and releases as they were last seen."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from iolaus.state.folder import State
from iolaus.tables import ACCOUNT_EVENTS, ACCOUNTS, RELEASES, Table
from iolaus.workspace import write_table

FILES: tuple[tuple[str, str, Table], ...] = (
    ("accounts", "accounts.parquet", ACCOUNTS),
    ("events", "account_events.parquet", ACCOUNT_EVENTS),
    ("releases", "releases.parquet", RELEASES),
)
"""Name in the manifest, file of the ingest, and what it holds."""


def merge(state: State, given: Path | None, seen: pa.Array, oldest: str, into: Path) -> None:
    """Write each side table into the folder ``into``: what is given now before what is kept.

    given: folder of the ingest of an increment, if there was one. seen: accounts with kept exchanges. An account that
    the newest table does not name is kept while exchanges of it are; events before the day ``oldest`` go unless they
    are given anew.
    """
    for name, file, declared in FILES:
        kept = state.table(name, declared)
        new = declared.schema.empty_table() if given is None else pq.read_table(given / file)
        if name == "accounts":
            found = _accounts(kept, new, seen)
        elif name == "events":
            found = _events(kept, new, oldest)
        else:
            found = pa.concat_tables([new, _others(kept, new, "model")])
        write_table(found.cast(declared.schema), into / file)


def _accounts(kept: pa.Table, new: pa.Table, seen: pa.Array) -> pa.Table:
    if not len(new):
        return kept
    others = _others(kept, new, "account_id")
    return pa.concat_tables([new, others.filter(pc.is_in(others["account_id"], value_set=seen))])


def _events(kept: pa.Table, new: pa.Table, oldest: str) -> pa.Table:
    recent = kept.filter(pc.greater_equal(pc.strftime(kept["ts"], format="%Y-%m-%d"), oldest))
    both = pa.concat_tables([new, recent])
    return both.group_by(both.column_names).aggregate([]).sort_by([(name, "ascending") for name in both.column_names])


def _others(kept: pa.Table, new: pa.Table, name: str) -> pa.Table:
    """Rows of ``kept`` whose ``name`` is not among the new ones."""
    return kept.filter(pc.invert(pc.is_in(kept[name], value_set=new[name].combine_chunks())))
