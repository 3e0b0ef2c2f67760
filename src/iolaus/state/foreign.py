"""Exchanges that bear the id of another one: refused like any other duplicate, so that no traffic hides in silence."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from iolaus.errors import TooManyRejectsError
from iolaus.ingest.summary import Summary
from iolaus.ingest.tally import DUPLICATE
from iolaus.tables import REJECTS
from iolaus.workspace import renamed_into, write_table

FILE = "rejects.parquet"
SHOWN = 64
"""Bytes of an id that a reject shows; of a longer one its beginning."""


def refuse(ingest: Path, foreign: npt.NDArray[np.int64], read: Summary, most: float, into: Path) -> None:
    """Write the rejects of an ingest, and the ``foreign`` rows of it, into the folder ``into``.

    foreign: int64, rows of the ingest by ``seq``. most: share of all rows. Raises TooManyRejectsError where the foreign
    ones are more; the file stands then.
    """
    if not len(foreign):
        with renamed_into(into / FILE) as partial:
            shutil.copyfile(ingest / FILE, partial)
        return
    tables = [pq.read_table(ingest / FILE).cast(REJECTS.schema)]
    for path in sorted((ingest / "exchanges").glob("part-*.parquet")):
        ids = pq.read_table(path, columns=["seq", "exchange_id"])
        chosen = pa.array(np.isin(ids["seq"].to_numpy(), foreign))
        places = pq.read_table(ingest / "narrow" / path.name, columns=["source", "row"]).filter(chosen)
        tables.append(_rejects(ids["exchange_id"].filter(chosen), places, read))
    write_table(pa.concat_tables(tables), into / FILE)
    rows = read.exchanges + sum(read.rejects.values())
    if len(foreign) > most * rows:
        raise TooManyRejectsError(
            f"{len(foreign)} of {rows} exchanges have ids of others that are kept ({DUPLICATE})."
            " See rejects.parquet in --out; --max-rejects allows more."
        )


def _rejects(ids: pa.ChunkedArray, places: pa.Table, read: Summary) -> pa.Table:
    size = len(ids)
    short = pc.less_equal(pc.binary_length(ids), SHOWN)
    names = pa.array([entry["name"] for entry in read.inputs], pa.string())
    columns = {
        "source": names.take(places["source"].combine_chunks()),
        "row": places["row"],
        "field": pa.array(["exchange_id"] * size, pa.string()),
        "value": pc.if_else(short, ids, pc.utf8_slice_codeunits(ids, 0, SHOWN // 4)),
        "reason": pa.array([DUPLICATE] * size, pa.string()),
    }
    return pa.table([columns[name] for name in REJECTS.names], REJECTS.schema)
