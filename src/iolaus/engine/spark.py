"""The engine behind ``sc://host:port``: relational work on a Spark Connect server.

Server and scan exchange Parquet files on a path that both see. What the server writes is many files in no order that
all servers keep; it is put together here by the embedded engine, which spills.
"""

from __future__ import annotations

import contextlib
import logging
import pickle
import shutil
import socket
import warnings
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

import iolaus
from iolaus.engine import URL, EngineSettings, Files, Item, Work, sql_text
from iolaus.engine.answers import answering, kind_of, lost, told
from iolaus.engine.dialect import spark_sql
from iolaus.engine.embedded import Embedded
from iolaus.engine.workers import asking, build, doing
from iolaus.errors import InputError

if TYPE_CHECKING:
    from pyspark.sql.connect.session import SparkSession
    from pyspark.sql.dataframe import DataFrame

log = logging.getLogger("iolaus")

PORT = 15002
"""Where a Spark Connect server listens unless told otherwise."""

PATIENCE_S = 10.0
"""Seconds until a server that does not answer is out of reach."""

RETRIES = 6
"""Times that a call is tried again before the connection counts as lost; the last waits are ten seconds each."""

LOCAL_BYTES = 500_000
"""Size up to which an Arrow table goes with the call; a larger one, or one without rows, is a file."""

CONFIGURATION = {"spark.sql.session.timeZone": "UTC", "spark.sql.ansi.enabled": "true"}
"""What results depend on, whatever the server's own defaults are."""


class SparkConnect:
    """An :class:`iolaus.engine.Engine` on a server; what both must see for a while lies in ``scratch``."""

    def __init__(self, settings: EngineSettings, scratch: Path) -> None:
        self._place, host, port = _address(settings.url)
        _need_client()
        self._scratch = scratch.resolve() / "spark"
        shutil.rmtree(self._scratch, ignore_errors=True)
        self._scratch.mkdir(parents=True)
        self._local = Embedded(settings, scratch)
        self._made = 0
        self._kept: dict[str, Path] = {}
        _reach(self._place, host, port)
        with answering(self._place):
            self._session = _session(settings.url)
        self._probe()

    def table(self, sql: str) -> pa.Table:
        """The result of a query as an Arrow table, in its order."""
        with answering(self._place):
            return self._query(sql).toArrow()

    def value(self, sql: str) -> Any:
        """The first value of a query's first row; None where there is none."""
        found = self.table(sql)
        return found.column(0)[0].as_py() if len(found) else None

    def view(self, name: str, files: Files) -> None:
        """Give Parquet files a name."""
        paths = [files] if isinstance(files, Path | str) else files
        with answering(self._place):
            frame = self._session.read.parquet(*(str(Path(path).absolute()) for path in paths))
            frame.createOrReplaceTempView(name)

    def register(self, name: str, table: pa.Table) -> None:
        """Give an Arrow table a name."""
        if len(table) == 0 or table.nbytes > LOCAL_BYTES:
            path = self._next(name)
            path.mkdir()
            pq.write_table(table, path / "part-0.parquet")
            self._name(name, path)
            return
        with answering(self._place):
            self._session.createDataFrame(table).createOrReplaceTempView(name)

    def define(self, name: str, sql: str) -> None:
        """Give a query a name; it runs wherever it is used."""
        with answering(self._place):
            self._query(sql).createOrReplaceTempView(name)

    def keep(self, name: str, sql: str) -> None:
        """Run a query and give its rows a name: they are files that the server wrote."""
        self._name(name, self._written(name, sql))

    def drop(self, *names: str) -> None:
        """Forget names, and the files of those that were kept."""
        for name in names:
            with answering(self._place):
                self._session.sql(f"DROP VIEW IF EXISTS {name}")
            if name in self._kept:
                shutil.rmtree(self._kept.pop(name), ignore_errors=True)

    def write(self, sql: str, path: Path, order: str = "", columns: str = "*") -> None:
        """Write these columns of a query to one zstd Parquet file, sorted by ``order`` on this machine."""
        folder = self._written("written", sql)
        self._local.write(f"SELECT * FROM read_parquet('{sql_text(folder)}/*.parquet')", path, order, columns)
        shutil.rmtree(folder)

    def each(self, work: Work[Item], items: Sequence[Item]) -> Iterator[int]:
        """Do this work on every item, each in a task of the server, and yield the counts as they come.

        Where the server's workers cannot do it this process does, after a warning: nothing but speed is lost.
        """
        if not items:
            return
        sent, wanted = pickle.dumps((work.sent(), tuple(items))), build()
        reason = self._missing(sent, wanted)
        if reason:
            log.warning(
                "engine %s: texts are read by this machine alone. The server's workers cannot: %s"
                " docs/operating.md says what they need.", self._place, reason,
            )  # fmt: skip
            yield from self._local.each(work, items)
            return
        log.info("engine %s: texts are read by the server's workers, in %d tasks", self._place, len(items))
        with answering(self._place):
            tasks = self._session.range(0, len(items), 1, len(items))
            counts = tasks.mapInArrow(doing(sent, wanted), "count long")
            for row in counts.toLocalIterator():
                yield row["count"]

    def close(self) -> None:
        """End the session, and give memory and scratch files back."""
        with contextlib.suppress(Exception):
            self._session.client.set_retry_policies([])
            self._session.stop()
        self._local.close()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _missing(self, sent: bytes, wanted: str) -> str:
        """Why a worker of the server cannot do work that is sent to it so; '' where it can."""
        from pyspark.errors import PySparkException

        try:
            asked = self._session.range(0, 1, 1, 1).mapInArrow(
                asking(sent, iolaus.__version__, wanted), "reason string"
            )
            return str(asked.toArrow()["reason"][0].as_py())
        except PySparkException as error:
            if lost(error):
                raise told(self._place, error) from None
            return f"the server runs no Python of this kind ({kind_of(error)})."

    def _query(self, sql: str) -> DataFrame:
        return self._session.sql(spark_sql(sql))

    def _next(self, name: str) -> Path:
        self._made += 1
        return self._scratch / f"{name}-{self._made}"

    def _written(self, name: str, sql: str) -> Path:
        """A folder of Parquet files that the server wrote; one without rows where the result has none."""
        folder = self._next(name)
        with answering(self._place):
            frame = self._query(sql)
            frame.write.option("compression", "zstd").parquet(str(folder))
            if not any(folder.glob("*.parquet")):
                folder.mkdir(exist_ok=True)
                pq.write_table(frame.limit(0).toArrow(), folder / "none.parquet")
        return folder

    def _name(self, name: str, folder: Path) -> None:
        self.view(name, folder)
        before = self._kept.get(name)
        self._kept[name] = folder
        if before is not None:
            shutil.rmtree(before, ignore_errors=True)

    def _probe(self) -> None:
        """Refuse a server that cannot read what is written here, or whose files do not arrive here."""
        there = self._next("probe")
        there.mkdir()
        pq.write_table(pa.table({"n": [1]}), there / "part-0.parquet")
        try:
            self.view("probe", there)
            back = self._written("probe", "SELECT n + 1 AS n FROM probe")
            if pq.read_table(back)["n"].to_pylist() == [2]:
                self.drop("probe")
                return
            reason = ""
        except (InputError, OSError) as error:
            reason = f" ({error})"
        raise InputError(
            f"engine {self._place}: the server does not share {self._scratch} with this machine{reason}. Put --out on a"
            " path without *?[]{} that both see and may write, then run again."
        )


def _address(url: str) -> tuple[str, str, int]:
    """host:port as it is shown, host and port; never what follows them, which may hold a token."""
    found = URL.fullmatch(url)
    if found is None:
        raise InputError(f"engine: {url.split('/;')[0]} is no Spark Connect URL. Write sc://host:port.")
    host, port = found["host"], int(found["port"] or PORT)
    return f"{host}:{port}", host.strip("[]"), port


def _reach(place: str, host: str, port: int) -> None:
    """Raises InputError at once where nobody listens; the client itself would try for minutes."""
    try:
        socket.create_connection((host, port), PATIENCE_S).close()
    except (OSError, OverflowError) as error:
        raise InputError(
            f"engine {place}: out of reach ({error}). Start a Spark Connect server there (docs/operating.md says how),"
            " or leave --engine out."
        ) from None


def _need_client() -> None:
    """Raises InputError where the client, or something that it needs, is not installed.

    The client takes ``python -c`` for a test of its own and ends there; that is said too.
    """
    try:
        import_module("pyspark.sql.connect.session")
    except (ImportError, SystemExit) as error:
        raise InputError(
            f"engine: the Spark client is missing ({error}). Install it with pip install 'iolaus[spark]', and start"
            " iolaus by its own command."
        ) from None


def _session(url: str) -> SparkSession:
    """A new session, in which results do not depend on the server's own defaults."""
    from pyspark.sql.connect.client.retries import DefaultPolicy
    from pyspark.sql.connect.session import SparkSession

    warnings.filterwarnings("ignore", r"\[RETRIES_EXCEEDED\]")  # It is said once, as an error.
    session = SparkSession.builder.remote(url).create()
    session.client.set_retry_policies([DefaultPolicy(max_retries=RETRIES, max_backoff=10_000)])
    for name, value in CONFIGURATION.items():
        session.conf.set(name, value)
    return session
