"""Kept exchanges that say themselves which conversation they are of, and those that must be looked at beside others.

Where the log names the conversation of a request, its turn and its first text, and where the request shares its id with
none, repeats none, is repeated by none and bears no text that failed, then it is what it says. The others are derived
(:mod:`iolaus.ingest.derive`). Which they are is told by marks, hashes of an account and a value: two that are the
same by chance only make more rows be looked at, and change nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from iolaus.ingest.derive import FAILED
from iolaus.ingest.hashing import Hasher

Numbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Cells = npt.NDArray[np.uint32]
Marks = npt.NDArray[np.uint32] | npt.NDArray[np.uint64]

CELLS_BITS = 24
"""log2 of the cells of a table, a byte each, which tells of most marks that they are none of those that were set."""

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


NEVER = np.uint32(0xFFFFFFFF)
"""In place of a mark: there is nothing to be looked up."""


@dataclass(frozen=True)
class Own:
    """What the n rows of one part say themselves, by name, as arrays that can be kept.

    names: string[a], its accounts, ascending; hash, answered: int64[a] and bool[a], of each, and whether an answer to
    it is seen. account: int32[n], whose each row is. alone: bool[n], whether it names its conversation, turn and first
    text, and repeats none. asks: bool[n], which rows have an id of the request; asked: uint64, their marks. said, id,
    talk: uint32[n], marks of its text, id and conversation. failed, repeated, untold: uint32, marks that rows of the
    part set.
    """

    arrays: dict[str, pa.Array]

    NAMES = ("names", "hash", "answered", "account", "alone", "asks", "asked")
    MARKS = ("said", "id", "talk", "failed", "repeated", "untold")

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, pa.Array]) -> Own:
        """Its own arrays among others."""
        return cls({name: arrays[name] for name in (*cls.NAMES, *cls.MARKS)})

    @classmethod
    def of(cls, rows: pa.Table, hasher: Hasher) -> Own:
        """Of rows with the columns :data:`READ`."""
        names, account = _numbered(rows["account_id"])
        hashes = hasher.column(names)
        whose = hashes.to_numpy()[account] if len(names) else np.zeros(0, np.int64)
        answered = rows["answered"].to_numpy(zero_copy_only=False)
        status = pc.fill_null(rows["status"], -1).to_numpy()
        prompt, again, given = (_there(rows[name]) for name in ("prompt", "retry_of", "given"))
        told = given & _there(rows["turn"]) & _there(rows["root"])
        asks = _there(rows["request"])
        said, twice, own, talk = (_marks(whose, _values(rows[n])) for n in ("prompt", "retry_of", "exchange", "given"))
        seen = np.zeros(len(names), np.bool_)
        seen[account[answered]] = True
        arrays = {
            "names": names,
            "hash": hashes,
            "answered": seen,
            "account": account,
            "alone": told & ~again,
            "asks": asks,
            "asked": _mixed(whose, _values(rows["request"]))[asks],
            "said": np.where(prompt, said, NEVER),
            "id": own,
            "talk": talk,
            "failed": np.unique(said[prompt & ((status >= FAILED) | ((status < 0) & ~answered))]),
            "repeated": np.unique(twice[again]),
            "untold": np.unique(talk[given & ~told]),
        }
        return cls(
            {name: values if isinstance(values, pa.Array) else pa.array(values) for name, values in arrays.items()}
        )

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        found: npt.NDArray[Any] = self.arrays[name].to_numpy(zero_copy_only=False)
        return found

    @property
    def account(self) -> npt.NDArray[np.int32]:
        """int32[n], which of the part's accounts each row is of."""
        found: npt.NDArray[np.int32] = self["account"]
        return found


@dataclass(frozen=True)
class Marked:
    """Marks that were set. marks: uint32 or uint64, ascending. table: bool[cells], where any mark is."""

    marks: Marks
    table: Mask

    @classmethod
    def of(cls, parts: Iterable[Marks], least: int = 1) -> Marked:
        """The marks that all parts set at least so often, once or twice."""
        marks = np.sort(np.concatenate(list(parts) or [np.zeros(0, np.uint32)]))
        if least > 1:
            marks = marks[:-1][marks[1:] == marks[:-1]]
        table = np.zeros(1 << CELLS_BITS, np.bool_)
        table[marks >> marks.dtype.type(_spare(marks))] = True
        return cls(marks, table)

    def among(self, marks: Marks) -> Mask:
        """bool[n], which of some marks were set."""
        return _among(marks, self.marks, self.table, marks.dtype.type(_spare(marks)))


@dataclass(frozen=True)
class Ties:
    """What ties exchanges to one another, over all parts. failed, repeated, untold: texts of an account that may have
    failed, ids that one of its requests repeats, and conversations that are not told whole. shared: ids of requests
    that several of its exchanges have.

    answering: account (int64) and whether it is ever seen to be answered.
    """

    failed: Marked
    repeated: Marked
    untold: Marked
    shared: Marked
    answering: pa.Table

    @classmethod
    def of(cls, parts: Sequence[Own]) -> Ties:
        """The ties of all rows of these parts."""
        marked = {name: Marked.of(part[name] for part in parts) for name in ("failed", "repeated", "untold")}
        marked["shared"] = Marked.of((part["asked"] for part in parts), 2)
        seen = [pa.table({"account": pa.array([], pa.int64()), "seen": pa.array([], pa.bool_())})]
        seen += [pa.table({"account": part.arrays["hash"], "seen": part.arrays["answered"]}) for part in parts]
        found = pa.concat_tables(seen).group_by("account").aggregate([("seen", "max")])
        answering = pa.table({"account": found["account"], "seen": found["seen_max"]})
        return cls(**marked, answering=answering)

    def plain(self, part: Own) -> Mask:
        """bool[n], which rows of a part are what they say."""
        tied = self.untold.among(part["talk"]) | self.repeated.among(part["id"])
        tied |= self.failed.among(part["said"])
        asked = part["asked"]
        again = self.shared.among(asked) | self.repeated.among((asked >> np.uint64(32)).astype(np.uint32))
        tied[np.flatnonzero(part["asks"])[again]] = True
        found: Mask = part["alone"] & ~tied
        return found


def _spare(marks: Marks) -> int:
    """Bits of a mark that do not tell its cell."""
    return 8 * marks.dtype.itemsize - CELLS_BITS


@numba.njit(cache=True, nogil=True)
def _among(marks: Marks, marked: Marks, table: Mask, spare: np.unsignedinteger[Any]) -> Mask:
    """bool[n], which marks are among those that were ``marked``, of whose cells ``table`` tells."""
    found = np.zeros(marks.size, np.bool_)
    for row in range(marks.size):
        if table[np.int64(marks[row] >> spare)]:
            place = np.searchsorted(marked, marks[row])
            found[row] = place < marked.size and marked[place] == marks[row]
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


def _numbered(strings: pa.ChunkedArray) -> tuple[pa.Array, npt.NDArray[np.int32]]:
    """Distinct strings, ascending, and which of them each is: int32[n]."""
    whole = strings.combine_chunks()
    one = whole if pa.types.is_dictionary(whole.type) else whole.dictionary_encode()
    names = one.dictionary.cast(pa.string())
    used = pc.unique(one.indices)
    order = pc.sort_indices(names.take(used))
    ranks = np.zeros(max(len(names), 1), np.int32)
    ranks[used.take(order).to_numpy()] = np.arange(len(used), dtype=np.int32)
    return names.take(used.take(order)), ranks[one.indices.to_numpy()]


def _there(column: pa.ChunkedArray) -> Mask:
    found: Mask = column.is_valid().to_numpy()
    return found


def _values(column: pa.ChunkedArray) -> Numbers:
    """int64[n], 0 where null."""
    found: Numbers = pc.fill_null(column, 0).to_numpy()
    return found


def _marks(accounts: Numbers, values: Numbers) -> Cells:
    """The mark of each value of an account."""
    return (_mixed(accounts, values) >> np.uint64(32)).astype(np.uint32)


def _mixed(accounts: Numbers, values: Numbers) -> npt.NDArray[np.uint64]:
    """The same mark with twice as many bits."""
    mixed: npt.NDArray[np.uint64] = accounts.view(np.uint64) ^ (values.view(np.uint64) * np.uint64(0x9E3779B97F4A7C15))
    return mixed * np.uint64(0xD6E8FEB86659FD93)
