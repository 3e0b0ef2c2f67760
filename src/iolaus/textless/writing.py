"""A file of rows without text: Parquet, or lines of JSON."""

from __future__ import annotations

import contextlib
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.parquet as pq

from iolaus.ingest.chunk import Coerced
from iolaus.ingest.parts import REPEATING
from iolaus.textless.lines import lines
from iolaus.textless.rows import SCHEMA


class Writer:
    """Writes rows as they come. Lines hold what was refused too; a Parquet file has no place for it."""

    def __init__(self, path: Path, as_lines: bool) -> None:
        self._path, self._as_lines, self._open = path, as_lines, contextlib.ExitStack()

    def __enter__(self) -> Writer:
        if self._as_lines:
            self._file = self._open.enter_context(self._path.open("wb"))
        else:
            repeating = [name for name in SCHEMA.names if name in REPEATING]
            self._table = self._open.enter_context(
                pq.ParquetWriter(self._path, SCHEMA, compression="zstd", use_dictionary=repeating)
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.__exit__(kind, error, trace)
        if error is not None:
            self._path.unlink(missing_ok=True)

    def write(self, rows: pa.Table, coerced: Coerced) -> None:
        """Write one batch. rows: of ``coerced``."""
        if self._as_lines:
            self._file.writelines(lines(rows, coerced))
        elif len(rows):
            self._table.write_table(rows)
