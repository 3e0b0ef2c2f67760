"""Where relational work runs: an embedded DuckDB; one door, so that another engine can stand behind it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field

from iolaus.errors import InputError


class EngineSettings(BaseModel):
    """Where relational work runs, and how much memory it may take. Neither changes a result."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    memory_mb: int = Field(2048, ge=256, description="memory that the embedded engine may take before it spills")
    threads: int = Field(0, ge=0, description="threads; 0 takes every core")


class Engine:
    """An embedded engine over Parquet files; spills into ``scratch``."""

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
        """Run a statement that returns nothing. Raises InputError where the disk is full or out of reach."""
        with _disk():
            self._connection.execute(sql)

    def table(self, sql: str) -> pa.Table:
        """The result of a query as an Arrow table."""
        with _disk():
            return self._connection.sql(sql).to_arrow_table()

    def value(self, sql: str) -> Any:
        """The one value of a query with one row and one column."""
        with _disk():
            rows = self._connection.execute(sql).fetchall()
        return rows[0][0] if rows else None

    def view(self, name: str, files: Path | str) -> None:
        """Give Parquet files (a path or glob) a name."""
        self.run(f"CREATE OR REPLACE VIEW {name} AS SELECT * FROM read_parquet('{sql_text(files)}')")

    def register(self, name: str, table: pa.Table) -> None:
        """Give an Arrow table a name."""
        self._connection.register(name, table)

    def write(self, sql: str, path: Path) -> None:
        """Write the result of a query to one zstd Parquet file."""
        self.run(f"COPY ({sql}) TO '{sql_text(path)}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)")

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


def sql_text(value: Path | str) -> str:
    """A path or name for use between single quotes."""
    return str(value).replace("'", "''")
