"""Kept parts and new ones, put together as a scan of all their logs would have left its ingest and its sketch.

Everything that hangs on more than one exchange is made anew here from keyed hashes: retries, conversations, the numbers
of accounts, shared shingles. So it does not matter how the logs were cut.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
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
from iolaus.sketch.part import DERIVED
from iolaus.sketch.private import keep_private
from iolaus.sketch.run import number_accounts
from iolaus.sketch.uses import keep_shared
from iolaus.state.plain import DERIVED as WHOLE
from iolaus.state.plain import Ties, hashed, whole
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

_OTHERS = (
    *("account_id", "ts", "pathway", "status", "topic", "shingles", "script", "scores", "exchange"),
    *("given", "turn", "root"),
)
"""Columns of a part from which the sketch is made, beside those that are marks."""

TIED = "tied"
"""Folder of the ingest with narrow columns of exchanges that must be looked at beside others, and what is derived."""


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
        for name in ("exchanges", f"{TIED}/narrow"):
            (ingest / name).mkdir(exist_ok=True, parents=True)
        hasher = Hasher(key)
        ties = Ties.of((source.path for source in sources), hasher)
        tied = [
            *abreast(lambda n: _write_exchanges(sources[n], n, firsts[n], ties, ingest, hasher), range(len(sources)))
        ]
        derive(ingest / TIED, settings.ingest.retry_window_s, engine, ties.answering)
        tick(sum(sizes))
    with progress.stage("kept sketches") as tick:
        accounts = number_accounts(work, engine)
        derived = derived_by(ingest / TIED / "derived.parquet", tied)
        for name in ("marks", "topics", "shingles", SCORES):
            (place / name).mkdir(exist_ok=True)
        found = zip(range(len(sources)), (source.path for source in sources), firsts[:-1], derived, strict=True)
        with _derived(ingest / "derived.parquet") as out:
            for rows in abreast(lambda part: _write_sketch(*part, accounts, place, key), found):
                out.write_table(rows)
                tick(len(rows))
    with progress.stage("shared shingles", "parts") as tick:
        keep_shared(place, len(sources), settings.sketch)
        keep_private(place, len(sources), settings.sketch)
        tick(len(sources))
    work.drop("sketch/shingles")
    work.drop(f"ingest/{TIED}")
    work.finish("sketch", {"exchanges": sum(sizes), "accounts": len(accounts)})
    work.finish("merged")


def _nothing(work: Workspace) -> Source:
    """A part without rows: later stages want one."""
    path = work.root / "nothing.parquet"
    _write(KEPT_EXCHANGES.schema.empty_table(), path)
    return Source(path)


@contextlib.contextmanager
def _derived(path: Path) -> Iterator[pq.ParquetWriter]:
    """What is derived of all exchanges, which is written part by part and is there whole or not at all."""
    with (
        renamed_into(path) as partial,
        pq.ParquetWriter(partial, WHOLE, compression="lz4", use_dictionary=["turn", "counted"]) as out,
    ):
        yield out


def _write_exchanges(source: Source, number: int, first: int, ties: Ties, ingest: Path, hasher: Hasher) -> int:
    """The exchanges of one part, numbered from ``first``, and narrow columns of those that are not plain; returns how
    many these are."""
    rows = pq.read_table(source.path, columns=["ts", *ROWS.names[1:5], *_KEPT_NARROW])
    size, account = len(rows), hashed(rows["account_id"], hasher)
    seq = pa.array(np.arange(first, first + size))
    nothing = pa.nulls(size, pa.large_string())
    said = nothing if source.prompts is None else pq.read_table(source.prompts)["said"]
    exchanges = pa.table([seq, *(rows[name] for name in ROWS.names[1:5]), said], ROWS)
    _write(exchanges, ingest / "exchanges" / f"part-{number:05}.parquet")
    tied = pa.array(~ties.plain(rows, account))
    rows = rows.append_column("account", account).append_column("seq", seq).filter(tied).combine_chunks()
    account, exchange = rows["account"].combine_chunks(), rows["exchange"].combine_chunks()
    made = {
        "source": pa.array(np.full(len(rows), number, np.int32)),
        "row": rows["seq"],
        "ts": rows["ts"].cast(pa.int64()),
        "own": hasher.pair(account, exchange),
    }
    narrow = pa.table(
        [made.get(name, rows[name] if name in rows.column_names else None) for name in NARROW.names], NARROW
    )
    write_narrow(narrow, ingest / TIED / "narrow" / f"part-{number:05}.parquet")
    return len(narrow)


def _write_sketch(
    number: int, path: Path, first: int, tied: pa.Table, accounts: pa.Array, place: Path, key: Key
) -> pa.Table:
    """Marks, topics, shingles and scores of one part of the state; returns what is derived of all its exchanges.

    first: number of its first row. tied: what is derived of those that are not plain.
    """
    rows = pq.read_table(path, columns=[*_KEPT_MARKS, *_OTHERS])
    derived = whole(rows, tied, first)
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
    return derived


def _write(table: pa.Table, path: Path) -> None:
    with renamed_into(path) as partial:
        pq.write_table(table, partial, compression="lz4", use_dictionary=REPEATED)
