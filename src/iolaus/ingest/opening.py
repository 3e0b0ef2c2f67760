"""Bytes of a file, plain, gzip or zstd, told apart by what they begin with."""

from __future__ import annotations

import contextlib
import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, Protocol

import pyarrow as pa

from iolaus.errors import InputError
from iolaus.workspace import disk_error

BLOCK = 4_194_304

Container = Literal["parquet", "json", "csv"]


class Stream(Protocol):
    """Something to read bytes from."""

    def read(self, size: int, /) -> bytes:
        """Up to ``size`` bytes; none at the end."""
        ...


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Stream]:
    """A stream of the decompressed bytes of ``path``, without a byte-order mark.

    Raises InputError where the file cannot be read or its compressed data are damaged.
    """
    try:
        with contextlib.ExitStack() as stack:
            head = stack.enter_context(path.open("rb")).read(4)
            stream: Stream
            if head.startswith(b"\x1f\x8b"):
                stream = stack.enter_context(gzip.open(path, "rb"))
            elif head.startswith(b"\x28\xb5\x2f\xfd"):
                raw = stack.enter_context(pa.OSFile(str(path), "rb"))
                stream = stack.enter_context(pa.CompressedInputStream(raw, "zstd"))
            else:
                stream = stack.enter_context(path.open("rb"))
            yield stream
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise damaged(path) from error
    except OSError as error:
        if error.errno is None:  # how Arrow tells damaged zstd data
            raise damaged(path) from error
        raise disk_error(path, error) from error


def damaged(path: Path) -> InputError:
    """The line that a user sees where a file ends early or is broken."""
    return InputError(f"{path}: the data are cut off or damaged. Restore the file, or cut it there; run again.")


def container(path: Path) -> Container:
    """Parquet, JSON or CSV, from the first bytes, else from the name. Raises InputError where it cannot be read."""
    with opened(path) as stream:
        head = stream.read(65_536)
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(f"{path}: UTF-16 text. Convert the file to UTF-8, then run again.")
    named = {s.lower() for s in path.suffixes[-2:]}
    if named & {".csv", ".tsv"}:
        return "csv"
    if named & {".jsonl", ".ndjson", ".json"} or head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"["):
        return "json"
    return "csv" if b"," in head.split(b"\n", 1)[0] else "json"
