"""A world as it stood at a moment: traffic before it, and of accounts, events and releases what was known by then."""

from __future__ import annotations

import csv
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from iolaus.evaluate.worlds import World
from iolaus.ingest.inputs import Inputs

ROWS = 65_536
"""Rows that are in memory at once."""


def write_prefix(world: World, end: int, place: Path) -> Inputs:
    """Write what a provider would have held at ``end`` (UTC microseconds) into ``place``; the inputs of its scan."""
    shutil.rmtree(place, ignore_errors=True)
    (place / "exchanges").mkdir(parents=True)
    moment = pa.scalar(end, pa.timestamp("us", "UTC"))
    for path in sorted((world.path / "exchanges").glob("*.parquet")):
        _write_before(path, moment, place / "exchanges" / path.name)
    given = world.inputs
    tables: dict[str, Path] = {}
    if given.accounts is not None:
        tables["accounts"] = place / "accounts.parquet"
        pq.write_table(known_accounts(pq.read_table(given.accounts), moment), tables["accounts"])
    if given.events is not None:
        events = pq.read_table(given.events)
        known = events.filter(pc.less(events["ts"], moment))
        if len(known):
            tables["events"] = place / "account_events.parquet"
            pq.write_table(known, tables["events"])
    if given.releases is not None:
        tables["releases"] = place / "releases.csv"
        _write_releases(given.releases, end, tables["releases"])
    return Inputs((str(place / "exchanges"),), tables.get("accounts"), tables.get("events"), tables.get("releases"))


def _write_before(path: Path, moment: pa.Scalar, out: Path) -> None:
    source = pq.ParquetFile(path)
    writer: pq.ParquetWriter | None = None
    for batch in source.iter_batches(ROWS):
        kept = batch.filter(pc.less(batch["ts"], moment))
        if len(kept):
            writer = writer or pq.ParquetWriter(out, kept.schema, compression="zstd", compression_level=1)
            writer.write_batch(kept)
    if writer is not None:
        writer.close()


def known_accounts(accounts: pa.Table, moment: pa.Scalar) -> pa.Table:
    """Accounts that existed, without verifications and suspensions that came later."""
    if "created_at" in accounts.column_names:
        accounts = accounts.filter(pc.fill_null(pc.less(accounts["created_at"], moment), True))
    for time, told in (
        ("verified_at", {"verified_at": None, "verification": "none"}),
        ("suspended_at", {"suspended_at": None, "suspended_reason": None, "status": "active"}),
    ):
        if time not in accounts.column_names:
            continue
        later = pc.fill_null(pc.greater_equal(accounts[time], moment), False)
        for name, value in told.items():
            place = accounts.schema.get_field_index(name)
            if place >= 0:
                column = accounts.column(place)
                changed = pc.if_else(later, pa.scalar(value, column.type), column)
                accounts = accounts.set_column(place, accounts.schema.field(place), changed)
    return accounts


def _write_releases(source: Path, end: int, out: Path) -> None:
    with source.open(newline="") as file:
        rows = list(csv.DictReader(file))
    moment = datetime.fromtimestamp(end / 1e6, UTC)
    known = [row for row in rows if datetime.fromisoformat(row["released_at"]) < moment]
    with out.open("w", newline="") as file:
        sheet = csv.DictWriter(file, ["model", "released_at"], lineterminator="\n")
        sheet.writeheader()
        sheet.writerows({name: row[name] for name in ("model", "released_at")} for row in known)
