"""An increment: new logs become parts of the state, a day each, that wait in the working folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from iolaus.engine import Engine
from iolaus.errors import InputError
from iolaus.ingest.hashing import Hasher
from iolaus.ingest.parts import sketches_of
from iolaus.ingest.summary import Summary
from iolaus.key import Key
from iolaus.progress import Progress
from iolaus.settings import Settings
from iolaus.sketch.content_backends import chosen
from iolaus.sketch.given import Given
from iolaus.sketch.making import load_weights, make_of, refuse_foreign, weights_id
from iolaus.sketch.marks import READ
from iolaus.sketch.topic import BUCKETS
from iolaus.state.expire import oldest_kept
from iolaus.state.folder import PARTS, State
from iolaus.state.foreign import refuse
from iolaus.state.known import Known, known
from iolaus.state.manifest import Part
from iolaus.state.parts import write_part
from iolaus.state.rows import Keeper
from iolaus.state.weights import learnt
from iolaus.workspace import Workspace, renamed_into

PROMPTS = "prompts"
"""Folder beside the new parts that holds their prompts while the scan runs; it never gets into the state."""

WEIGHTS = "weights.npy"
"""Weights of words that a first increment taught."""

PART_ROWS, MOST_ROWS = 65_536, 262_144
"""Rows from which a part of one day is written, and rows of all days that wait at most."""

DAY = 86_400_000_000
"""Microseconds of a day."""


class Increment(msgspec.Struct, kw_only=True):
    """What new logs add: their parts, the first day that is kept, and what was left out.

    again: exchanges that are kept already; old: exchanges before the first day, new and kept ones; foreign: new ones
    that bear an id that the log gave to another.
    """

    parts: list[Part]
    oldest: str
    again: int = 0
    old: int = 0
    foreign: int = 0


@dataclass
class _Waiting:
    """Rows that wait for their part to be full, by day: kept rows, and a column of prompts."""

    folder: Path
    number: int
    rows: dict[str, list[pa.Table]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    parts: list[Part] = field(default_factory=list)

    def add(self, day: str, rows: pa.Table) -> None:
        """Take rows of one day; the last column is the prompt."""
        self.rows.setdefault(day, []).append(rows)
        self.counts[day] += len(rows)
        if self.counts[day] >= PART_ROWS:
            self.flush(day)
        elif self.counts.total() >= MOST_ROWS:
            for waiting in sorted(self.rows):
                self.flush(waiting)

    def flush(self, day: str) -> None:
        """Write what waits of a day as one part."""
        rows = pa.concat_tables(self.rows.pop(day))
        file = f"{PARTS}/{day}/{self.number:06}-{len(self.parts):05}.parquet"
        for name, table in ((file, rows.drop_columns(["said"])), (f"{PROMPTS}/{file}", rows.select(["said"]))):
            write_part(table, self.folder / name)
        self.parts.append(Part(file=file, day=day, increment=self.number, rows=self.counts.pop(day)))


def prepare(
    state: State, new: Workspace, read: Summary, settings: Settings, key: Key, engine: Engine, progress: Progress
) -> Increment:
    """Write the parts of an increment that was ingested into ``new``, and its rejects. Done once; resumes as a whole.

    Raises TooManyRejectsError where too many exchanges bear ids of others.
    """
    done = new.finished("parts")
    if done is not None:
        return msgspec.convert(done, Increment)
    ingest = new.folder("ingest")
    number = state.manifest.increments + 1
    again = known(ingest, [state.place / part.file for part in state.manifest.parts], engine, Hasher(key))
    refuse(ingest, again.foreign, read, settings.ingest.max_rejects, new.root)
    opens = _opening_rows(ingest, engine)
    dropped = np.unique(np.concatenate([again.seqs, again.foreign, _duplicates(ingest)]))
    days = _days(ingest, dropped)
    oldest = oldest_kept(state.manifest.days + days, settings.state)
    weights = state.weights()
    if weights is None:
        weights = _first_weights(ingest, dropped, oldest, settings, key, read)
        with renamed_into(new.root / WEIGHTS) as partial, partial.open("wb") as file:
            np.save(file, weights)
    _refuse_other_weights(settings, weights, state)
    refuse_foreign(read.makes, make_of(key, settings.sketch, settings.link.content_model, weights))
    keeper = Keeper(key, settings.sketch, weights, chosen(settings.link.content_model))
    waiting = _Waiting(new.root, number)
    with progress.stage("sketch") as tick:
        for part, narrow, given in _parts(ingest):
            for day, rows in _kept(part, narrow, given, keeper, opens, dropped, again, oldest):
                waiting.add(day, rows)
            tick(len(part))
        for day in sorted(waiting.rows):
            waiting.flush(day)
    old = sum(count for day, count in (state.manifest.days + days).items() if day < oldest)
    found = Increment(parts=waiting.parts, oldest=oldest, again=len(again.seqs), old=old, foreign=len(again.foreign))
    new.finish("parts", msgspec.to_builtins(found))
    return found


def _kept(
    part: pa.Table,
    narrow: pa.Table,
    given: pa.Table | None,
    keeper: Keeper,
    opens: npt.NDArray[np.int64],
    dropped: npt.NDArray[np.int64],
    again: Known,
    oldest: str,
) -> Iterator[tuple[str, pa.Table]]:
    """Day, and its rows with their prompts, of what is to be kept of one part of the ingest."""
    days = _day_names(narrow["ts"].to_numpy())
    kept = ~_among(part["seq"].to_numpy(), dropped) & (days >= oldest)
    part, narrow, days = part.filter(pa.array(kept)), narrow.filter(pa.array(kept)), days[kept]
    if not len(part):
        return
    seqs = part["seq"].to_numpy()
    if again.ids:
        ids = [
            again.ids.get(seq, name) for seq, name in zip(seqs.tolist(), part["exchange_id"].to_pylist(), strict=True)
        ]
        part = part.set_column(part.schema.get_field_index("exchange_id"), "exchange_id", pa.array(ids, pa.string()))
    sketches = Given.of(given, seqs)
    rows = keeper.rows(part, narrow, _among(seqs, opens), sketches).append_column("said", part["prompt"])
    for day in np.unique(days).tolist():
        yield day, rows.filter(pa.array(days == day))


def _first_weights(
    ingest: Path, dropped: npt.NDArray[np.int64], oldest: str, settings: Settings, key: Key, read: Summary
) -> npt.NDArray[np.float32]:
    """float32[65536]: the weights of words that a new state keeps, see :func:`iolaus.sketch.run.chosen_weights`."""
    if settings.sketch.weights is None and not read.makes:
        return learnt(ingest, dropped, oldest, key)
    given = load_weights(settings.sketch.weights)
    return np.ones(BUCKETS, np.float32) if given is None else given


def _refuse_other_weights(settings: Settings, kept: npt.NDArray[np.float32], state: State) -> None:
    """Raise InputError where the weights that are set are not those of the state, on which all its topics rest."""
    path = settings.sketch.weights
    if path is not None and weights_id(load_weights(path)) != weights_id(kept):
        own = state.manifest.tables.get("weights")
        raise InputError(
            f"{path}: not the weights of words that {state.place} was begun with."
            f" Set sketch.weights to {state.place / own if own else 'these'}, or begin another with --state."
        )


def _parts(ingest: Path) -> Iterator[tuple[pa.Table, pa.Table, pa.Table | None]]:
    """Parts of the normal form, their narrow columns, and their keyed sketches where there are any."""
    for path in sorted((ingest / "exchanges").glob("part-*.parquet")):
        columns = [*READ, "system_prompt", "prompt"]
        narrow = pq.read_table(ingest / "narrow" / path.name)
        yield pq.read_table(path, columns=columns), narrow, sketches_of(ingest, path.name)


def _opening_rows(ingest: Path, engine: Engine) -> npt.NDArray[np.int64]:
    """int64, ascending: rows that come first of their conversation, in the increment."""
    engine.view("derived", ingest / "derived.parquet")
    engine.view("narrow", ingest / "narrow" / "part-*.parquet")
    found = engine.table(
        "SELECT seq FROM (SELECT d.seq, row_number() OVER (PARTITION BY d.conversation ORDER BY d.turn, n.ts, d.seq)"
        " AS place FROM derived AS d JOIN narrow AS n ON n.seq = d.seq WHERE d.counted) AS placed"
        " WHERE place = 1 ORDER BY seq"
    )
    seqs: npt.NDArray[np.int64] = found["seq"].to_numpy()
    return seqs


def _duplicates(ingest: Path) -> npt.NDArray[np.int64]:
    derived = pq.read_table(ingest / "derived.parquet", columns=["seq", "duplicate"])
    seqs: npt.NDArray[np.int64] = derived.filter(pc.field("duplicate"))["seq"].to_numpy()
    return seqs


def _days(ingest: Path, dropped: npt.NDArray[np.int64]) -> Counter[str]:
    """Rows of the increment by UTC day, without the ``dropped``."""
    counted: Counter[str] = Counter()
    for path in sorted((ingest / "narrow").glob("part-*.parquet")):
        rows = pq.read_table(path, columns=["seq", "ts"])
        days, counts = np.unique(
            rows["ts"].to_numpy()[~np.isin(rows["seq"].to_numpy(), dropped)] // DAY, return_counts=True
        )
        counted.update(dict(zip(_day_names(days * DAY).tolist(), counts.tolist(), strict=True)))
    return counted


def _among(seqs: npt.NDArray[np.int64], chosen: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """bool[n]: which of the ascending ``seqs`` stand among the ascending ``chosen``."""
    if not len(seqs):
        return np.zeros(0, np.bool_)
    low, high = np.searchsorted(chosen, [seqs[0], seqs[-1] + 1])
    return np.isin(seqs, chosen[low:high])


def _day_names(times: npt.NDArray[np.int64]) -> npt.NDArray[np.str_]:
    """YYYY-MM-DD of times in microseconds."""
    distinct, places = np.unique(times // DAY, return_inverse=True)
    return np.datetime_as_string(distinct.astype("datetime64[D]"), unit="D").astype("<U10")[places]
