"""What is kept of exchanges: a row each, made while their text is at hand."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from iolaus.content.matching import script
from iolaus.ingest.hashing import Hasher
from iolaus.key import Key
from iolaus.link.passages import LONGEST, ends
from iolaus.sketch.content import ContentModel
from iolaus.sketch.marks import mark
from iolaus.sketch.run import text_marks
from iolaus.sketch.settings import SketchSettings
from iolaus.sketch.shingle import sketch
from iolaus.state.mask import masked
from iolaus.state.tables import KEPT_EXCHANGES
from iolaus.tables import check

NARROW = ("request", "retry_of", "given", "turn", "root", "prompt", "status", "answered")
"""Columns that come as they are from the narrow columns of ingest."""

MASKED = ("address", "block")
"""Marks that are numbers of networks; they are kept under the key, like everything that tells who somebody is."""

BEGINNING = 400
"""Characters by which :func:`iolaus.content.matching.script` goes."""


class Keeper:
    """Makes rows of :data:`KEPT_EXCHANGES` under one key, one set of settings, weights of words and a content model."""

    def __init__(
        self, key: Key, settings: SketchSettings, weights: npt.NDArray[np.float32], model: ContentModel
    ) -> None:
        self._key, self._settings, self._weights, self._model = key, settings, weights, model
        self._hasher = Hasher(key)

    def rows(self, part: pa.Table, narrow: pa.Table, opens: npt.NDArray[np.bool_]) -> pa.Table:
        """One row an exchange, in the order of ``part``.

        part: exchanges with their texts. narrow: their narrow columns. opens: bool[n], whether a row opens a
        conversation as far as the increment shows it; of these scores are kept.
        """
        found = sketch(part["prompt"], self._key, self._settings, self._weights)
        marks = mark(part, part["account_id"].combine_chunks().unique(), self._key)
        columns = {name: marks[name] for name in marks.column_names}
        columns |= {name: self._masked(marks[name]) for name in MASKED}
        columns |= text_marks(part, found, self._key)
        columns |= {name: part[name] for name in ("exchange_id", "account_id", "ts", "pathway", "text_state")}
        columns |= {name: narrow[name] for name in NARROW}
        columns["exchange"] = self._hasher.column(part["exchange_id"].combine_chunks())
        columns["shingles"] = pa.ListArray.from_arrays(
            pa.array(found.offsets.astype(np.int32)), pa.array(found.shingles)
        )
        columns["topic"] = _bytes(found.topics)
        columns["script"], columns["scores"] = self._asked(part["prompt"].combine_chunks(), opens, columns["exchange"])
        schema = KEPT_EXCHANGES.schema
        kept = pa.table([_one(columns[name]).cast(schema.field(name).type) for name in schema.names], schema)
        check(kept, KEPT_EXCHANGES)
        return kept

    def _masked(self, numbers: pa.ChunkedArray) -> pa.Array:
        """Numbers as keyed hashes; 0 stays 0."""
        encoded = _one(numbers).dictionary_encode()
        distinct = encoded.dictionary.cast(pa.int64())
        hashes = self._hasher.pair(distinct, pa.array(np.zeros(len(distinct), np.int64)))
        return pc.if_else(pc.equal(distinct, 0), 0, hashes).take(encoded.indices)

    def _asked(self, prompts: pa.Array, opens: npt.NDArray[np.bool_], exchange: pa.Array) -> tuple[pa.Array, pa.Array]:
        """Script and masked scores of the rows that open a conversation and have a text; null of the others."""
        wanted = np.flatnonzero(opens & prompts.is_valid().to_numpy(zero_copy_only=False))
        texts = _clipped(prompts.take(pa.array(wanted)))
        found = self._model.read(texts)
        scores = np.concatenate([found.intents, found.capability], 1)
        kept = masked(scores, exchange.take(pa.array(wanted)), self._hasher)
        places = np.full(len(prompts), -1)
        places[wanted] = np.arange(len(wanted))
        rows = pa.array(places, mask=places < 0)
        return pa.array(_scripts(texts), pa.string()).take(rows), kept.take(rows)


def _clipped(texts: pa.Array) -> pa.Array:
    """What is read of each text: the whole, or beginning and end of a long one."""
    long = np.flatnonzero(np.asarray(pc.greater(pc.utf8_length(texts), LONGEST)))
    if not len(long):
        return texts
    whole = texts.to_pylist()
    for row in long.tolist():
        whole[row] = ends(whole[row])
    return pa.array(whole, pa.large_string())


def _scripts(texts: pa.Array) -> list[str]:
    """The script of each text; what begins in ASCII is Latin, and is not looked at letter by letter."""
    begins = pc.utf8_slice_codeunits(texts, 0, BEGINNING)
    plain = np.asarray(pc.string_is_ascii(begins))
    names = ["latin"] * len(texts)
    for row in np.flatnonzero(~plain).tolist():
        names[row] = script(begins[row].as_py())
    return names


def _bytes(topics: npt.NDArray[np.int8]) -> pa.Array:
    """int8[n, d] as n binary values of d bytes."""
    rows, size = topics.shape
    return pa.Array.from_buffers(pa.binary(size), rows, [None, pa.py_buffer(np.ascontiguousarray(topics).tobytes())])


def _one(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
