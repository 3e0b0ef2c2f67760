"""Conversations as far as one part shows them, and what they are when all parts are put together.

Of a conversation sums, largest values and the request that opened it are kept. All of these can be put together from
parts, so that nothing but the few conversations that go on from one part to the next is looked at twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from iolaus.fingerprint.conversations import SCHEMA

Numbers = npt.NDArray[np.int64]
Columns = dict[str, npt.NDArray[np.generic]]

SUMMED = ("exchanges", "output_tokens", "input_tokens", "reasoning_tokens")
LARGEST = ("readable", "top_logprobs", "answers", "ended")
"""Columns that speak of all requests of a conversation; the others are of the one that opened it."""

OPENING = tuple(name for name in SCHEMA.names if name not in {*SUMMED, *LARGEST, "account", "seq", "conversation"})
"""Columns of the request that opened it."""


def talks_of(rows: pa.Table) -> Columns:
    """Conversations of the counted rows of a part, each once, by columns of :data:`SCHEMA`.

    rows: marks of those rows, with ``place``, their row in the part. ``seq`` of the result is such a place.
    """
    said = rows["conversation"].to_numpy()
    order = np.lexsort(tuple(rows[name].to_numpy() for name in ("place", "ts", "turn", "conversation")))
    first = np.flatnonzero(_new(said[order]))
    opened = order[first]
    found: Columns = {"conversation": said[opened], "seq": rows["place"].to_numpy()[opened]}
    marks = {name: rows[name].to_numpy(zero_copy_only=False) for name in rows.column_names}
    degrees = marks["temperature"].astype(np.float64) * 1000
    marks["temperature_milli"] = np.trunc(degrees + np.copysign(0.5, degrees)).astype(np.int32)
    marks |= {"ended": marks["ts"], "answers": marks["n"], "exchanges": np.ones(len(rows), np.int64)}
    for name in ("account", *OPENING):
        found[name] = marks[name][opened]
    for name in SUMMED:
        found[name] = _sums(np.maximum(marks[name][order].astype(np.int64), 0), first)
    for name in LARGEST:
        found[name] = _largest(marks[name][order], first)
    return found


def together(parts: Sequence[Mapping[str, npt.NDArray[np.generic]]]) -> pa.Table:
    """All conversations (:data:`SCHEMA`) by account, ts, conversation. parts: of :func:`talks_of`, with ``account`` and
    ``seq`` as they are over all parts."""
    columns = {name: np.concatenate([part[name] for part in parts]) for name in SCHEMA.names}
    kept = _joined(columns)
    keys = tuple(columns[name][kept] for name in ("conversation", "ts", "account"))
    order = kept[np.lexsort(keys)]
    # Each column is let go as soon as it is put in order.
    arrays = [pa.array(columns.pop(name)[order]).cast(SCHEMA.field(name).type) for name in SCHEMA.names]
    return pa.table(arrays, SCHEMA)


def _joined(columns: Columns) -> Numbers:
    """int64: one row of each conversation, its opener, on which sums and largest values of all its rows are put."""
    said = columns["conversation"]
    order = np.argsort(said, kind="stable")
    again = ~_new(said[order])
    split = again.copy()
    split[:-1] |= again[1:]
    some = order[split]
    order = some[np.lexsort(tuple(columns[name][some] for name in ("seq", "ts", "turn", "conversation")))]
    first = np.flatnonzero(_new(said[order]))
    opened = order[first]
    for name in SUMMED:
        columns[name][opened] = _sums(columns[name][order], first)
    for name in LARGEST:
        columns[name][opened] = _largest(columns[name][order], first)
    kept = np.ones(len(said), np.bool_)
    kept[order] = False
    kept[opened] = True
    return np.flatnonzero(kept)


def _new(values: npt.NDArray[np.generic]) -> npt.NDArray[np.bool_]:
    """bool[n], where a value is another than that before it."""
    found = np.ones(len(values), np.bool_)
    found[1:] = values[1:] != values[:-1]
    return found


def _sums(values: npt.NDArray[np.generic], first: Numbers) -> npt.NDArray[np.generic]:
    return np.add.reduceat(values, first) if len(first) else values[:0]


def _largest(values: npt.NDArray[np.generic], first: Numbers) -> npt.NDArray[np.generic]:
    return np.maximum.reduceat(values, first) if len(first) else values[:0]
