"""What is kept of exchanges: a row each, made while their text is at hand."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from iolaus.ingest.hashing import Hasher
from iolaus.key import Key
from iolaus.link.asking import asked
from iolaus.sketch.content import ContentModel
from iolaus.sketch.given import Given
from iolaus.sketch.marks import mark
from iolaus.sketch.mask import OUTPUTS, masked
from iolaus.sketch.part import text_marks
from iolaus.sketch.settings import SketchSettings
from iolaus.sketch.shingle import sketch
from iolaus.state.tables import KEPT_EXCHANGES
from iolaus.tables import check

NARROW = ("request", "retry_of", "given", "turn", "root", "prompt", "status", "answered")
"""Columns that come as they are from the narrow columns of ingest."""


class Keeper:
    """Makes rows of :data:`KEPT_EXCHANGES` under one key, one set of settings, weights of words and a content model."""

    def __init__(
        self, key: Key, settings: SketchSettings, weights: npt.NDArray[np.float32], model: ContentModel
    ) -> None:
        self._key, self._settings, self._weights, self._model = key, settings, weights, model
        self._hasher = Hasher(key)

    def rows(
        self, part: pa.Table, narrow: pa.Table, opens: npt.NDArray[np.bool_], given: Given | None = None
    ) -> pa.Table:
        """One row an exchange, in the order of ``part``.

        part: exchanges with their texts. narrow: their narrow columns. opens: bool[n], whether a row opens a
        conversation as far as the increment shows it; of these scores are kept. given: keyed sketches of those rows
        that have them in place of texts.
        """
        found = sketch(part["prompt"], self._key, self._settings, self._weights)
        found = found if given is None else given.over(found)
        marks = mark(part, part["account_id"].combine_chunks().unique(), self._key)
        columns = {name: marks[name] for name in marks.column_names}
        columns |= text_marks(part, found, self._key, given)
        columns |= {name: part[name] for name in ("exchange_id", "account_id", "ts", "pathway", "text_state")}
        columns |= {name: narrow[name] for name in NARROW}
        columns["exchange"] = self._hasher.column(part["exchange_id"].combine_chunks())
        columns["shingles"] = pa.ListArray.from_arrays(
            pa.array(found.offsets.astype(np.int32)), pa.array(found.shingles)
        )
        columns["topic"] = _bytes(found.topics)
        columns["script"], columns["scores"] = self._asked(part, opens, columns["exchange"], given)
        schema = KEPT_EXCHANGES.schema
        kept = pa.table([_one(columns[name]).cast(schema.field(name).type) for name in schema.names], schema)
        check(kept, KEPT_EXCHANGES)
        return kept

    def _asked(
        self, part: pa.Table, opens: npt.NDArray[np.bool_], exchange: pa.Array, given: Given | None
    ) -> tuple[pa.Array, pa.Array]:
        """Script and masked scores of rows that open a conversation and have a text or a sketch; null of others."""
        prompts = part["prompt"].combine_chunks()
        wanted = np.flatnonzero(opens & prompts.is_valid().to_numpy(zero_copy_only=False))
        found = asked(prompts.take(pa.array(wanted)), self._model)
        scores = np.concatenate([found.content.intents, found.content.capability], 1)
        scripts = pa.array(found.scripts, pa.string())
        if given is not None:
            known = given.scored(self._hasher)
            places = np.searchsorted(part["seq"].to_numpy(), known["seq"].to_numpy())
            opening = opens[places]
            wanted = np.concatenate([wanted, places[opening]])
            brought = np.asarray(known["scores"].combine_chunks().flatten(), np.float32).reshape(-1, OUTPUTS)
            scores = np.concatenate([scores, brought[opening]])
            own = known["script"].combine_chunks().filter(pa.array(opening))
            scripts = pa.concat_arrays([scripts, own])
        kept = masked(scores, exchange.take(pa.array(wanted)), self._hasher)
        places = np.full(len(prompts), -1)
        places[wanted] = np.arange(len(wanted))
        rows = pa.array(places, mask=places < 0)
        return scripts.take(rows), kept.take(rows)


def _bytes(topics: npt.NDArray[np.int8]) -> pa.Array:
    """int8[n, d] as n binary values of d bytes."""
    rows, size = topics.shape
    return pa.Array.from_buffers(pa.binary(size), rows, [None, pa.py_buffer(np.ascontiguousarray(topics).tobytes())])


def _one(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
