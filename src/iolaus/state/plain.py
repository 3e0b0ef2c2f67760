"""Kept exchanges that say themselves which conversation they are of, and those that must be looked at beside others.

Where the log names the conversation of a request, its turn and its first text, and where the request has no id of its
own, repeats none, is repeated by none and bears no text that failed, then it is what it says. The others are derived
(:mod:`iolaus.ingest.derive`). Which they are is marked in tables of cells by hash: two hashes that meet in a cell only
make more rows be looked at, and change nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from iolaus.ingest.derive import FAILED
from iolaus.ingest.hashing import Hasher
from iolaus.parallel import abreast

Numbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

CELLS_BITS = 24
"""log2 of the cells of a table, a byte each."""

READ = ("account_id", "exchange", "request", "retry_of", "given", "turn", "root", "prompt", "status", "answered")
"""Columns of a part that tell which of its rows are plain."""

DERIVED = pa.schema(
    [
        ("seq", pa.int64()),
        ("conversation", pa.int64()),
        ("turn", pa.int32()),
        ("root_hash", pa.int64()),
        ("counted", pa.bool_()),
        ("duplicate", pa.bool_()),
    ]
)
"""What is derived of an exchange, in the order of :func:`iolaus.ingest.derive.derive`."""


@dataclass(frozen=True)
class Ties:
    """What ties exchanges to one another, over all parts. failed, repeated, untold: bool[cells], texts of an account
    that may have failed, ids that one of its requests repeats, and conversations that are not told whole.

    answering: account (int64) and whether it is ever seen to be answered.
    """

    failed: Mask
    repeated: Mask
    untold: Mask
    answering: pa.Table

    @classmethod
    def of(cls, parts: Iterable[Path], hasher: Hasher) -> Ties:
        """The ties of all rows of these parts."""
        failed, repeated, untold = (np.zeros(1 << CELLS_BITS, np.bool_) for _ in range(3))

        def told(path: Path) -> pa.Table:
            names = [name for name in READ if name not in ("exchange", "request")]
            rows = pq.read_table(path, columns=names, read_dictionary=["account_id"])
            account = hashed(rows["account_id"], hasher)
            whose, answered = account.to_numpy(), rows["answered"].to_numpy(zero_copy_only=False)
            status = pc.fill_null(rows["status"], -1).to_numpy()
            maybe = _there(rows["prompt"]) & ((status >= FAILED) | ((status < 0) & ~answered))
            failed[_cells(whose[maybe], _values(rows["prompt"])[maybe])] = True
            again = _there(rows["retry_of"])
            repeated[_cells(whose[again], _values(rows["retry_of"])[again])] = True
            open_ended = _there(rows["given"]) & ~(_there(rows["turn"]) & _there(rows["root"]))
            untold[_cells(whose[open_ended], _values(rows["given"])[open_ended])] = True
            own = pa.table({"account": account, "answered": rows["answered"]})
            return own.group_by("account", use_threads=False).aggregate([("answered", "max")])

        # Cells are only ever set, so that it does not matter who sets them first.
        return cls(failed, repeated, untold, _answering(list(abreast(told, parts))))

    def plain(self, rows: pa.Table, account: pa.Array) -> Mask:
        """bool[n], which rows (with the columns :data:`READ`) are what they say. account: int64[n], its hashes."""
        whose, given = account.to_numpy(), _values(rows["given"])
        told = _there(rows["given"]) & _there(rows["turn"]) & _there(rows["root"])
        alone = ~_there(rows["request"]) & ~_there(rows["retry_of"])
        unfailed = ~(_there(rows["prompt"]) & self.failed[_cells(whose, _values(rows["prompt"]))])
        unrepeated = ~self.repeated[_cells(whose, _values(rows["exchange"]))]
        found: Mask = told & alone & unfailed & unrepeated & ~self.untold[_cells(whose, given)]
        return found


def whole(rows: pa.Table, derived: pa.Table, first: int) -> pa.Table:
    """:data:`DERIVED` of every row of a part: what was derived of it, else what it says itself.

    rows: given, turn and root of the part. derived: some of its rows, numbered from ``first`` on.
    """
    size, places = len(rows), derived["seq"].to_numpy() - first
    columns = {"seq": pa.array(np.arange(first, first + size))}
    for name, said in (("conversation", "given"), ("turn", "turn"), ("root_hash", "root")):
        values, there = pc.fill_null(rows[said], 0).to_numpy().copy(), _there(rows[said]).copy()
        values[places], there[places] = pc.fill_null(derived[name], 0).to_numpy(), _there(derived[name])
        columns[name] = pa.array(values, mask=~there)
    for name, usual in (("counted", True), ("duplicate", False)):
        flags = np.full(size, usual)
        flags[places] = derived[name].to_numpy(zero_copy_only=False)
        columns[name] = pa.array(flags)
    return pa.table([columns[name] for name in DERIVED.names], DERIVED)


def hashed(strings: pa.ChunkedArray, hasher: Hasher) -> pa.Array:
    """int64 hashes of strings, each distinct one hashed once."""
    encoded = strings.combine_chunks().dictionary_encode()
    return hasher.column(encoded.dictionary).take(encoded.indices)


def _answering(seen: list[pa.Table]) -> pa.Table:
    """account, seen: each account once."""
    nobody = pa.table({"account": pa.array([], pa.int64()), "answered_max": pa.array([], pa.bool_())})
    both = pa.concat_tables([nobody, *(table.select(nobody.column_names) for table in seen)])
    found = both.group_by("account").aggregate([("answered_max", "max")])
    return pa.table({"account": found["account"], "seen": found["answered_max_max"]})


def _there(column: pa.ChunkedArray) -> Mask:
    found: Mask = column.is_valid().to_numpy()
    return found


def _values(column: pa.ChunkedArray) -> Numbers:
    """int64[n], 0 where null."""
    found: Numbers = pc.fill_null(column, 0).to_numpy()
    return found


def _cells(accounts: Numbers, values: Numbers) -> Numbers:
    """The cell of each value of an account."""
    mixed = (accounts.view(np.uint64) ^ (values.view(np.uint64) * np.uint64(0x9E3779B97F4A7C15))) * np.uint64(
        0xD6E8FEB86659FD93
    )
    return (mixed >> np.uint64(64 - CELLS_BITS)).astype(np.int64)
