"""Working state of a scan: a folder of finished stages that a killed scan picks up again.

The folder is keyed by a hash of inputs and settings, so that a mismatch starts afresh. A stage is
finished when its marker stands; the marker is written last and renamed into place, so that a
kill at any moment leaves either the whole stage or a stage that will be done again.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from iolaus.errors import InputError


class Workspace:
    """One scan's working folder, ``OUT/.state/KEY``."""

    def __init__(self, root: Path, key: str) -> None:
        self.root = root / key
        self._drop_others(root)
        self.root.mkdir(parents=True, exist_ok=True)

    def _drop_others(self, root: Path) -> None:
        """Remove state of other inputs or settings: it may hold text and nobody will come back for it."""
        for other in root.iterdir() if root.is_dir() else ():
            if other != self.root and other.is_dir():
                shutil.rmtree(other)

    def folder(self, stage: str) -> Path:
        """The folder of one stage, made where it is missing."""
        place = self.root / stage
        place.mkdir(parents=True, exist_ok=True)
        return place

    def finished(self, name: str) -> dict[str, Any] | None:
        """What :meth:`finish` noted about a step, or None where it is not finished."""
        noted = marker(self.root, name)
        if not noted.exists():
            return None
        return msgspec.json.decode(noted.read_bytes(), type=dict[str, Any])

    def finish(self, name: str, note: dict[str, Any] | None = None) -> None:
        """Mark a step as finished. Its files must already stand under their final names."""
        write_atomically(marker(self.root, name), msgspec.json.encode(note or {}))

    def drop(self, stage: str) -> None:
        """Remove a stage's files; its marker stays."""
        shutil.rmtree(self.root / stage, ignore_errors=True)


NO_NOTE = b"{}"
"""What a marker holds when nothing is noted about the step."""


def marker(root: Path, name: str) -> Path:
    """The file in a working folder that says that a step is finished."""
    return root / f"{name}.done"


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with renamed_into(path) as partial:
        partial.write_bytes(content)


def write_table(table: pa.Table, path: Path) -> None:
    """Write a table as Parquet, whole or not at all."""
    with renamed_into(path) as partial:
        pq.write_table(table, partial, compression="zstd")


@contextlib.contextmanager
def renamed_into(path: Path) -> Iterator[Path]:
    """Yield a partial name beside ``path`` and rename it into place when the block ends well.

    Raises InputError where the disk is full or the folder cannot be written.
    """
    partial = path.with_name(f".{path.name}.partial")
    try:
        yield partial
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise disk_error(path, error) from error


def disk_error(path: Path, error: OSError) -> InputError:
    """The one line that a user sees when a file cannot be read or written."""
    # What Arrow could not write has its number only in words.
    if error.errno == errno.ENOSPC or os.strerror(errno.ENOSPC) in str(error):
        return InputError(f"{path.parent}: the disk is full. Free space there, or give another --out; run again.")
    reason = os.strerror(error.errno) if error.errno else type(error).__name__
    return InputError(f"{path}: {reason}. Check the path and its permissions, then run again.")
