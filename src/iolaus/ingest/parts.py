"""Parts of the normal form, in input order, and beside each the narrow columns for derivation.

A part that already stands under its name was written by a run that was killed; the input and the
settings are the same (the workspace's key says so), so it is not written again.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from iolaus.ingest.chunk import Coerced
from iolaus.ingest.hashing import Hasher
from iolaus.ingest.sketches import PLACE
from iolaus.tables import EXCHANGES, TEXT
from iolaus.workspace import renamed_into

SCHEMA = EXCHANGES.schema.append(pa.field("seq", pa.int64(), nullable=False))
"""The working parts: the exchanges table and ``seq``, 0 to N - 1 in input order."""

NARROW = pa.schema(
    [
        ("seq", pa.int64()),
        ("source", pa.int32()),
        ("row", pa.int64()),
        ("ts", pa.int64()),
        ("account", pa.int64()),
        ("exchange", pa.int64()),
        ("own", pa.int64()),
        ("request", pa.int64()),
        ("retry_of", pa.int64()),
        ("given", pa.int64()),
        ("turn", pa.int32()),
        ("root", pa.int64()),
        ("prompt", pa.int64()),
        ("status", pa.int16()),
        ("answered", pa.bool_()),
    ]
)
"""Hashes, times and flags of every exchange: all that conversations and retries are derived from."""

REPEATING = (
    *(c.name for c in EXCHANGES.columns if c.type != TEXT and c.name not in {"exchange_id", "ts", "root_hash"}),
    *("sketch", "system_hash", "words", "script"),
)
"""Columns of sketched rows whose values repeat: a dictionary of the others would only take room."""

SKETCHED = "sketches"
"""Folder of the parts' keyed sketches; a part without any has no file there."""

_TEXTS = [c.name for c in EXCHANGES.columns if c.type == TEXT]
_ENCODED = [c.name for c in EXCHANGES.columns if c.name not in {*_TEXTS, "exchange_id", "ts"}]
_MEASURED = [c.name for c in EXCHANGES.columns if c.type != TEXT] + ["seq"]


_REPEATED = ["source", "account", "turn", "status", "answered"]
"""Narrow columns whose values repeat; to look for repeats among hashes costs more than all the writing."""


def narrow(coerced: Coerced, first_seq: int, source: int, hasher: Hasher) -> pa.Table:
    """The narrow columns of accepted rows."""
    table = coerced.table.combine_chunks()
    size = len(table)

    def hashed(name: str) -> pa.Array:
        return hasher.column(_one(table[name]))

    account, exchange = hashed("account_id"), hashed("exchange_id")
    given = _one(table["conversation_id"])
    conversation = hasher.column(pc.if_else(pc.equal(given, ""), None, given))
    answered = pc.is_valid(_one(table["response"]))
    for name in ("finish_reason", "output_tokens"):
        answered = pc.or_(answered, pc.is_valid(_one(table[name])))
    prompt = hashed("prompt")
    if coerced.sketches is not None:
        prompt = pc.coalesce(prompt, _spread(coerced.sketches, "prompt_hash", size))
        answered = pc.or_(answered, pc.is_valid(_spread(coerced.sketches, "response_length", size)))
    columns = {
        "seq": pa.array(np.arange(first_seq, first_seq + size)),
        "source": pa.array(np.full(size, source, dtype=np.int32)),
        "row": pa.array(coerced.rows),
        "ts": _one(table["ts"]).cast(pa.int64()),
        "account": account,
        "exchange": exchange,
        "own": hasher.pair(account, exchange),
        "request": hashed("request_id"),
        "retry_of": hashed("retry_of"),
        "given": hasher.pair(account, conversation),
        "turn": pc.coalesce(_one(table["turn"]), coerced.context_turn),
        "root": pc.coalesce(_one(table["root_hash"]), coerced.context_root),
        "prompt": prompt,
        "status": _one(table["status"]),
        "answered": answered,
    }
    return pa.table([columns[name] for name in NARROW.names], NARROW)


def _spread(sketches: pa.Table, name: str, size: int) -> pa.Array:
    """A column of the sketches of some rows as one of all ``size`` rows; null of the others."""
    places = np.full(size, -1)
    places[sketches[PLACE].to_numpy()] = np.arange(len(sketches))
    return _one(sketches[name]).take(pa.array(places, mask=places < 0))


def sketches_of(folder: Path, part: str) -> pa.Table | None:
    """The keyed sketches of a part in the ingest's ``folder``, with the ``seq`` of each; None where it has none."""
    path = folder / SKETCHED / part
    return pq.read_table(path) if path.exists() else None


def _one(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)


class PartWriter:
    """Gathers accepted rows and writes them as ``exchanges/part-NNNNN.parquet`` and ``narrow/part-NNNNN.parquet``."""

    def __init__(self, folder: Path, part: int, seq: int, part_rows: int, part_bytes: int) -> None:
        self.part, self.seq = part, seq
        self._folder = folder
        self._part_rows, self._part_bytes = part_rows, part_bytes
        self._wide: list[pa.Table] = []
        self._narrow: list[pa.Table] = []
        self._sketches: list[pa.Table] = []
        self.pending_rows = self.pending_bytes = 0
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="ingest-parts")
        self._writing: Future[None] | None = None
        for name in ("exchanges", "narrow"):
            (folder / name).mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> PartWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(wait=True)

    def add(self, coerced: Coerced, source: int, hasher: Hasher) -> None:
        """Take accepted rows; closes the part when it is full."""
        if not len(coerced.table):
            return
        self._narrow.append(narrow(coerced, self.seq, source, hasher))
        seqs = self._narrow[-1]["seq"]
        self._wide.append(coerced.table.append_column(SCHEMA.field("seq"), seqs))
        if (given := coerced.sketches) is not None:
            own = pc.add(given[PLACE], self.seq)
            self._sketches.append(given.drop_columns([PLACE]).append_column("seq", own))
            self.pending_bytes += given.nbytes
        self.seq += len(coerced.table)
        self.pending_rows += len(coerced.table)
        self.pending_bytes += coerced.table.nbytes
        if self.pending_rows >= self._part_rows or self.pending_bytes >= self._part_bytes:
            self.flush()

    @property
    def half_full(self) -> bool:
        """Whether a part of this size is worth closing at the end of a file."""
        return self.pending_rows * 2 >= self._part_rows or self.pending_bytes * 2 >= self._part_bytes

    def flush(self) -> None:
        """Write what was gathered, in the background; the previous part stands when this returns."""
        if not self.pending_rows:
            return
        wide, thin = pa.concat_tables(self._wide), pa.concat_tables(self._narrow)
        given = pa.concat_tables(self._sketches) if self._sketches else None
        self._wide, self._narrow, self._sketches, self.pending_rows, self.pending_bytes = [], [], [], 0, 0
        self.wait()
        self._writing = self._pool.submit(self._write, wide, thin, given, f"part-{self.part:05d}.parquet")
        self.part += 1

    def wait(self) -> None:
        """Return when every part that was closed stands under its name. Raises InputError where it cannot."""
        if self._writing is not None:
            self._writing.result()
            self._writing = None

    def _write(self, wide: pa.Table, thin: pa.Table, given: pa.Table | None, name: str) -> None:
        place = self._folder / "exchanges" / name
        if place.exists():
            return
        if given is not None:
            write_sketches(given, self._folder / SKETCHED / name)
        write_narrow(thin, self._folder / "narrow" / name)
        write_exchanges(wide, place)


def write_narrow(table: pa.Table, place: Path) -> None:
    """The narrow columns of one part; they are hashes for the most part, and are read once or twice."""
    with renamed_into(place) as partial:
        pq.write_table(table, partial, compression="lz4", use_dictionary=_REPEATED)


def write_exchanges(table: pa.Table, place: Path) -> None:
    """One part: zstd level 1, dictionaries only where values repeat, no statistics over text."""
    with renamed_into(place) as partial:
        pq.write_table(
            table,
            partial,
            compression="zstd",
            compression_level=1,
            use_dictionary=[n for n in _ENCODED if n in table.schema.names],
            write_statistics=[n for n in _MEASURED if n in table.schema.names],
        )


def write_sketches(table: pa.Table, place: Path) -> None:
    """Rows with keyed sketches: dictionaries of nothing but what repeats."""
    place.parent.mkdir(exist_ok=True)
    encoded = [name for name in table.column_names if name in REPEATING]
    with renamed_into(place) as partial:
        pq.write_table(table, partial, compression="zstd", compression_level=1, use_dictionary=encoded)
