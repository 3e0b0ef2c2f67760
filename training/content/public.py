"""Public prompts that the model may learn from, copied in compact form.

    python -m training.content.public SOURCE_DIR

SOURCE_DIR holds ``prompts.parquet`` with columns source, use, licence, text. Sets that are for tests only stay out;
texts are cut at 4,000 characters, and the largest set is thinned. What is copied, from where and under which licence:
SOURCES.md.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import pyarrow as pa
import pyarrow.parquet as pq

COPY = Path(__file__).parent / "public.parquet"
LONGEST = 4_000
TESTS_ONLY = frozenset({"arena", "arena_hard", "leetcode", "p3"})
THINNED = {"toolformer": 4}
"""Sets of which every n-th text by checksum is kept."""


@dataclass(frozen=True)
class Prompt:
    """One text and the set that it comes from."""

    source: str
    text: str


def clean(source: str, text: str) -> str:
    """The text without the line by which one set marks every row of its own."""
    return text.removeprefix("toolformer: enabled\n") if source == "toolformer" else text


def read(path: Path = COPY) -> list[Prompt]:
    """Every prompt of a Parquet file in its order."""
    table = pq.read_table(path, columns=["source", "text"])
    return [
        Prompt(source, clean(source, text))
        for source, text in zip(table["source"].to_pylist(), table["text"].to_pylist(), strict=True)
    ]


def copy(folder: Path) -> int:
    """Write the compact copy; returns its size in bytes."""
    table = pq.read_table(folder / "prompts.parquet", columns=["source", "licence", "text"])
    rows = [
        row | {"text": clean(row["source"], row["text"])[:LONGEST]}
        for row in table.to_pylist()
        if row["source"] not in TESTS_ONLY and crc32(row["text"].encode()) % THINNED.get(row["source"], 1) == 0
    ]
    pq.write_table(pa.Table.from_pylist(rows), COPY, compression="zstd", compression_level=22)
    return COPY.stat().st_size


if __name__ == "__main__":
    copy(Path(sys.argv[1]))
