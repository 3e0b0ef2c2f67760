"""The smaller tables beside the logs: accounts, account events, releases; CSV, JSONL or Parquet each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from iolaus.errors import InputError
from iolaus.ingest import mapping
from iolaus.ingest.chunk import RawColumn, RefusedRow
from iolaus.ingest.columns import Coercer, coerce_rows
from iolaus.ingest.opening import container
from iolaus.ingest.records import read_records
from iolaus.ingest.tabular import Rows, read_csv, read_parquet
from iolaus.tables import ACCOUNTS, Table, closest


def read_side(path: Path, table: Table, coercer: Coercer, longest: int) -> tuple[pa.Table, list[RefusedRow], list[str]]:
    """(the whole table, rows that lack what is required, warnings).

    Raises InputError where the file cannot be read or a required column is missing, with the closest name.
    """
    tables: list[pa.Table] = []
    refused: list[RefusedRow] = []
    faults: dict[str, int] = {}
    unknown: set[str] = set()
    seen: set[str] = set()
    for batch in _rows(path, longest):
        seen |= batch.columns.keys()
        unknown |= batch.columns.keys() - set(table.names)
        found, problems = coerce_rows(batch.columns, table, coercer, len(batch.rows))
        for _, column, problem in problems:
            faults[f"{column}: {problem}"] = faults.get(f"{column}: {problem}", 0) + 1
        refused += [*batch.refused, *_lacking(found, batch, table)]
        tables.append(_complete(found, table))
    for wanted in table.columns if tables else ():
        if wanted.required and wanted.name not in seen:
            near = closest(wanted.name, seen)
            raise InputError(f"{path}: column '{wanted.name}' is missing.{near} See docs/tables.md.")
    warnings = [f"{path.name}: {count} values nulled ({fault})" for fault, count in sorted(faults.items())]
    warnings += [
        f"{path.name}: column '{n[:64]}' is not known; it was left out.{closest(n, table.names)}"
        for n in sorted(unknown)
    ]
    whole = pa.concat_tables(tables) if tables else table.schema.empty_table()
    if table is ACCOUNTS:
        whole, repeated = _first_of_each(whole)
        warnings += [f"{path.name}: {repeated} rows repeat an account; the first of each counts"] if repeated else []
    return whole, refused, warnings


def _rows(path: Path, longest: int) -> Iterator[Rows]:
    kind = container(path)
    if kind == "json":
        for batch in read_records(path, longest):
            columns = mapping.columns_of(batch.records)
            yield Rows(np.array(batch.rows, dtype=np.int64), columns, batch.refused)
    else:
        yield from read_parquet(path) if kind == "parquet" else read_csv(path, longest)


def _lacking(found: pa.Table, batch: Rows, table: Table) -> Iterator[RefusedRow]:
    for column in table.columns:
        raw: RawColumn | None = batch.columns.get(column.name)
        for place in np.flatnonzero(~_usable(found[column.name])).tolist() if column.required else ():
            value = None if raw is None else mapping.as_text(raw[place : place + 1])[0]
            reason = f"{table.name}: no usable {column.name}"
            yield RefusedRow(int(batch.rows[place]), column.name, value, reason)


def _usable(column: pa.ChunkedArray) -> npt.NDArray[np.bool_]:
    present = np.asarray(pc.is_valid(column))
    if column.type == pa.string():
        present = present & ~np.asarray(pc.equal(column, "").fill_null(False))
    return present


def _complete(found: pa.Table, table: Table) -> pa.Table:
    keep = np.ones(len(found), dtype=bool)
    for column in table.columns:
        if column.required:
            keep &= _usable(found[column.name])
    return found.filter(pa.array(keep)).cast(table.schema)


def _first_of_each(accounts: pa.Table) -> tuple[pa.Table, int]:
    """Accounts once each, and how many rows were left out."""
    ids = accounts["account_id"].combine_chunks().dictionary_encode()
    _, places = np.unique(np.asarray(ids.indices), return_index=True)
    left_out = len(accounts) - len(places)
    return (accounts.take(pa.array(np.sort(places))), left_out) if left_out else (accounts, 0)
