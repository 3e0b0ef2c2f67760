"""Exchanges become rows without text: every other column as it is, and in place of the texts a keyed sketch."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from iolaus.errors import InputError
from iolaus.ingest.chunk import Coerced
from iolaus.ingest.hashing import Hasher
from iolaus.ingest.sketches import HASH_BYTES, STATE
from iolaus.key import Key
from iolaus.link.asking import asked
from iolaus.settings import Settings
from iolaus.sketch.content_backends import chosen
from iolaus.sketch.making import load_weights, make_of
from iolaus.sketch.marks import hashes
from iolaus.sketch.mask import masked
from iolaus.sketch.shingle import Sketch, sketch
from iolaus.tables import EXCHANGES, SKETCHES, TEXT

KEPT = tuple(column for column in EXCHANGES.columns if column.type != TEXT)
"""Columns of the exchanges that are no text."""

SCHEMA = pa.schema([(column.name, column.type) for column in (*KEPT, *SKETCHES.columns)])
"""A row without text. ``sketch`` and what follows it are null where there was no text to sketch."""


class Sketcher:
    """Sketches exchanges under one key and one set of settings. Raises InputError where these name a broken file."""

    def __init__(self, key: Key, settings: Settings) -> None:
        self._key, self._settings, self._hasher = key, settings.sketch, Hasher(key)
        self._weights, self._model = load_weights(settings.sketch.weights), chosen(settings.link.content_model)
        self.make = make_of(key, settings.sketch, settings.link.content_model, self._weights)

    def rows(self, coerced: Coerced) -> pa.Table:
        """One row of ``SCHEMA`` an accepted exchange, in order. Raises InputError for what was sketched before."""
        if coerced.sketches is not None:
            raise InputError("LOGS: hold keyed sketches already. Give the logs that hold the texts.")
        table = coerced.table.combine_chunks()
        prompt, system = _one(table["prompt"]), _one(table["system_prompt"])
        there = _there(table)
        own = self._hasher.column(prompt)
        found = sketch(prompt, self._key, self._settings, self._weights)
        script, scores = self._asked(prompt, own)
        told = {
            "sketch": pa.array([self.make.text], pa.string()).take(pa.array(np.zeros(len(table), np.int64))),
            "prompt_hash": own,
            "system_hash": pc.if_else(system.is_valid(), pa.array(hashes(system, self._key)), None),
            "text_hash": pa.array(found.texts),
            "words": pa.array(found.words),
            "response_length": pc.utf8_length(_one(table["response"])).cast(pa.int32()),
            "script": script,
            "shingles": _shingles(found),
            "topic": _topics(found.topics),
            "scores": scores,
        }
        columns = {column.name: table[column.name] for column in KEPT}
        columns |= {name: pc.if_else(there, column, None) for name, column in told.items()}
        columns["text_state"] = pc.if_else(there, STATE, table["text_state"])
        columns["turn"] = pc.coalesce(table["turn"], coerced.context_turn)
        columns["root_hash"] = pc.coalesce(table["root_hash"], coerced.context_root)
        return pa.table([columns[name] for name in SCHEMA.names], SCHEMA)

    def _asked(self, prompts: pa.Array, own: pa.Array) -> tuple[pa.Array, pa.Array]:
        """Script and masked scores of each prompt; null where there is none. own: int64[n], their hashes."""
        wanted = np.flatnonzero(prompts.is_valid().to_numpy(zero_copy_only=False))
        places = np.full(len(prompts), -1)
        places[wanted] = np.arange(len(wanted))
        rows, taken = pa.array(places, mask=places < 0), pa.array(wanted)
        found = asked(prompts.take(taken), self._model)
        scores = np.concatenate([found.content.intents, found.content.capability], 1)
        kept = masked(scores, own.take(taken), self._hasher).cast(pa.binary())
        return pa.array(found.scripts, pa.string()).take(rows), kept.take(rows)


def _there(table: pa.Table) -> pa.Array:
    """bool[n]: whether a row's text is at hand."""
    state = _one(table["text_state"])
    read = pc.is_in(state, pa.array(["present", "truncated"]))
    return pc.or_(read, pc.and_(pc.equal(state, "encrypted"), _one(table["prompt"]).is_valid()))


def _shingles(found: Sketch) -> pa.Array:
    """Each text's hashes as bytes."""
    offsets = (found.offsets * HASH_BYTES).astype(np.int32)
    buffers = [None, pa.py_buffer(offsets.tobytes()), pa.py_buffer(found.shingles.astype("<i8").tobytes())]
    return pa.Array.from_buffers(pa.binary(), len(offsets) - 1, buffers)


def _topics(topics: npt.NDArray[np.int8]) -> pa.Array:
    """int8[n, d] as n binary values of d bytes."""
    rows, size = topics.shape
    offsets = np.arange(rows + 1, dtype=np.int32) * np.int32(size)
    buffers = [None, pa.py_buffer(offsets.tobytes()), pa.py_buffer(np.ascontiguousarray(topics).tobytes())]
    return pa.Array.from_buffers(pa.binary(), rows, buffers)


def _one(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
