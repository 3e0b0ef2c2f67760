"""A Spark Connect server in this process for all tests of engines."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pysail.spark import SparkConnectServer

os.environ.setdefault("RUST_LOG", "off")


@contextmanager
def serving() -> Iterator[tuple[str, SparkConnectServer]]:
    """A server on a free port while a block runs: its URL, and the server."""
    server = SparkConnectServer("127.0.0.1", 0)
    server.start(background=True)
    host, port = server.listening_address
    try:
        yield f"sc://{host}:{port}", server
    finally:
        if server.running:
            server.stop()


@pytest.fixture(scope="session")
def url() -> Iterator[str]:
    """The URL of a server that shares this machine's files."""
    with serving() as (found, _):
        yield found
