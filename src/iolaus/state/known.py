"""Which exchanges of an increment are kept already, so that what is given twice counts once.

An id that the log gave says it where account and time agree. One that was made from the name of the file and the row
says it only where the text agrees too: the next day's file often has the same name. Where they do not agree the new
exchange gets an id of its own, made of these, so that it too is known again; with an id of the log it is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from iolaus.engine import Engine
from iolaus.ingest.hashing import Hasher

MADE = "^x[0-9a-f]{16}-[0-9]+([.][0-9]+)?$"
"""Ids that ingest made from source and row."""


@dataclass(frozen=True)
class Known:
    """Rows of an increment by ``seq``, int64, ascending.

    seqs: those that are kept already. ids: seq -> the id of its own that a row gets. foreign: rows that bear an id that
    the log gave to another, which is kept.
    """

    seqs: npt.NDArray[np.int64]
    ids: dict[int, str]
    foreign: npt.NDArray[np.int64]


def known(ingest: Path, kept: list[Path], engine: Engine, hasher: Hasher) -> Known:
    """What is known of an increment that was ingested into the folder ``ingest``. kept: the parts of the state."""
    if not kept:
        return Known(np.zeros(0, np.int64), {}, np.zeros(0, np.int64))
    engine.view("kept_rows", kept)
    engine.view("new_rows", ingest / "exchanges" / "part-*.parquet")
    engine.view("new_narrow", ingest / "narrow" / "part-*.parquet")
    own = _own_ids(engine, hasher)
    engine.register("own_ids", own)
    # Hardly any id is kept already: of the rows of all others nothing but a hash is read.
    engine.keep(
        "met_ids",
        "SELECT DISTINCT exchange FROM kept_rows SEMI JOIN"
        " (SELECT exchange FROM new_narrow UNION ALL SELECT exchange FROM own_ids) AS asked USING (exchange)",
    )
    engine.keep(
        "kept_ids",
        "SELECT exchange, exchange_id, account_id, epoch_us(ts) AS ts, prompt FROM kept_rows"
        " SEMI JOIN met_ids USING (exchange)",
    )
    met = engine.table(f"""
        SELECT n.seq, bool_or(n.made) AS made, bool_or(n.account_id = k.account_id AND n.ts = k.ts
            AND (NOT n.made OR n.prompt IS NOT DISTINCT FROM k.prompt)) AS same
        FROM (SELECT a.seq, b.exchange, a.exchange_id, a.account_id, b.ts, b.prompt,
                regexp_matches(a.exchange_id, '{MADE}') AS made
            FROM new_rows AS a JOIN new_narrow AS b ON b.seq = a.seq) AS n
        JOIN kept_ids AS k ON k.exchange = n.exchange AND k.exchange_id = n.exchange_id
        GROUP BY n.seq ORDER BY n.seq""")
    seqs = met["seq"].to_numpy()
    same, made = (met[name].to_numpy(zero_copy_only=False).astype(bool) for name in ("same", "made"))
    again = _kept(engine)
    clashing = np.setdiff1d(seqs[~same & made], again)
    places = np.searchsorted(own["seq"].to_numpy(), clashing)
    named = dict(zip(clashing.tolist(), own["own_id"].take(pa.array(places, pa.int64())).to_pylist(), strict=True))
    engine.drop("new_rows", "new_narrow", "own_ids", "met_ids", "kept_ids", "kept_rows")
    return Known(np.union1d(seqs[same], again), named, seqs[~same & ~made])


def _own_ids(engine: Engine, hasher: Hasher) -> pa.Table:
    """seq, own_id and exchange (its hash), by seq, of every row whose id was made: with a hash of its account, time and
    text."""
    rows = engine.table(f"""
        SELECT a.seq, a.exchange_id, concat_ws('|', CAST(b.account AS STRING), CAST(b.ts AS STRING),
            CAST(coalesce(b.prompt, 0) AS STRING)) AS said
        FROM new_rows AS a JOIN new_narrow AS b ON b.seq = a.seq WHERE regexp_matches(a.exchange_id, '{MADE}')
        ORDER BY a.seq""")
    hashes = hasher.column(rows["said"].combine_chunks()).to_numpy().view(np.uint64)
    marks = pa.array([f"{value:016x}" for value in hashes.tolist()], pa.string())
    ids = pc.binary_join_element_wise(rows["exchange_id"].combine_chunks().cast(pa.string()), marks, "~")
    return pa.table({"seq": rows["seq"].combine_chunks(), "own_id": ids, "exchange": hasher.column(ids)})


def _kept(engine: Engine) -> npt.NDArray[np.int64]:
    """int64: rows whose own id is kept already."""
    found = engine.table(
        "SELECT DISTINCT o.seq FROM own_ids AS o JOIN kept_ids AS k ON k.exchange = o.exchange"
        " AND k.exchange_id = o.own_id ORDER BY o.seq"
    )
    seqs: npt.NDArray[np.int64] = found["seq"].to_numpy()
    return seqs
