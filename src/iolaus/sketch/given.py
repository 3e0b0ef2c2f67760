"""Keyed sketches that came in place of texts: laid over what was sketched here, as if their texts had been read."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from iolaus.ingest.hashing import Hasher
from iolaus.sketch.mask import bare
from iolaus.sketch.shingle import TOPIC_WIDTH, Sketch

FOLDER = "given"
"""Folder of the sketch stage with seq, script and scores of requests that came as keyed sketches."""

SCORED = pa.schema([("seq", pa.int64()), ("script", pa.string()), ("scores", pa.list_(pa.float32(), 16))])


@dataclass(frozen=True)
class Given:
    """Keyed sketches of some of the n rows of a part. places: int64, ascending. table: SKETCHES columns and ``seq``."""

    places: npt.NDArray[np.int64]
    table: pa.Table

    @classmethod
    def of(cls, table: pa.Table | None, seqs: npt.NDArray[np.int64]) -> Given | None:
        """The sketches ``table`` of a part, for those of its rows whose numbers ``seqs`` (ascending) are left."""
        if table is None:
            return None
        left = table.filter(pa.array(np.isin(table["seq"].to_numpy(), seqs)))
        return cls(np.searchsorted(seqs, left["seq"].to_numpy()), left) if len(left) else None

    def over(self, found: Sketch) -> Sketch:
        """``found`` with these rows laid over it; a row that has a keyed sketch has no text and so nothing there."""
        counts, mine = np.diff(found.offsets), self._words("shingles", np.dtype("<i8"))
        own = np.zeros(len(counts), np.bool_)
        own[self.places] = True
        lengths = pc.fill_null(pc.binary_length(self.table["shingles"]), 0).to_numpy()
        counts[self.places] = lengths // mine.itemsize
        here = np.repeat(own, counts)
        shingles = np.empty(len(here), np.int64)
        shingles[here] = mine
        shingles[~here] = found.shingles
        texts, words, topics = found.texts.copy(), found.words.copy(), found.topics.copy()
        texts[self.places] = self.numbers("text_hash")
        words[self.places] = self.numbers("words")
        topics[self.places] = self._words("topic", np.dtype(np.int8)).reshape(-1, TOPIC_WIDTH)
        offsets = np.append(0, np.cumsum(counts))
        return replace(found, offsets=offsets, shingles=shingles, texts=texts, words=words, topics=topics)

    def numbers(self, name: str) -> npt.NDArray[np.int64]:
        """A column of hashes or counts, 0 where null."""
        found: npt.NDArray[np.int64] = pc.fill_null(self.table[name], 0).to_numpy()
        return found

    def spread(self, name: str, others: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """``others`` with the column's values in the places of these rows."""
        found = others.copy()
        found[self.places] = self.numbers(name)
        return found

    def among(self, size: int) -> pa.Array:
        """bool[size]: which rows these are."""
        own = np.zeros(size, np.bool_)
        own[self.places] = True
        return pa.array(own)

    def scored(self, hasher: Hasher) -> pa.Table:
        """seq, script and scores, without the mask, of those that had anything to read."""
        there = self.table.filter(pc.and_(pc.is_valid(self.table["scores"]), pc.is_valid(self.table["prompt_hash"])))
        masked = there["scores"].combine_chunks().cast(pa.binary(SCORED.field("scores").type.list_size * 4))
        scores = bare(masked, there["prompt_hash"].combine_chunks(), hasher)
        return pa.table([there["seq"], there["script"], scores.cast(SCORED.field("scores").type)], SCORED)

    def _words(self, name: str, kind: np.dtype[np.generic]) -> npt.NDArray[np.generic]:
        """A binary column's values one after the other, as numbers."""
        return np.frombuffer(b"".join(value or b"" for value in self.table[name].to_pylist()), kind)
