"""What a server's workers run: the functions that ``mapInArrow`` takes there, one row of items a batch.

A function nested in another travels by value, so that it can say what is missing where this package is; all that it
calls is the worker's own, and must be the same as here.
"""

from __future__ import annotations

import hashlib
import os
import pickle
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from threading import BoundedSemaphore

import pyarrow as pa

import iolaus
from iolaus.errors import InputError
from iolaus.workspace import disk_error

Batches = Iterator[pa.RecordBatch]
Mapped = Callable[[Batches], Batches]

TURNS = BoundedSemaphore(os.cpu_count() or 1)
"""Items that one process works on at once. Spark gives a process one; Sail gives its own all that there are."""


@cache
def build() -> str:
    """Names the code and data of this installation, so that two that make the same things have the same."""
    root, found = Path(iolaus.__file__).parent, hashlib.blake2b(iolaus.__version__.encode(), digest_size=16)
    for path in sorted((*root.rglob("*.py"), *(root / "data").glob("*.npz"))):
        content = path.read_bytes()
        found.update(f"{path.relative_to(root).as_posix()} {len(content)}\n".encode())
        found.update(content)
    return found.hexdigest()


def asking(sent: bytes, version: str, wanted: str) -> Mapped:
    """A function that answers with why its worker cannot do the work; '' where it can.

    sent: a pickled :class:`iolaus.engine.Sent` and its items. version, wanted: of the package, and its :func:`build`,
    on this side.
    """

    def ask(batches: Batches) -> Batches:
        import pyarrow

        for _ in batches:
            try:
                import iolaus

                if version != iolaus.__version__:
                    reason = f"they have iolaus {iolaus.__version__}, not {version}."
                else:
                    from iolaus.engine.workers import missing

                    reason = missing(sent, wanted)
            except (ImportError, RuntimeError, OSError) as error:
                reason = f"iolaus cannot be used there, {type(error).__name__}: {error}."
            yield pyarrow.RecordBatch.from_pydict({"reason": [reason]})

    return ask


def missing(sent: bytes, wanted: str) -> str:
    """On a worker: why it cannot do the work; '' where it can."""
    if build() != wanted:
        return f"their iolaus {iolaus.__version__} is of another build than this one."
    try:
        pickle.loads(sent)[0].opened()
    except InputError as error:
        return str(error)
    return ""


def doing(sent: bytes, wanted: str) -> Mapped:
    """A function that does the work on the items whose places it is given, and answers with their counts."""

    def do(batches: Batches) -> Batches:
        from iolaus.engine.workers import counts

        return counts(batches, sent, wanted)

    return do


def counts(batches: Batches, sent: bytes, wanted: str) -> Batches:
    """On a worker: the count of each item whose place in ``sent`` it is given, in a batch of its own once it is done.

    Raises InputError where it cannot be done; what else went wrong is told by its kind alone, since servers log it.
    """
    if build() != wanted:
        raise InputError("it has another iolaus than the rest. Install the scan's on all of them, then run again.")
    for batch in batches:
        for place in batch.column(0).to_pylist():
            with TURNS:
                count = _done(sent, place)
            yield pa.RecordBatch.from_pydict({"count": pa.array([count], pa.int64())})


def _done(sent: bytes, place: int) -> int:
    work, items = pickle.loads(sent)
    item = items[place]
    try:
        count: int = work.opened()(item)
    except OSError as error:
        raise disk_error(Path(error.filename or str(item)), error) from None
    except (ValueError, TypeError, LookupError, ArithmeticError, MemoryError, RuntimeError) as error:
        raise InputError(f"{item}: {type(error).__name__}. Run again, without --engine to see more.") from None
    return count
