"""How a part is written, wherever it is."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from iolaus.workspace import renamed_into

RANDOM = ("exchange_id", "exchange", "request", "given", "root", "prompt", "text", "topic", "shingles", "scores")
"""Columns whose values hardly ever repeat: a dictionary of them would only take room."""


def write_part(rows: pa.Table, path: Path) -> None:
    """Write rows as one file that is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    encoded = [name for name in rows.column_names if name not in RANDOM]
    with renamed_into(path) as partial:
        pq.write_table(
            rows, partial, compression="zstd", compression_level=1, use_dictionary=encoded, write_statistics=False
        )
