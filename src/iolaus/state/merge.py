"""Kept parts and new ones, put together as a scan of all their logs would have left its ingest and its sketch.

Everything that hangs on more than one exchange is made anew here from keyed hashes: retries, conversations, the numbers
of accounts, shared shingles. So it does not matter how the logs were cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from iolaus.engine import Engine
from iolaus.ingest.derive import derive, derived_by, rows_of
from iolaus.ingest.hashing import Hasher
from iolaus.ingest.parts import NARROW, write_narrow
from iolaus.key import Key
from iolaus.link.scored import FOLDER as SCORES
from iolaus.parallel import abreast
from iolaus.progress import Progress
from iolaus.settings import Settings
from iolaus.sketch.bins import write_binned
from iolaus.sketch.groups import Held
from iolaus.sketch.marks import HASHED, NUMBERS, hashes, write_marks
from iolaus.sketch.mask import bare
from iolaus.sketch.private import keep_private
from iolaus.sketch.run import DERIVED, number_accounts
from iolaus.sketch.uses import keep_shared
from iolaus.state.tables import KEPT_EXCHANGES
from iolaus.workspace import Workspace, renamed_into

ROWS = pa.schema(
    [
        ("seq", pa.int64()),
        ("exchange_id", pa.string()),
        ("account_id", pa.string()),
        ("pathway", pa.string()),
        ("text_state", pa.string()),
        ("prompt", pa.large_string()),
    ]
)
"""What later stages read of exchanges themselves; prompts are those of the increment, for excerpts."""

REPEATED = ["account_id", "pathway", "text_state", "script"]
"""Columns of rows and of scores whose values repeat."""

_KEPT_NARROW = ("exchange", "request", "retry_of", "given", "turn", "root", "prompt", "status", "answered")
_KEPT_MARKS = (
    *("address", "block", "asn", "network", "tools", "temperature"),
    *(name for name in HASHED.values() if name != "pathway"),
    *(name for name in NUMBERS if name != "status"),
    *("system", "text", "words", "readable"),
)

_OTHERS = ("account_id", "ts", "pathway", "status", "topic", "shingles", "script", "scores", "exchange")
"""Columns of a part from which marks, topics, shingles and scores are made, beside those that are marks."""


@dataclass(frozen=True)
class Source:
    """One part: its file, and the file of its prompts where they are at hand."""

    path: Path
    prompts: Path | None = None


def merge(
    sources: Sequence[Source], work: Workspace, settings: Settings, key: Key, engine: Engine, progress: Progress
) -> None:
    """Write ``ingest`` and ``sketch`` of ``work`` from parts. The side tables must stand in ``ingest`` already."""
    if work.finished("merged") is not None:
        return
    ingest, place = work.folder("ingest"), work.folder("sketch")
    sources = sources or [_nothing(work)]
    sizes = [rows_of(source.path) for source in sources]
    firsts = np.cumsum([0, *sizes]).tolist()
    with progress.stage("conversations") as tick:
        for name in ("exchanges", "narrow"):
            (ingest / name).mkdir(exist_ok=True)
        hasher = Hasher(key)
        for size in abreast(lambda n: _write_exchanges(sources[n], n, firsts[n], ingest, hasher), range(len(sources))):
            tick(size)
        derive(ingest, settings.ingest.retry_window_s, engine, unique=True)
    with progress.stage("kept sketches") as tick:
        accounts = number_accounts(work, engine)
        derived = derived_by(ingest / "derived.parquet", sizes)
        for name in ("marks", "topics", "shingles", SCORES):
            (place / name).mkdir(exist_ok=True)
        found = zip(range(len(sources)), (source.path for source in sources), derived, strict=True)
        for size in abreast(lambda part: _write_sketch(*part, accounts, place, key), found):
            tick(size)
    with progress.stage("shared shingles", "parts") as tick:
        keep_shared(place, len(sources), settings.sketch)
        keep_private(place, len(sources), settings.sketch)
        tick(len(sources))
    work.drop("sketch/shingles")
    work.finish("sketch", {"exchanges": sum(sizes), "accounts": len(accounts)})
    work.finish("merged")


def _nothing(work: Workspace) -> Source:
    """A part without rows: later stages want one."""
    path = work.root / "nothing.parquet"
    _write(KEPT_EXCHANGES.schema.empty_table(), path)
    return Source(path)


def _write_exchanges(source: Source, number: int, first: int, ingest: Path, hasher: Hasher) -> int:
    """The exchanges and narrow columns of one part, numbered from ``first``; returns how many there are."""
    rows = pq.read_table(source.path, columns=["ts", *ROWS.names[1:5], *_KEPT_NARROW])
    size = len(rows)
    account, exchange = _hashed(rows["account_id"], hasher), rows["exchange"].combine_chunks()
    seq = pa.array(np.arange(first, first + size))
    nothing = pa.nulls(size, pa.large_string())
    said = nothing if source.prompts is None else pq.read_table(source.prompts)["said"]
    made = {
        "seq": seq,
        "source": pa.array(np.full(size, number, np.int32)),
        "row": seq,
        "ts": rows["ts"].cast(pa.int64()),
        "account": account,
        "own": hasher.pair(account, exchange),
    }
    narrow = pa.table(
        [made.get(name, rows[name] if name in rows.column_names else None) for name in NARROW.names], NARROW
    )
    exchanges = pa.table([seq, *(rows[name] for name in ROWS.names[1:5]), said], ROWS)
    write_narrow(narrow, ingest / "narrow" / f"part-{number:05}.parquet")
    _write(exchanges, ingest / "exchanges" / f"part-{number:05}.parquet")
    return size


def _hashed(strings: pa.ChunkedArray, hasher: Hasher) -> pa.Array:
    """int64 hashes of strings, each distinct one hashed once."""
    encoded = strings.combine_chunks().dictionary_encode()
    return hasher.column(encoded.dictionary).take(encoded.indices)


def _write_sketch(number: int, path: Path, derived: pa.Table, accounts: pa.Array, place: Path, key: Key) -> int:
    """Marks, topics, shingles and scores of one part of the state; returns how many exchanges it has."""
    rows = pq.read_table(path, columns=[*_KEPT_MARKS, *_OTHERS])
    account = pc.cast(pc.index_in(rows["account_id"], value_set=accounts), pa.int32())
    marks = pa.table(
        {
            "seq": derived["seq"],
            "ts": rows["ts"].cast(pa.int64()),
            "account": account,
            "pathway": hashes(rows["pathway"].combine_chunks(), key),
            "status": pc.fill_null(rows["status"], NUMBERS["status"]),
            **{name: rows[name] for name in _KEPT_MARKS},
            **{name: derived[name] for name in DERIVED},
        }
    )
    write_marks(marks, place / "marks" / f"part-{number:05}.parquet")
    topics = rows["topic"].combine_chunks()
    vectors = np.frombuffer(topics.buffers()[1], np.int8).reshape(-1, topics.type.byte_width)
    with renamed_into(place / "topics" / f"part-{number:05}.npy") as partial, partial.open("wb") as file:
        np.save(file, vectors[topics.offset : topics.offset + len(topics)])
    shingles = rows["shingles"].combine_chunks()
    offsets = np.append(0, np.cumsum(pc.list_value_length(shingles).to_numpy(), dtype=np.int64))
    held = Held(offsets, shingles.flatten().to_numpy(), account.to_numpy(), derived["conversation"].to_numpy())
    write_binned(held, derived["counted"].to_numpy(), place / "shingles", number)
    there = pc.is_valid(rows["script"])
    asked = rows.select(["exchange", "scores"]).filter(there)
    scored = {
        "seq": derived["seq"].filter(there),
        "script": rows["script"].filter(there),
        "scores": bare(asked["scores"].combine_chunks(), asked["exchange"].combine_chunks(), Hasher(key)),
    }
    _write(pa.table(scored), place / SCORES / f"part-{number:05}.parquet")
    return len(rows)


def _write(table: pa.Table, path: Path) -> None:
    with renamed_into(path) as partial:
        pq.write_table(table, partial, compression="lz4", use_dictionary=REPEATED)
