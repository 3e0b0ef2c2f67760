"""Texts to keyed shingles and topics, straight from Arrow's buffers.

Shingles are runs of four words, and of five letters in scripts without spaces, of the folded text. A shingle
belongs to the sample where its second hash lies below ``rate`` of the space; where it lies wholly within the first
or last ``edge_words`` units of its text, below ``edge_rate``; and each text gives its ``least`` smallest hashes in
any case. Without the key nobody can tell which these are. A text too short for any shingle gives one, of the whole.
"""

from __future__ import annotations

import itertools
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from iolaus.key import Key
from iolaus.sketch.buffers import Rules, Texts, new_columns, new_scratch
from iolaus.sketch.fold import fold_table
from iolaus.sketch.hashing import seeds
from iolaus.sketch.kernel import read_rows
from iolaus.sketch.settings import SketchSettings
from iolaus.sketch.topic import BUCKETS, RARE, WIDTH

TABLE = BUCKETS
TOPIC_WIDTH = WIDTH
CHUNK_BYTES = 4 << 20
CHUNK_ROWS = 65536

Number = TypeVar("Number", bound=np.generic)


@dataclass(frozen=True)
class Sketch:
    """What is kept of n texts.

    ``offsets``: int64[n+1] into ``shingles``, keyed 64-bit hashes, distinct and ascending within a text.
    ``texts``: int64[n], keyed hash of the whole folded text, 0 where nothing is left of it.
    ``words``: int32[n], words of spaced scripts and letters of unspaced ones.
    ``topics``: int8[n, 160], the direction of a text's distinct words, of length 127, in 128 numbers, or zeros; and
    the hashes of eight of its rarest words, four bytes each, or zeros.
    ``unspaced``: float32[n], share of its letters that belong to unspaced scripts.
    """

    offsets: npt.NDArray[np.int64]
    shingles: npt.NDArray[np.int64]
    texts: npt.NDArray[np.int64]
    words: npt.NDArray[np.int32]
    topics: npt.NDArray[np.int8]
    unspaced: npt.NDArray[np.float32]


def sketch(
    texts: pa.Array | pa.ChunkedArray,
    key: Key,
    settings: SketchSettings,
    weights: npt.NDArray[np.float32] | None = None,
    threads: int = 0,
) -> Sketch:
    """Sketches each text; the same whatever ``threads`` (0: one a core) and however the array is sliced.

    ``texts``: string or binary of any width, nulls allowed, bytes that are no UTF-8 too. ``weights``:
    float32[65536] of ``topic_weights``; without them every word weighs the same. Raises TypeError for other types.
    """
    rules = _rules(key, settings, weights)
    parts = [_sketch_array(chunk, rules, threads) for chunk in plain_arrays(texts)]
    if len(parts) == 1:
        return parts[0]
    counts = [np.diff(part.offsets) for part in parts]
    return Sketch(
        offsets=_offsets(_joined(counts, np.int64)),
        shingles=_joined([part.shingles for part in parts], np.int64),
        texts=_joined([part.texts for part in parts], np.int64),
        words=_joined([part.words for part in parts], np.int32),
        topics=_joined([part.topics.ravel() for part in parts], np.int8).reshape(-1, TOPIC_WIDTH),
        unspaced=_joined([part.unspaced for part in parts], np.float32),
    )


def word_frequencies(texts: pa.Array | pa.ChunkedArray, key: Key, threads: int = 0) -> npt.NDArray[np.int64]:
    """int64[65536]: how many texts hold a word of each bucket. Sums over batches are the whole's."""
    rules = _rules(key, SketchSettings(), None)
    total = np.zeros(TABLE, np.int64)
    for chunk in plain_arrays(texts):
        buffers = arrow_buffers(chunk)

        def count(bounds: tuple[int, int], buffers: Texts = buffers) -> npt.NDArray[np.int64]:
            scratch = new_scratch(rules)
            read_rows(buffers, *bounds, new_columns(len(buffers.valid)), scratch, rules)
            return scratch.frequencies

        with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
            for part in pool.map(count, row_pieces(buffers)):
                total += part
    return total


def topic_weights(frequencies: npt.NDArray[np.int64], texts: int) -> npt.NDArray[np.float32]:
    """Smoothed inverse document frequency by bucket: ln((1 + texts) / (1 + frequency)) and never below 0."""
    weights = np.log((1.0 + texts) / (1.0 + frequencies))
    kept: npt.NDArray[np.float32] = np.maximum(weights, 0.0).astype(np.float32)
    return kept


def _rules(key: Key, settings: SketchSettings, weights: npt.NDArray[np.float32] | None) -> Rules:
    table = fold_table()
    if weights is None:
        weights = np.ones(TABLE, np.float32)
    elif weights.shape != (TABLE,):
        raise ValueError(f"topic weights have {TABLE} buckets, found shape {weights.shape}")
    limits = [_limit(settings.rate), _limit(max(settings.rate, settings.edge_rate))]
    return Rules(
        tables=(table.fold, table.expansions),
        seeds=seeds(key),
        weights=np.ascontiguousarray(weights, np.float32),
        rare=RARE if float(weights.max()) > float(weights.min()) else 0.0,
        limits=np.array(limits, np.uint64),
        edge=settings.edge_words,
        least=settings.least,
    )


def _limit(rate: float) -> int:
    return min(int(rate * 2.0**64), 2**64 - 1)


def plain_arrays(texts: pa.Array | pa.ChunkedArray) -> list[pa.Array]:
    """The chunks, each in one buffer of bytes and one of offsets. Raises TypeError where they are no strings."""
    chunks = texts.chunks if isinstance(texts, pa.ChunkedArray) else [texts]
    return [_plain(chunk) for chunk in chunks]


def _plain(array: pa.Array) -> pa.Array:
    """An array that lies in one buffer of bytes and one of offsets."""
    kind = array.type
    if pa.types.is_dictionary(kind):
        return _plain(array.dictionary_decode())
    if pa.types.is_null(kind) or pa.types.is_string_view(kind):
        return array.cast(pa.large_string())
    if pa.types.is_large_string(kind) or pa.types.is_string(kind):
        return array
    if pa.types.is_large_binary(kind) or pa.types.is_binary(kind):
        return array
    raise TypeError(f"texts are strings, found {kind}")


def arrow_buffers(array: pa.Array) -> Texts:
    """What compiled kernels read of a plain array."""
    _, offsets, data = array.buffers()
    wide = pa.types.is_large_string(array.type) or pa.types.is_large_binary(array.type)
    if len(array) == 0 or offsets is None:
        bounds = np.zeros(len(array) + 1, np.int64)
    else:
        bounds = np.frombuffer(offsets, np.int64 if wide else np.int32)
        bounds = bounds[array.offset : array.offset + len(array) + 1].astype(np.int64, copy=False)
    content = np.zeros(0, np.uint8) if data is None else np.frombuffer(data, np.uint8)
    valid = array.is_valid().to_numpy(zero_copy_only=False)
    return Texts(content, bounds, valid)


def row_pieces(texts: Texts) -> list[tuple[int, int]]:
    """Runs of rows of some megabytes each, by which threads share the work."""
    rows, bounds = len(texts.valid), [0]
    while bounds[-1] < rows:
        first = bounds[-1]
        full = int(np.searchsorted(texts.offsets, texts.offsets[first] + CHUNK_BYTES, "right")) - 1
        bounds.append(min(max(full, first + 1), first + CHUNK_ROWS, rows))
    return list(itertools.pairwise(bounds))


def _sketch_array(array: pa.Array, rules: Rules, threads: int) -> Sketch:
    texts = arrow_buffers(array)
    columns = new_columns(len(array))

    def read(bounds: tuple[int, int]) -> npt.NDArray[np.uint64]:
        found: npt.NDArray[np.uint64] = read_rows(texts, *bounds, columns, new_scratch(rules), rules)
        return found

    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        found = list(pool.map(read, row_pieces(texts)))
    return Sketch(
        offsets=_offsets(columns.counts),
        shingles=_joined([part.view(np.int64) for part in found], np.int64),
        texts=columns.texts,
        words=columns.words,
        topics=columns.topics,
        unspaced=columns.unspaced,
    )


def _offsets(counts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    offsets = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=offsets[1:])
    return offsets


def _joined(parts: list[npt.NDArray[Number]], kind: type[Number]) -> npt.NDArray[Number]:
    return np.concatenate(parts) if parts else np.zeros(0, kind)
