"""A Spark Connect server as the engine: what a user is told when it cannot be one."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from iolaus.engine import EngineSettings, open_engine, spark
from iolaus.errors import InputError
from iolaus.settings import load

from .conftest import serving


def test_a_wrong_url_is_refused_with_the_right_form() -> None:
    for wrong in ("spark://host:7077", "sc://", "sc://host:port", "host:15002"):
        with pytest.raises(InputError, match=r"url.*write sc://host:port"):
            load(None, {"engine": {"url": wrong}})
    for right in ("sc://host", "sc://10.0.0.1:15002", "sc://[::1]:15002/;token=x"):
        assert load(None, {"engine": {"url": right}}).engine.url == right


def test_where_nobody_listens_that_is_said_at_once(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        settings = EngineSettings(url=f"sc://127.0.0.1:{port}/;token=secret")
        with pytest.raises(InputError, match=rf"engine 127\.0\.0\.1:{port}: out of reach.*operating\.md") as told:
            open_engine(settings, tmp_path)
    assert "secret" not in str(told.value)


def test_a_missing_client_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    def missing(name: str) -> object:
        raise ModuleNotFoundError("No module named 'pyspark'")

    monkeypatch.setattr(spark, "import_module", missing)
    with pytest.raises(InputError, match=r"No module named 'pyspark'.*iolaus\[spark\]"):
        open_engine(EngineSettings(url=url), tmp_path)


def test_a_server_that_cannot_see_the_files_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    def elsewhere(self: spark.SparkConnect, name: str, files: Path) -> None:
        view(self, name, Path("/not/shared") / files.name)

    view = spark.SparkConnect.view
    monkeypatch.setattr(spark.SparkConnect, "view", elsewhere)
    with pytest.raises(InputError, match=r"does not share .* with this machine.*Put --out on a path"):
        open_engine(EngineSettings(url=url), tmp_path)


def test_a_refused_statement_quotes_no_values(tmp_path: Path, url: str) -> None:
    engine = open_engine(EngineSettings(url=url), tmp_path)
    with pytest.raises(InputError, match="refused a statement") as told:
        engine.table("SELECT CAST(s AS INT) AS n FROM (SELECT 'nobody''s text' AS s)")
    assert "nobody" not in str(told.value)
    engine.close()


def test_a_lost_connection_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spark, "RETRIES", 1)
    with serving() as (url, server):
        engine = open_engine(EngineSettings(url=url), tmp_path)
        server.stop()
        with pytest.raises(InputError, match="the connection was lost"):
            engine.value("SELECT 1 AS n")
        engine.close()


def test_nothing_is_left_behind(tmp_path: Path, url: str) -> None:
    engine = open_engine(EngineSettings(url=url), tmp_path)
    engine.keep("one", "SELECT 1 AS n")
    assert list(tmp_path.rglob("*.parquet"))
    engine.close()
    assert not list(tmp_path.rglob("*.parquet"))
