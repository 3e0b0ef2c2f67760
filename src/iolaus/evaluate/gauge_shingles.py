"""How much of what honest individuals say consists only of words that many accounts use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
from numba import njit, uint64

from iolaus.engine import sql_text
from iolaus.engine.embedded import Embedded

WORDS = 4
K = 10
INDIVIDUALS = ("individuals", "developers", "heavy_developers", "framework_users")


def common_share(engine: Embedded, world: Path, most: int = 10_000) -> tuple[float, int]:
    """Share of honest individuals' conversations all of whose word 4-grams at least ten accounts use.

    Read on at most ``most`` conversations, drawn by hash, against every prompt of the world; templates that are
    declared to be shared are not set aside, so that the figure errs to the large side. Returns it and how many
    conversations were read.
    """
    shingle, talk, count = _theirs(engine, world, most)
    if not count:
        return 0.0, 0
    wanted = np.unique(shingle)
    users = np.zeros(len(wanted), np.int64)
    number: dict[str, int] = {}
    pairs = np.zeros(0, np.int64)
    for path in sorted((world / "exchanges").glob("*.parquet")):
        for batch in pq.ParquetFile(path).iter_batches(262_144, columns=["account_id", "prompt"]):
            account = np.array([number.setdefault(a, len(number)) for a in batch["account_id"].to_pylist()])
            grams, row = grams_of(batch["prompt"])
            place = np.searchsorted(wanted, grams).clip(0, len(wanted) - 1)
            hit = (wanted[place] == grams) & (users[place] < K)
            pairs = np.unique(np.concatenate([pairs, place[hit] * (1 << 32) + account[row[hit]]]))
            users = np.bincount(pairs >> 32, minlength=len(wanted))
    rare = users[np.searchsorted(wanted, shingle)] < K
    own = np.bincount(talk[rare], minlength=count) > 0
    return float(1 - own.mean()), count


def _theirs(engine: Embedded, world: Path, most: int) -> tuple[npt.NDArray[Any], npt.NDArray[Any], int]:
    files = sql_text(world / "exchanges" / "*.parquet")
    crowds = ", ".join(f"'{name}'" for name in INDIVIDUALS)
    table = engine.table(
        f"SELECT conversation_id, prompt FROM read_parquet('{files}') WHERE length(prompt) > 0 AND conversation_id IN "
        f"(SELECT conversation_id FROM (SELECT DISTINCT conversation_id FROM read_parquet('{files}') e JOIN "
        f"truth_accounts t USING (account_id) WHERE NOT t.hostile AND t.crowd IN ({crowds}) AND length(prompt) > 0) "
        f"ORDER BY md5(conversation_id) LIMIT {most})"
    )
    names, talk = np.unique(np.array(table["conversation_id"].to_pylist(), str), return_inverse=True)
    grams, row = grams_of(table["prompt"].combine_chunks())
    return grams, talk[row] if len(row) else row, len(names)


def grams_of(texts: pa.Array) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64]]:
    """Hashes of the word 4-grams of each text, and the row of each; a shorter text is one gram."""
    plain = texts.cast(pa.large_string()).fill_null("")
    offsets = np.frombuffer(plain.buffers()[1], np.int64)[plain.offset : plain.offset + len(plain) + 1]
    data = plain.buffers()[2]
    size = int(offsets[-1]) // 2 + len(plain) + 1
    grams, row = np.empty(size, np.uint64), np.empty(size, np.int64)
    count = _grams(np.frombuffer(data, np.uint8) if data else np.zeros(1, np.uint8), offsets, grams, row)
    return grams[:count], row[:count]


@njit(cache=True, nogil=True)
def _grams(text, offsets, grams, rows):  # type: ignore[no-untyped-def]
    held = np.zeros(4, np.uint64)
    count = 0
    for row in range(len(offsets) - 1):
        words = 0
        word = uint64(0)
        for at in range(offsets[row], offsets[row + 1] + 1):
            byte = text[at] if at < offsets[row + 1] else 32
            if 65 <= byte <= 90:
                byte += 32
            if 48 <= byte <= 57:
                byte = 48
            if byte >= 128 or 97 <= byte <= 122 or byte == 48:
                word = (word ^ uint64(byte) ^ uint64(0x100)) * uint64(0x9E3779B97F4A7C15)
                word ^= word >> uint64(29)
            elif word:
                held[words % 4] = word
                words += 1
                word = uint64(0)
                if words >= 4:
                    grams[count] = _joined(held, words, 4)
                    rows[count] = row
                    count += 1
        if 0 < words < 4:
            grams[count] = _joined(held, words, words)
            rows[count] = row
            count += 1
    return count


@njit(cache=True, nogil=True)
def _joined(held, words, size):  # type: ignore[no-untyped-def]
    state = uint64(size)
    for back in range(size):
        state = (state ^ held[(words - size + back) % 4]) * uint64(0xBF58476D1CE4E5B9)
        state ^= state >> uint64(31)
    return state
