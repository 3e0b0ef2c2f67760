"""What is read of a long request: its ends, and the passages where shared words stand.

A template may stand anywhere in a request that is padded on both sides. The sketch knows the shingles of every phrase;
the request is cut into pieces, and those that hold most of them are read.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from iolaus.key import Key
from iolaus.sketch.settings import SketchSettings
from iolaus.sketch.shingle import sketch

LONGEST = 4_000
"""Characters of a request that are read."""

PIECE, OVERLAP = 800, 200
"""Characters of a piece, and how many of them the next one repeats."""

AT_ONCE = 256
"""Long requests whose pieces are sketched together."""

PIECES = 2
END = (LONGEST - PIECES * PIECE) // 2


@dataclass(frozen=True)
class SharedWords:
    """The shingles of all phrases, int64, ascending, and the key that made them."""

    key: Key
    shingles: npt.NDArray[np.int64]

    @classmethod
    def load(cls, place: Path, key: Key) -> SharedWords:
        """From the sketch's folder, after the phrases were found."""
        return cls(key, np.unique(pq.read_table(place / "phrase_shingles.parquet")["shingle"].to_numpy()))

    def clipped(self, texts: pa.ChunkedArray) -> list[str | None]:
        """Texts of at most ``LONGEST`` characters as they are; of longer ones what is worth reading."""
        found: list[str | None] = texts.to_pylist()
        long = [row for row, text in enumerate(found) if text is not None and len(text) > LONGEST]
        for first in range(0, len(long), AT_ONCE):
            rows = long[first : first + AT_ONCE]
            for row, text in zip(rows, self._passages([found[row] or "" for row in rows]), strict=True):
                found[row] = text
        return found

    def _passages(self, texts: list[str]) -> list[str]:
        """Beginning and end, and between them the pieces with the most shared words, in their order."""
        pieces = [
            [inner[first : first + PIECE] for first in range(0, len(inner), PIECE - OVERLAP)]
            for inner in (text[END:-END] for text in texts)
        ]
        flat = pa.array([piece for own in pieces for piece in own], pa.large_string())
        found = sketch(flat, self.key, SketchSettings(rate=1.0))
        shared = np.append(0, np.cumsum(np.isin(found.shingles, self.shingles)))
        held = shared[found.offsets[1:]] - shared[found.offsets[:-1]]
        ends = np.cumsum([len(own) for own in pieces])
        return [
            _read(text, own, held[end - len(own) : end]) for text, own, end in zip(texts, pieces, ends, strict=True)
        ]


def ends(text: str) -> str:
    """A text of at most ``LONGEST`` characters as it is; of a longer one its beginning and its end."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST // 2]}\n{text[-LONGEST // 2 :]}"


def _read(text: str, pieces: list[str], held: npt.NDArray[np.int64]) -> str:
    best = np.sort(np.argsort(-held, kind="stable")[:PIECES])
    chosen = [pieces[place] for place in best if held[place] > 0]
    if not chosen:
        return ends(text)
    return "\n".join([text[:END], *chosen, text[-END:]])
