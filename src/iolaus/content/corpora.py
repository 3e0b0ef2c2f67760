"""Reads a corpus of texts from a file: JSONL, CSV, Parquet, or plain text with an item a line."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.json
import pyarrow.parquet

from iolaus.errors import InputError
from iolaus.tables import closest
from iolaus.workspace import disk_error

COLUMNS = ("text", "prompt", "question", "instruction", "problem", "input")
"""Columns that are tried, in this order, where none is named."""


def read(path: Path, column: str | None) -> list[str]:
    """Every text of the corpus. Raises InputError that names the file, and its columns where none is fit."""
    try:
        if path.suffix == ".txt":
            return [line for line in path.read_text("utf-8").splitlines() if line.strip()]
        table = _table(path)
    except OSError as error:
        raise disk_error(path, error) from error
    except (pa.ArrowInvalid, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read ({error}). Give JSONL, CSV, Parquet or a .txt file.") from None
    wanted = column or next((name for name in COLUMNS if name in table.column_names), "text")
    if wanted not in table.column_names:
        raise InputError(
            f"{path}: no column '{wanted}'.{closest(wanted, table.column_names)} Name one with --column; it has"
            f" {', '.join(table.column_names)}."
        )
    return [str(text) for text in table[wanted].to_pylist() if text]


def _table(path: Path) -> pa.Table:
    if path.suffix in (".jsonl", ".json", ".ndjson"):
        return pyarrow.json.read_json(path)
    if path.suffix == ".csv":
        return pyarrow.csv.read_csv(path)
    return pyarrow.parquet.read_table(path)
