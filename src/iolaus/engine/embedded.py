"""The engine that runs in this process: DuckDB, over Parquet files, with memory as a setting."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from iolaus.engine import EngineSettings, Files, Item, Work, sql_text
from iolaus.errors import InputError
from iolaus.parallel import abreast


class Embedded:
    """An :class:`iolaus.engine.Engine` in this process; spills into ``scratch``."""

    def __init__(self, settings: EngineSettings, scratch: Path) -> None:
        self._connection = duckdb.connect(":memory:")
        scratch.mkdir(parents=True, exist_ok=True)
        self.run(f"SET memory_limit='{settings.memory_mb}MB'")
        self.run(f"SET temp_directory='{sql_text(scratch)}'")
        self.run("SET preserve_insertion_order=false")
        self.run("SET TimeZone='UTC'")
        self.run("SET enable_progress_bar=false")
        if settings.threads:
            self.run(f"SET threads={settings.threads}")

    def run(self, sql: str) -> None:
        """Run a statement that returns nothing, of whatever this engine knows; the scan itself needs none."""
        with _disk():
            self._connection.execute(sql)

    def table(self, sql: str) -> pa.Table:
        """The result of a query as an Arrow table, in its order."""
        with _disk():
            return self._connection.sql(sql).to_arrow_table()

    def value(self, sql: str) -> Any:
        """The first value of a query's first row; None where there is none."""
        with _disk():
            rows = self._connection.execute(sql).fetchall()
        return rows[0][0] if rows else None

    def view(self, name: str, files: Files) -> None:
        """Give Parquet files a name."""
        paths = [files] if isinstance(files, Path | str) else files
        listed = ",".join(f"'{sql_text(path)}'" for path in paths)
        self.run(f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT * FROM read_parquet([{listed}])")

    def register(self, name: str, table: pa.Table) -> None:
        """Give an Arrow table a name."""
        self._connection.register(name, table)

    def define(self, name: str, sql: str) -> None:
        """Give a query a name; it runs wherever it is used."""
        self.run(f"CREATE OR REPLACE TEMP VIEW {name} AS {sql}")

    def keep(self, name: str, sql: str) -> None:
        """Run a query and give its rows a name."""
        self.run(f"CREATE OR REPLACE TEMP TABLE {name} AS {sql}")

    def drop(self, *names: str) -> None:
        """Forget names, and the rows of those that were kept."""
        listed = ",".join(f"'{sql_text(name)}'" for name in names)
        for kind in ("view", "table"):
            found = self.table(
                f"SELECT DISTINCT {kind}_name AS name FROM duckdb_{kind}s() WHERE {kind}_name IN ({listed})"
            )
            for name in found["name"].to_pylist():
                self.run(f"DROP {kind} {name}")

    def write(self, sql: str, path: Path, order: str = "", columns: str = "*") -> None:
        """Write these columns of a query to one zstd Parquet file, sorted by ``order``."""
        query = f"SELECT {columns} FROM ({sql}) AS result" + (f" ORDER BY {order}" if order else "")
        self.run(f"COPY ({query}) TO '{sql_text(path)}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)")

    def each(self, work: Work[Item], items: Sequence[Item]) -> Iterator[int]:
        """Do this work on every item in threads of this process, and yield the counts as they come."""
        yield from abreast(work, items)

    def close(self) -> None:
        """Give memory and scratch files back."""
        self._connection.close()


@contextlib.contextmanager
def _disk() -> Iterator[None]:
    """Turn what the engine says of a full disk, or of memory that nothing could be spilt from, into one clear line."""
    try:
        yield
    except duckdb.OutOfMemoryException:
        raise InputError("engine: out of memory. Raise engine.memory_mb, or free disk space under --out.") from None
    except duckdb.IOException as error:
        reason = str(error).splitlines()[0][:200]
        raise InputError(f"engine: {reason}. Check disk space and permissions under --out, then run again.") from None
