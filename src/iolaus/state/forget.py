"""Forgetting: every trace of one account leaves the state, at once.

What stays holds nothing of it alone: ids and words of campaigns, which at least ``sketch.k`` accounts shared, and the
weights of words, which are sums over the texts of the first increment.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from iolaus.errors import InputError
from iolaus.state import sides
from iolaus.state.campaigns import MEMBERS
from iolaus.state.folder import State, opened
from iolaus.state.manifest import Part
from iolaus.state.parts import write_part
from iolaus.state.tables import KEPT_MEMBERS
from iolaus.tables import Table, closest

NAMING = {"account_id", "parent_account_id", "value"}
"""Columns of side tables that name an account."""


@dataclass(frozen=True)
class Forgotten:
    """How many rows left: exchanges, rows of the side tables, memberships, and names of it in rows of others."""

    exchanges: int
    accounts: int
    events: int
    memberships: int
    mentions: int

    @property
    def sentence(self) -> str:
        """For people."""
        counts = {
            "exchange": self.exchanges,
            "row of the account table": self.accounts,
            "event": self.events,
            "membership": self.memberships,
            "mention by another account": self.mentions,
        }
        return ", ".join(f"{count:,} {_many(name, count)}" for name, count in counts.items())


def _many(name: str, count: int) -> str:
    if count == 1:
        return name
    first, *rest = name.split(" ", 1)
    return " ".join([f"{first}s", *rest])


def forget(account: str, place: Path) -> Forgotten:
    """Remove an account from the state in ``place``.

    Raises InputError where there is no state, or no trace of the account; the closest known ids follow.
    """
    with opened(place, None) as state:
        generation = state.manifest.generation + 1
        parts, exchanges = _parts(state, account, generation)
        tables, gone, mentions = dict(state.manifest.tables), {}, 0
        for name, declared in _tables():
            if name not in tables:
                continue
            kept = state.table(name, declared)
            rest, named = _without(kept, account)
            gone[name], mentions = len(kept) - len(rest), mentions + named
            if gone[name] or named:
                tables[name] = state.write_table(name, rest, generation)
        found = Forgotten(exchanges, gone.get("accounts", 0), gone.get("events", 0), gone.get(MEMBERS, 0), mentions)
        if found == Forgotten(0, 0, 0, 0, 0):
            raise InputError(f"{place}: no account '{account}' is kept.{closest(account, _known(state))}")
        state.commit(msgspec.structs.replace(state.manifest, generation=generation, parts=parts, tables=tables))
        return found


def _tables() -> Iterator[tuple[str, Table]]:
    """Tables of a state that name accounts."""
    yield from ((name, declared) for name, _, declared in sides.FILES if "account_id" in declared.names)
    yield MEMBERS, KEPT_MEMBERS


def _parts(state: State, account: str, generation: int) -> tuple[list[Part], int]:
    """The parts without the account, anew where they held any of it, and how many exchanges that leaves out."""
    parts, gone = [], 0
    for part in state.manifest.parts:
        path = state.place / part.file
        held = pc.sum(pc.equal(pq.read_table(path, columns=["account_id"])["account_id"], account)).as_py() or 0
        gone += held
        if not held:
            parts.append(part)
        elif held < part.rows:
            rows = pq.read_table(path).filter(pc.field("account_id") != account)
            file = f"{part.file.removesuffix('.parquet').split('.')[0]}.{generation:06}.parquet"
            write_part(rows, state.place / file)
            # What was worked out of it holds the account too; the next scan works it out anew.
            parts.append(msgspec.structs.replace(part, file=file, rows=len(rows), worked=""))
    return parts, gone


def _without(table: pa.Table, account: str) -> tuple[pa.Table, int]:
    """The rows of others, without its name in them, and how often it stood there."""
    rest = table.filter(pc.field("account_id") != account)
    mentions = 0
    for name in sorted(NAMING & {*rest.column_names} - {"account_id"}):
        named = pc.fill_null(pc.equal(rest[name], account), False)
        mentions += pc.sum(named).as_py() or 0
        rest = rest.set_column(
            rest.schema.get_field_index(name), rest.schema.field(name), pc.if_else(named, None, rest[name])
        )
    return rest, mentions


def _known(state: State) -> set[str]:
    """Every account that the state names."""
    known = set(state.table("accounts", sides.FILES[0][2])["account_id"].to_pylist())
    for part in state.manifest.parts:
        known |= set(pq.read_table(state.place / part.file, columns=["account_id"])["account_id"].unique().to_pylist())
    return known
