"""How rare words are, which a state learns once: texts are gone when later ones come.

The oldest whole days of the first increment teach it, as many as hold enough exchanges, and of these a keyed sample. So
it does not matter how many days come in at once, as long as the first increment holds that many.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from iolaus.key import Key
from iolaus.sketch.run import WEIGHT_ROWS
from iolaus.sketch.shingle import topic_weights, word_frequencies

DAY = 86_400_000_000
"""Microseconds of a day."""

Weights = npt.NDArray[np.float32]


def learnt(ingest: Path, left_out: npt.NDArray[np.int64], oldest: str, key: Key, rows: int = WEIGHT_ROWS) -> Weights:
    """float32[65536] from the texts of an increment.

    left_out: rows by ``seq``, ascending, that are not kept. oldest: first day (YYYY-MM-DD) that is kept. rows:
    exchanges that are enough.
    """
    chosen = _chosen(ingest, left_out, oldest, rows)
    texts: list[pa.ChunkedArray] = []
    for path in sorted((ingest / "exchanges").glob("part-*.parquet")):
        bounds = _bounds(ingest / "narrow" / path.name)
        own = chosen[(chosen >= bounds[0]) & (chosen < bounds[1])] - bounds[0]
        if len(own):
            texts.append(pq.read_table(path, columns=["prompt"])["prompt"].take(pa.array(own)))
    chunks = [chunk for column in texts for chunk in column.chunks]
    sample = pa.chunked_array(chunks, pa.large_string())
    return topic_weights(word_frequencies(sample, key), len(sample) - sample.null_count)


def _chosen(ingest: Path, left_out: npt.NDArray[np.int64], oldest: str, rows: int) -> npt.NDArray[np.int64]:
    """int64, ascending: numbers of the rows that teach."""
    narrow = pq.read_table(ingest / "narrow", columns=["seq", "ts", "exchange"])
    seq, day, mark = narrow["seq"].to_numpy(), narrow["ts"].to_numpy() // DAY, narrow["exchange"].to_numpy()
    first = int(np.datetime64(oldest, "D").astype(np.int64)) if oldest else 0
    kept = (day >= first) & ~np.isin(seq, left_out)
    seq, day, mark = seq[kept], day[kept], mark[kept]
    days, counts = np.unique(day, return_counts=True)
    last = int(np.searchsorted(np.cumsum(counts), rows))
    if last < len(days):
        among = day <= days[last]
        seq, mark = seq[among], mark[among]
    return np.sort(seq[np.argsort(mark, kind="stable")[:rows]])


def _bounds(narrow: Path) -> tuple[int, int]:
    """First number of a part, and that after its last."""
    seq = pq.read_table(narrow, columns=["seq"])["seq"]
    return (seq[0].as_py(), seq[-1].as_py() + 1) if len(seq) else (0, 0)
