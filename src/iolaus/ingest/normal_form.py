"""The normal form as files for others: what ``iolaus ingest`` writes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from iolaus.ingest.parts import sketches_of, write_exchanges
from iolaus.ingest.run import STAGE
from iolaus.tables import EXCHANGES, SKETCHES
from iolaus.workspace import Workspace, renamed_into

COPIED = ("accounts.parquet", "account_events.parquet", "rejects.parquet")


def write_normal_form(work: Workspace, out: Path) -> None:
    """Write ``exchanges/*.parquet`` (conversation_id, turn, root_hash filled in, duplicates left to the rejects, keyed
    sketches kept), accounts.parquet, account_events.parquet, releases.csv and rejects.parquet under ``out``.

    Raises InputError where ``out`` cannot be written.
    """
    folder = work.folder(STAGE)
    (out / "exchanges").mkdir(parents=True, exist_ok=True)
    for old in (out / "exchanges").glob("part-*.parquet"):
        old.unlink()
    derived = _Derived(folder / "derived.parquet")
    for part in sorted((folder / "exchanges").glob("part-*.parquet")):
        filled = _filled(pq.read_table(part), derived, sketches_of(folder, part.name))
        write_exchanges(filled, out / "exchanges" / part.name)
    for name in COPIED:
        with renamed_into(out / name) as partial:
            shutil.copyfile(folder / name, partial)
    with renamed_into(out / "releases.csv") as partial:
        pa_csv.write_csv(_times_as_text(pq.read_table(folder / "releases.parquet")), partial)


class _Derived:
    """Rows of derived.parquet in step with the parts, without holding the whole."""

    def __init__(self, path: Path) -> None:
        self._batches = pq.ParquetFile(path).iter_batches()
        self._held: list[pa.RecordBatch] = []

    def next(self, rows: int) -> pa.Table:
        """The next ``rows`` rows."""
        taken: list[pa.RecordBatch] = []
        while rows:
            batch = self._held.pop() if self._held else next(self._batches)
            taken.append(batch.slice(0, rows))
            if len(batch) > rows:
                self._held.append(batch.slice(rows))
            rows -= len(taken[-1])
        return pa.Table.from_batches(taken)


def _filled(part: pa.Table, derived: _Derived, sketches: pa.Table | None) -> pa.Table:
    """The rows of a part but duplicates, with what was derived; with the columns of keyed sketches where it has any."""
    names = [*EXCHANGES.names, *(() if sketches is None else SKETCHES.names)]
    if not len(part):
        return part.select(EXCHANGES.names)
    if sketches is not None:
        rows = pc.index_in(part["seq"], value_set=sketches["seq"].combine_chunks())
        for name in SKETCHES.names:
            part = part.append_column(name, sketches[name].take(rows))
    found = derived.next(len(part))
    made = pc.binary_join_element_wise("c", found["conversation"].cast(pa.string()), "")
    given = part["conversation_id"]
    known = pc.if_else(pc.equal(given, ""), None, given)
    filled = {
        "conversation_id": pc.coalesce(known, made),
        "turn": found["turn"],
        "root_hash": found["root_hash"],
    }
    for name, column in filled.items():
        place = part.schema.get_field_index(name)
        part = part.set_column(place, EXCHANGES.schema.field(name), column)
    return part.filter(pc.invert(found["duplicate"])).select(names)


def _times_as_text(table: pa.Table) -> pa.Table:
    times = pc.strftime(table["released_at"], format="%Y-%m-%dT%H:%M:%SZ")
    return table.set_column(1, "released_at", times)
