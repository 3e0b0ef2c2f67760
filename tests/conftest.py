"""No test writes into anybody's home: the key of every test lies in a folder of its own."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

KEY_VARIABLE = "IOLAUS_SKETCH__KEY_FILE"


@pytest.fixture(scope="session", autouse=True)
def key_file() -> Iterator[Path]:
    """A key that lasts as long as the session; commands in subprocesses find it through the environment."""
    before = os.environ.get(KEY_VARIABLE)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sketch.key"
        path.write_text("5a" * 32 + "\n", "ascii")
        os.environ[KEY_VARIABLE] = str(path)
        yield path
    if before is None:
        del os.environ[KEY_VARIABLE]
    else:
        os.environ[KEY_VARIABLE] = before
