"""What was worked out of one part, beside it: whatever a later scan would otherwise make of its rows again.

Most of it hangs on the rows of the part alone. The rest hangs on what is derived of those that are not plain
(:mod:`iolaus.state.plain`), which rows of other parts may change: that is kept with it, and where a scan derives
anything else the part is worked out anew. A file is named by the manifest like its part and goes with it. It holds
hashes, counts and ids of accounts, and never text; numbers of accounts and rows are the part's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from iolaus.ingest.hashing import Hasher
from iolaus.key import Key
from iolaus.sketch.bins import Binned, binned
from iolaus.sketch.groups import Held
from iolaus.sketch.marks import HASHED, NUMBERS, hashes
from iolaus.sketch.topic import WIDTH
from iolaus.state.lists import read_lists, write_lists
from iolaus.state.plain import READ, Own, whole
from iolaus.state.talks import Columns, talks_of

MARKS = (
    *("address", "block", "asn", "network", "tools", "temperature"),
    *(name for name in HASHED.values() if name != "pathway"),
    *(name for name in NUMBERS if name != "status"),
    *("system", "text", "words", "readable"),
)
"""Marks that stand in a part as they are."""

_OTHERS = ("ts", "pathway", "status", "topic", "shingles", "given", "turn", "root")
_ROWS = ("ts", "conversation", "turn", "root_hash", "counted", "status", "reasoning_ref")
_TIED = ("conversation", "turn", "root_hash", "counted")
_NARROW = ("exchange", "request", "retry_of", "given", "turn", "root", "prompt", "status", "answered")
_PAIRED = ("system", "tools")


@dataclass(frozen=True)
class Worked:
    """Arrays by name, as they are mapped.

    own: :class:`Own`. Of each of :data:`_ROWS` one value a row. ``tied``: rows that were not plain; ``narrow_...``: the
    columns by which these were derived. ``talks_...``: conversations (:func:`talks_of`); accounts and rows are the
    part's. ``system_...``, ``tools_...``: distinct pairs of a conversation and a configuration that is another than its
    first. ``topics``, ``topics_...``: int8[t, WIDTH], whose rows they are, and which of these open a conversation
    with turn 0. ``bins_...``: :class:`Binned`.
    """

    arrays: dict[str, pa.Array]

    @classmethod
    def opened(cls, path: Path) -> Worked:
        """What :meth:`write` wrote, mapped."""
        return cls(read_lists(path))

    def write(self, path: Path) -> None:
        """Write it as one file that is there whole or not at all."""
        write_lists(self.arrays, path)

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        """One of the arrays, which holds no null."""
        found: npt.NDArray[Any] = self.arrays[name].to_numpy(zero_copy_only=False)
        return found

    @property
    def own(self) -> Own:
        """What the part says itself."""
        return Own.of_arrays(self.arrays)

    def told_by(self, tied: pa.Table, first: int) -> bool:
        """Whether a scan that derives this would work out the same.

        tied: what is derived now of the rows of the part, numbered from ``first``, that are not plain now.
        """
        rows = tied["seq"].to_numpy() - first
        if not all(_same(self.arrays[name], rows, tied[name].combine_chunks()) for name in _TIED):
            return False
        # Of rows that were not plain and are now counts what they say themselves.
        free = np.flatnonzero(~np.isin(self["tied"], rows))
        told = {"conversation": "given", "turn": "turn", "root_hash": "root"}
        said = {name: self.arrays[f"narrow_{own}"].take(pa.array(free)) for name, own in told.items()}
        said["counted"] = pa.array(np.ones(len(free), np.bool_))
        return all(_same(self.arrays[name], self["tied"][free], said[name]) for name in _TIED)

    def narrow(self, rows: npt.NDArray[np.int64]) -> dict[str, pa.Array] | None:
        """Columns of :func:`narrow_of`; None where they are not known of one of the rows."""
        places = np.searchsorted(self["tied"], rows)
        if not np.array_equal(np.append(self["tied"], -1)[places], rows):
            return None
        return {name: self.arrays[f"narrow_{name}"].take(pa.array(places)) for name in ("ts", "own", *_NARROW)}

    def talks(self, ranks: npt.NDArray[np.int32], first: int) -> Columns:
        """The conversations. ranks: int32[a], numbers of the part's accounts; first: number of its first row."""
        found: Columns = {name.removeprefix("talks_"): self[name] for name in self.arrays if name.startswith("talks_")}
        found["account"], found["seq"] = ranks[self["talks_account"]], self["talks_seq"] + first
        return found

    def configurations(self, ranks: npt.NDArray[np.int32]) -> pa.Table:
        """conversation, account, system, tools: every conversation once with what it was opened with, and once more
        with any other that it holds, and 0 for the rest."""
        own, pairs = {name: self[f"talks_{name}"] for name in _PAIRED}, {n: self[f"{n}_value"] for n in _PAIRED}
        talk = np.concatenate([np.arange(len(own["system"])), *(self[f"{name}_talk"] for name in _PAIRED)])
        columns = {"conversation": self["talks_conversation"][talk], "account": ranks[self["talks_account"][talk]]}
        for name in _PAIRED:
            others = (pairs[other] * (other == name) for other in _PAIRED)
            columns[name] = np.concatenate([own[name], *others])
        return pa.table(columns)

    def topics(self) -> npt.NDArray[np.int8]:
        """int8[t, WIDTH]."""
        return self["topics"].reshape(-1, WIDTH)

    def binned(self, ranks: npt.NDArray[np.int32]) -> Binned:
        """The shingles of what counts, by bins. ranks: int32[a], numbers of the part's accounts."""
        names = ("conversations", "lengths", "bounds", "shingles", "texts")
        conversations, lengths, bounds, shingles, texts = (self[f"bins_{name}"] for name in names)
        return Binned(ranks[self["bins_accounts"]], conversations, lengths, bounds, shingles.view(np.uint64), texts)


def narrow_of(part: Path, own: Own, tied: npt.NDArray[np.int64], hasher: Hasher) -> dict[str, pa.Array]:
    """Columns by which some rows of a part are derived (:data:`iolaus.ingest.parts.NARROW`). tied: which rows."""
    rows = pq.read_table(part, columns=["ts", *_NARROW]).take(pa.array(tied)).combine_chunks()
    account, exchange = pa.array(own["hash"][own.account[tied]]), rows["exchange"].combine_chunks()
    found = {name: rows[name].combine_chunks() for name in _NARROW}
    return {"ts": rows["ts"].combine_chunks().cast(pa.int64()), "own": hasher.pair(account, exchange), **found}


def work_out(part: Path, own: Own, narrow: dict[str, pa.Array], tied: pa.Table, first: int, key: Key) -> Worked:
    """All of it, from the rows of a part.

    narrow: of :func:`narrow_of`. tied: what is derived of those rows, which are numbered from ``first`` on.
    """
    rows = pq.read_table(part, columns=[*MARKS, *_OTHERS])
    derived = whole(rows, tied, first)
    place = pa.array(np.arange(len(rows), dtype=np.int32))
    marks = pa.table(
        {
            "place": place,
            "ts": rows["ts"].cast(pa.int64()),
            "account": pa.array(own.account),
            "pathway": hashes(rows["pathway"].combine_chunks(), key),
            "status": pc.fill_null(rows["status"], NUMBERS["status"]),
            **{name: rows[name] for name in MARKS},
            **{name: derived[name] for name in ("conversation", "turn", "root_hash", "counted")},
        }
    ).combine_chunks()
    counted = marks.filter(marks["counted"])
    talks = talks_of(counted)
    arrays: dict[str, Any] = dict(own.arrays)
    arrays |= {name: marks[name].combine_chunks() for name in _ROWS}
    arrays["tied"] = (tied["seq"].to_numpy() - first).astype(np.int64)
    arrays |= {f"narrow_{name}": values for name, values in narrow.items()}
    arrays |= {f"talks_{name}": values for name, values in talks.items()}
    for name in _PAIRED:
        arrays |= _pairs(counted, talks, name)
    arrays |= _topics(rows, marks, talks["seq"]) | _bins(rows, marks)
    return Worked({name: _array(values) for name, values in arrays.items()})


def _same(kept: pa.Array, rows: npt.NDArray[np.int64], now: pa.Array) -> bool:
    """Whether some rows of a column are what they are now."""
    return bool(kept.take(pa.array(rows)).equals(now.cast(kept.type)))


def _array(values: Any) -> pa.Array:
    return values if isinstance(values, pa.Array) else pa.array(np.ascontiguousarray(values))


def _pairs(counted: pa.Table, talks: Columns, name: str) -> dict[str, npt.NDArray[Any]]:
    """Distinct pairs of a conversation, by its place among the talks, and a configuration that is another than that
    with which it was opened, and not 0."""
    values = counted[name].to_numpy()
    talk = np.searchsorted(talks["conversation"], counted["conversation"].to_numpy())
    there = (values != 0) & (values != talks[name][talk])
    talk, values = talk[there], values[there]
    order = np.lexsort((values, talk))
    talk, values = talk[order], values[order]
    new = np.ones(len(talk), np.bool_)
    new[1:] = (talk[1:] != talk[:-1]) | (values[1:] != values[:-1])
    return {f"{name}_talk": talk[new], f"{name}_value": values[new]}


def _topics(rows: pa.Table, marks: pa.Table, opened: npt.NDArray[Any]) -> dict[str, npt.NDArray[Any]]:
    """Topics of requests that open a conversation: the others are never looked at."""
    flags = (marks[name].to_numpy(zero_copy_only=False) for name in ("counted", "readable"))
    opening = np.logical_and(*flags) & (marks["turn"].to_numpy() == 0)
    chosen = opening.copy()
    chosen[opened] = True
    column = rows["topic"].combine_chunks()
    vectors = np.frombuffer(column.buffers()[1], np.int8).reshape(-1, WIDTH)
    places = np.flatnonzero(chosen)
    own = vectors[column.offset : column.offset + len(column)][places]
    return {"topics": own.ravel(), "topics_row": places, "topics_opening": opening[places]}


def _bins(rows: pa.Table, marks: pa.Table) -> dict[str, npt.NDArray[Any]]:
    shingles = rows["shingles"].combine_chunks()
    offsets = np.append(0, np.cumsum(pc.list_value_length(shingles).to_numpy(), dtype=np.int64))
    said = (marks[name].to_numpy() for name in ("account", "conversation"))
    held = Held(offsets, shingles.flatten().to_numpy(), *said)
    found = binned(held, marks["counted"].to_numpy(zero_copy_only=False))
    names = ("accounts", "conversations", "lengths", "bounds", "texts")
    return {"bins_shingles": found.shingles.view(np.int64)} | {f"bins_{name}": getattr(found, name) for name in names}


def own_of(part: Path, hasher: Hasher) -> Own:
    """What a part says itself, read from its rows."""
    names = [name for name in READ if name != "account_id"]
    return Own.of(pq.read_table(part, columns=["account_id", *names], read_dictionary=["account_id"]), hasher)
