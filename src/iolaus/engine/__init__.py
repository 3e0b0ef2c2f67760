"""Where relational work runs: one door, behind which an embedded engine or a Spark Connect server stands.

Statements are one text for both, in words that both know; :mod:`iolaus.engine.dialect` maps the few that are spelled
differently. Tables between stages are Parquet files on a path that both sides see.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field, field_validator

URL = re.compile(r"sc://(?P<host>[^\s/:;]+|\[[0-9a-fA-F:]+\])(:(?P<port>[0-9]{1,5}))?(/.*)?")
"""A Spark Connect URL; what follows the slash (a token, say) is the client's."""


class EngineSettings(BaseModel):
    """Where relational work runs, and how much memory it may take. None changes a result."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = Field("", description="a Spark Connect server (sc://host:port); empty: the embedded engine")
    memory_mb: int = Field(2048, ge=256, description="memory that the embedded engine may take before it spills")
    threads: int = Field(0, ge=0, description="threads; 0 takes every core")

    @field_validator("url")
    @classmethod
    def _known(cls, url: str) -> str:
        if url and not URL.fullmatch(url):
            raise ValueError("no Spark Connect URL; write sc://host:port, or nothing for the embedded engine")
        return url


Files = Path | str | Sequence[Path]
"""Parquet files: a path, a glob, or several paths."""


Item = TypeVar("Item")
Taken = TypeVar("Taken", contravariant=True)


class Sent(Protocol[Taken]):
    """Work as it travels to a worker of a server: pickled, in a plan that a server may log. So it holds paths that both
    sides see and settings, never a secret and never text."""

    def opened(self) -> Callable[[Taken], int]:
        """The work again, on the worker. Raises InputError where something that it needs is missing there."""
        ...


class Work(Protocol[Taken]):
    """Makes files of an item and counts something in it. The files are the same wherever and however often that is
    done, also twice at once, and stand under their names whole or not at all."""

    def __call__(self, item: Taken, /) -> int:
        """The count."""
        ...

    def sent(self) -> Sent[Taken]:
        """What a worker is given."""
        ...


class Engine(Protocol):
    """Relational work over Parquet files and Arrow tables. Every call raises InputError for what a user can mend."""

    def table(self, sql: str) -> pa.Table:
        """The result of a query as an Arrow table, in its order."""
        ...

    def value(self, sql: str) -> Any:
        """The first value of a query's first row; None where there is none."""
        ...

    def view(self, name: str, files: Files) -> None:
        """Give Parquet files a name."""
        ...

    def register(self, name: str, table: pa.Table) -> None:
        """Give an Arrow table a name."""
        ...

    def define(self, name: str, sql: str) -> None:
        """Give a query a name; it runs wherever it is used."""
        ...

    def keep(self, name: str, sql: str) -> None:
        """Run a query and give its rows a name; they last as long as the engine or until they are dropped."""
        ...

    def drop(self, *names: str) -> None:
        """Forget names, and the rows of those that were kept. Unknown names are no error."""
        ...

    def write(self, sql: str, path: Path, order: str = "", columns: str = "*") -> None:
        """Write the rows of a query to one zstd Parquet file.

        order: over columns of the query, as ORDER BY says it. columns: those of the query that are written.
        """
        ...

    def each(self, work: Work[Item], items: Sequence[Item]) -> Iterator[int]:
        """Do this work on every item, several at once, and yield the counts as they come, in no order.

        What was made on another machine may be seen here a little later.
        """
        ...

    def close(self) -> None:
        """Give memory and scratch files back."""
        ...


def open_engine(settings: EngineSettings, scratch: Path) -> Engine:
    """The engine that the settings name, which puts what it must keep for a while into ``scratch``.

    Raises InputError where its server, or what is needed to reach it, is missing.
    """
    if settings.url:
        from iolaus.engine.spark import SparkConnect

        return SparkConnect(settings, scratch)
    from iolaus.engine.embedded import Embedded

    return Embedded(settings, scratch)


def sql_text(value: Path | str) -> str:
    """A path or name for use between single quotes."""
    return str(value).replace("'", "''")
