"""JSON lines as they arrive: whatever has come is one batch, so that a slow stream waits for nothing and a fast one is
read many lines at a time."""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
from collections.abc import Iterator

from iolaus.ingest.records import Records, Splitter, take_line

BLOCK = 1 << 20
"""Bytes of a batch, beyond which nothing is waited for."""


def arriving(descriptor: int, longest: int) -> Iterator[Records]:
    """Batches of the JSON objects that come in line by line, each at most ``longest`` bytes, until the end."""
    with contextlib.suppress(OSError, AttributeError):  # a file, or a system without it
        fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, BLOCK)
    splitter, row = Splitter(longest), 0
    for block in _blocks(descriptor):
        batch = Records()
        for line in splitter.lines(block) if block else splitter.rest():
            row += 1
            take_line(batch, row, line)
        yield batch


def _blocks(descriptor: int) -> Iterator[bytes]:
    """What has come, never less than a byte; an empty one at the end."""
    while True:
        found = [os.read(descriptor, BLOCK)]
        size = len(found[0])
        while found[-1] and size < BLOCK and select.select([descriptor], [], [], 0)[0]:
            found.append(os.read(descriptor, BLOCK - size))
            size += len(found[-1])
        if size:
            yield b"".join(found)
        if not found[-1]:
            yield b""
            return
