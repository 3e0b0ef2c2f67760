"""How a part is written, wherever it is, and whose exchanges it holds."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
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


def accounts_of(path: Path) -> pa.Array:
    """string[n], the accounts with exchanges in a part, each once: of its dictionary no row is read as a string."""
    column = pq.read_table(path, columns=["account_id"], read_dictionary=["account_id"])["account_id"]
    used = (chunk.dictionary.take(pc.unique(chunk.indices)) for chunk in column.chunks)
    return pc.unique(pa.concat_arrays([pa.array([], pa.string()), *used]))
