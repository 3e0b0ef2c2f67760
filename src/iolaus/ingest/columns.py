"""One chunk of raw columns becomes rows of the exchanges table; whole columns at once wherever they are sound."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from iolaus.ingest import sketches
from iolaus.ingest.cast import Cast, as_list
from iolaus.ingest.chunk import Chunk, Coerced, RawColumn, RefusedRow
from iolaus.ingest.hashing import Hasher
from iolaus.ingest.numbers import cast_flag, cast_hash, cast_number
from iolaus.ingest.text import cast_name, cast_names, cast_text
from iolaus.ingest.times import TimeStyle, cast_time
from iolaus.tables import EXCHANGES, STRINGS, TEXT, TIME, Column, Table

HASH_COLUMNS = ("root_hash", "tool_result_hash", "reasoning_ref")
NO_ACCOUNT = "no account"
UNKNOWN_VALUE = "unknown value"


@dataclass(frozen=True, slots=True)
class Coercer:
    """What coercion needs to know: limits, the deployment's hashes, the account of rows without one."""

    hasher: Hasher
    max_text_bytes: int
    max_field_bytes: int
    account: str | None = None
    times: TimeStyle | None = None

    def column(self, raw: RawColumn, column: Column) -> Cast:
        """One nullable column of any table as its contract says."""
        if column.type == TEXT:
            return cast_text(raw, self.max_text_bytes)
        if column.type == TIME:
            times = cast_time(raw, self.times)
            wrong = {p: r for p, r in times.reasons.items() if r != "no time"}
            return Cast(times.array, wrong)
        if column.type == STRINGS:
            return cast_names(raw)
        if column.name in HASH_COLUMNS:
            return cast_hash(raw, self.hasher)
        if pa.types.is_boolean(column.type):
            return cast_flag(raw)
        if column.type == pa.string():
            cast = cast_name(raw, self.max_field_bytes, self.hasher)
            return _one_of(cast, column.values) if column.values else cast
        return cast_number(raw, column)

    def exchanges(self, chunk: Chunk, source_name: str) -> Coerced:
        """Accepted rows of ``chunk``; the others are refused with their reason."""
        size = len(chunk.rows)
        defects: dict[int, list[str]] = {}
        columns: dict[str, pa.Array] = {}
        for column in EXCHANGES.columns:
            raw = chunk.columns.get(column.name)
            if raw is None:
                columns[column.name] = pa.nulls(size, column.type)
            elif column.name not in ("ts", "defects"):
                cast = self.column(raw, column)
                columns[column.name] = cast.array
                for place, defect in cast.defects.items():
                    defects.setdefault(place, []).append(f"{column.name}: {defect}")
        times = cast_time(chunk.columns.get("ts", pa.nulls(size, TIME)), self.times)
        columns["ts"] = times.array
        columns["account_id"] = self._accounts(columns["account_id"])
        columns["exchange_id"] = _ids(columns["exchange_id"], chunk, source_name)
        given, wrong = sketches.read(chunk.columns, size)
        for place, defect in wrong.items():
            defects.setdefault(place, []).append(f"{sketches.NAME}: {defect}")
        columns["text_state"], given = _text_state(columns, given)
        columns["defects"] = _merge(chunk.columns.get("defects"), defects, size)
        refused = list(_refusals(chunk, columns, times.reasons))
        context = self._context(chunk, size)
        table = pa.table([columns[name] for name in EXCHANGES.names], EXCHANGES.schema)
        return _accepted(chunk, table, context, refused, defects, times.naive, given)

    def _accounts(self, found: pa.Array) -> pa.Array:
        found = pc.if_else(pc.equal(found, ""), None, found)
        return found if self.account is None else found.fill_null(self.account)

    def _context(self, chunk: Chunk, size: int) -> tuple[pa.Array, pa.Array]:
        turns = pa.nulls(size, pa.int32()) if chunk.context_turns is None else None
        if turns is None:
            turns = pa.array(chunk.context_turns, pa.int32())
        if chunk.root_texts is None:
            return turns, pa.nulls(size, pa.int64())
        return turns, pa.array(self.hasher.texts(chunk.root_texts), pa.int64())


def _one_of(cast: Cast, values: tuple[str, ...]) -> Cast:
    lower = pc.utf8_lower(pc.utf8_trim_whitespace(cast.array))
    known = pc.is_in(lower, pa.array(values))
    for place in np.flatnonzero(np.asarray(pc.and_(pc.invert(known), pc.is_valid(lower)))):
        cast.defects.setdefault(int(place), UNKNOWN_VALUE)
    cast.array = pc.if_else(known, lower, None)
    return cast


def _ids(found: pa.Array, chunk: Chunk, source_name: str) -> pa.Array:
    """Ids as they are; a missing one is made from the source's name, the row, and the place in the row."""
    missing = pc.or_kleene(pc.is_null(found), pc.equal(found, ""))
    if not pc.any(missing).as_py():
        return found
    made = derived_ids(source_name, pa.array(chunk.rows), chunk.ordinals)
    return pc.if_else(missing.fill_null(True), made, found)


def derived_ids(source_name: str, rows: pa.Array, ordinals: Any = None) -> pa.Array:
    """'x' + 16 hex digits of the source's name, the row, and '.2' and so on for further exchanges of one row."""
    mark = hashlib.sha256(source_name.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    made = pc.binary_join_element_wise(f"x{mark}", rows.cast(pa.string()), "-")
    if ordinals is None or not np.any(ordinals):
        return made
    place = pc.binary_join_element_wise(made, pa.array(ordinals + 1).cast(pa.string()), ".")
    return pc.if_else(pa.array(ordinals > 0), place, made)


def _text_state(columns: dict[str, pa.Array], given: pa.Table | None) -> tuple[pa.Array, pa.Table | None]:
    """Whether each text could be read, and the sketches of those rows that have no texts."""
    found = columns["text_state"]
    if found.null_count == 0 and given is None and not pc.any(pc.equal(found, sketches.STATE)).as_py():
        return found, None
    texts, present = ("prompt", "system_prompt", "response"), pc.is_valid(columns["tool_result_hash"])
    for name in texts:
        present = pc.or_(present, pc.is_valid(columns[name]))
    told = pc.if_else(pc.equal(found, sketches.STATE), None, found)
    states = pc.coalesce(told, pc.if_else(present, "present", "not_retained"))
    if given is None:
        return states, None
    bare = pc.and_(pc.is_null(columns["prompt"]), pc.is_null(columns["system_prompt"]))
    names = pc.if_else(bare, given[sketches.NAME].combine_chunks(), None)
    return pc.if_else(names.is_valid(), sketches.STATE, states), given.set_column(0, sketches.NAME, names)


def _merge(given: RawColumn | None, found: dict[int, list[str]], size: int) -> pa.Array:
    """Defects that the input already names, and those found now; null where there are none."""
    if given is None and not found:
        return pa.nulls(size, STRINGS)
    known = [None] * size if given is None else as_list(cast_names(given).array)
    for place, names in found.items():
        known[place] = sorted({*(known[place] or ()), *names})
    return pa.array([names or None for names in known], STRINGS)


def _refusals(chunk: Chunk, columns: dict[str, pa.Array], reasons: dict[int, str]) -> Iterable[RefusedRow]:
    accounts = columns["account_id"]
    lost = set(np.flatnonzero(np.asarray(accounts.is_null())).tolist())
    for place in sorted(lost | set(reasons)):
        field, reason = ("ts", reasons[place]) if place in reasons else ("account_id", NO_ACCOUNT)
        raw = chunk.columns.get(field)
        value = None if raw is None else as_list(raw[place : place + 1])[0]
        yield RefusedRow(int(chunk.rows[place]), field, value, reason, accounts[place].as_py())


def _accepted(
    chunk: Chunk,
    table: pa.Table,
    context: tuple[pa.Array, pa.Array],
    refused: list[RefusedRow],
    defects: dict[int, list[str]],
    naive: int,
    given: pa.Table | None,
) -> Coerced:
    rows, (turns, roots) = chunk.rows, context
    keep = pc.and_(pc.is_valid(table["ts"]), pc.is_valid(table["account_id"]))
    if not pc.all(keep).as_py():
        mask = pa.array(np.asarray(keep))
        table, rows = table.filter(mask), rows[np.asarray(keep)]
        turns, roots = turns.filter(mask), roots.filter(mask)
        defects = {place: names for place, names in defects.items() if mask[place].as_py()}
    counted = Counter(name for names in defects.values() for name in names)
    found = None if given is None else sketches.placed(given, np.asarray(keep))
    return Coerced(table, rows, turns, roots, [*chunk.refused, *refused], counted, naive, found)


def coerce_rows(
    raw: dict[str, RawColumn], table: Table, coercer: Coercer, size: int
) -> tuple[pa.Table, list[tuple[int, str, str]]]:
    """A whole small table (accounts, events, releases), and (place, column, problem) of each value at fault.

    Required columns may hold nulls afterwards; the caller refuses those rows.
    """
    arrays: list[pa.Array] = []
    problems: list[tuple[int, str, str]] = []
    for column in table.columns:
        found = raw.get(column.name)
        if found is None:
            arrays.append(pa.nulls(size, column.type))
            continue
        cast = coercer.column(found, column)
        arrays.append(cast.array)
        problems += [(place, column.name, defect) for place, defect in sorted(cast.defects.items())]
    fields = [pa.field(c.name, c.type) for c in table.columns]
    return pa.table(arrays, pa.schema(fields)), problems
