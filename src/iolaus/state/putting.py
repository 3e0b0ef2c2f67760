"""Where parts are put: files of a working folder that stages after the sketch read, made of what was worked out."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from iolaus.ingest.hashing import Hasher
from iolaus.ingest.parts import NARROW, write_narrow
from iolaus.link.scored import FOLDER as SCORES
from iolaus.sketch.bins import Binned
from iolaus.sketch.configured import FOLDER as CONFIGURATIONS
from iolaus.sketch.mask import bare
from iolaus.sketch.part import ACCOUNTS
from iolaus.sketch.topics import write_topics
from iolaus.state.plain import DERIVED, Own
from iolaus.state.talks import Columns
from iolaus.state.worked import Worked
from iolaus.workspace import renamed_into

TIED = "tied"
"""Folder of the ingest with narrow columns of exchanges that must be looked at beside others, and what is derived."""

ROWS = ("exchange_id", "account_id", "pathway", "text_state")
"""Columns that later stages read of exchanges themselves, beside ``seq``, and prompts of the increment for excerpts."""

REPEATED = ("account_id", "pathway", "text_state", "script")
"""Columns of rows and of scores whose values repeat."""

SKETCHED = ("marks", CONFIGURATIONS, "topics", SCORES)
"""Folders of the sketch that are written."""

MARKS = ("ts", "conversation", "turn", "counted", "status", "reasoning_ref")
"""Marks of every exchange that later stages look at; all others are those of conversations."""


@dataclass(frozen=True)
class Placed:
    """One part of a scan, with what was worked out of it. first: number of its first row; accounts: of all parts, whose
    rank is their number."""

    number: int
    first: int
    path: Path
    prompts: Path | None
    worked: Worked
    accounts: pa.Array

    @cached_property
    def ranks(self) -> npt.NDArray[np.int32]:
        """int32[a], numbers of the part's accounts."""
        found = pc.index_in(self.worked.arrays["names"], value_set=self.accounts)
        numbers: npt.NDArray[np.int32] = pc.cast(found, pa.int32()).to_numpy(zero_copy_only=False)
        return numbers

    @property
    def binned(self) -> Binned:
        """The shingles of what counts."""
        return self.worked.binned(self.ranks)

    @property
    def talks(self) -> Columns:
        """Its conversations."""
        return self.worked.talks(self.ranks, self.first)

    def write(self, ingest: Path, sketch: Path, hasher: Hasher) -> pa.Table:
        """Write its files into both folders; returns what is derived of its rows."""
        name, worked = f"part-{self.number:05}.parquet", self.worked
        seq = pa.array(np.arange(self.first, self.first + len(worked.arrays["account"])))
        account = pa.array(self.ranks[worked["account"]])
        marks = {name: worked.arrays[name] for name in MARKS}
        _plainly(pa.table({"seq": seq, "account": account, **marks}), sketch / "marks" / name)
        _plainly(worked.configurations(self.ranks), sketch / CONFIGURATIONS / name)
        rows = worked["topics_row"]
        write_topics(
            worked.topics(), rows + self.first, self.ranks[worked["account"][rows]], worked["topics_opening"],
            sketch / "topics", self.number,
        )  # fmt: skip
        self._write_exchanges(seq, ingest / "exchanges" / name)
        self._write_scores(seq, sketch / SCORES / name, hasher)
        told = {name: worked.arrays[name] for name in ("conversation", "turn", "root_hash", "counted")}
        nothing_twice = pa.array(np.zeros(len(seq), np.bool_))
        columns = {"seq": seq, **told, "duplicate": nothing_twice}
        return pa.table([columns[name] for name in DERIVED.names], DERIVED)

    def _write_exchanges(self, seq: pa.Array, path: Path) -> None:
        rows = pq.read_table(self.path, columns=list(ROWS), read_dictionary=[n for n in ROWS if n in REPEATED])
        said = pa.nulls(len(rows), pa.large_string())
        if self.prompts is not None:
            said = pq.read_table(self.prompts)["said"]
        _write(pa.table([seq, *(rows[name] for name in ROWS), said], ["seq", *ROWS, "prompt"]), path)

    def _write_scores(self, seq: pa.Array, path: Path, hasher: Hasher) -> None:
        rows = pq.read_table(self.path, columns=["exchange", "script", "scores"]).append_column("seq", seq)
        asked = rows.filter(pc.is_valid(rows["script"])).combine_chunks()
        scores = bare(asked["scores"].combine_chunks(), asked["exchange"].combine_chunks(), hasher)
        _write(pa.table({"seq": asked["seq"], "script": asked["script"], "scores": scores}), path)


def number_accounts(owns: Sequence[Own], ingest: Path, sketch: Path) -> pa.Array:
    """Every account of the parts or the account table, sorted; a number is a rank in this list. Writes the list."""
    known = pq.read_table(ingest / "accounts.parquet", columns=["account_id"])["account_id"]
    every = [pa.array([], pa.string()), *known.cast(pa.string()).chunks, *(own.arrays["names"] for own in owns)]
    found = pc.unique(pa.concat_arrays(every))
    accounts = found.take(pc.sort_indices(found))
    with renamed_into(sketch / ACCOUNTS) as partial:
        pq.write_table(pa.table({"account_id": accounts}), partial)
    return accounts


def write_tied(
    number: int, rows: npt.NDArray[np.int64], first: int, own: Own, narrow: dict[str, pa.Array], folder: Path
) -> None:
    """Narrow columns of those ``rows`` of a part that must be looked at beside others."""
    seq = pa.array(rows + first)
    made = {
        "seq": seq,
        "source": pa.array(np.full(len(rows), number, np.int32)),
        "row": seq,
        "account": pa.array(own["hash"][own.account[rows]]),
        **narrow,
    }
    write_narrow(pa.table([made[name] for name in NARROW.names], NARROW), folder / f"part-{number:05}.parquet")


@contextlib.contextmanager
def derived_file(path: Path) -> Iterator[pq.ParquetWriter]:
    """What is derived of all exchanges, which is written part by part and is there whole or not at all."""
    with (
        renamed_into(path) as partial,
        pq.ParquetWriter(partial, DERIVED, compression="lz4", use_dictionary=["turn", "counted"]) as out,
    ):
        yield out


def _plainly(table: pa.Table, path: Path) -> None:
    """Write numbers that are read once or twice: what would make the file smaller costs more than it saves."""
    with renamed_into(path) as partial:
        pq.write_table(table, partial, compression="lz4", use_dictionary=False, write_statistics=False)


def _write(table: pa.Table, path: Path) -> None:
    """Write columns, dictionaries among them as plain ones: a server hands on what the file says they are."""
    plain = [field.with_type(_plain(field.type)) for field in table.schema]
    with renamed_into(path) as partial:
        pq.write_table(
            table.cast(pa.schema(plain)),
            partial,
            compression="lz4",
            use_dictionary=list(REPEATED),
            write_statistics=False,
        )


def _plain(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if isinstance(kind, pa.DictionaryType) else kind
