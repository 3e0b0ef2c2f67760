"""Work that goes on in another account: conversations, signed reasoning and failed requests that change hands.

A conversation that an account goes on with and never began was begun by another, where all of it was asked once: each
of its turns by one account alone. So neither a first message that many write nor a link from which many go on is
handed over. A request that failed and was answered in another account within minutes is the same, where one account
alone was answered; where the other account was answered first, it is chance, and counted as such. Signed reasoning is
bound to the conversation in which it was given; that two accounts replay the same is seen, not who was given it.

Everything is SQL over narrow columns, and only what begins in the middle, failed or was replayed is joined at all.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from iolaus.engine import Engine
from iolaus.link.population import Holders

CONTINUED, REPLAYED, RETRIED = 1, 2, 3
"""Sorts of what is handed over: a conversation, signed reasoning, a request that failed."""

ANSWERED = "counted AND status < 400"
"""Requests that were answered, as far as the log tells; a status of 0 is not known."""

LIMITED = "counted AND (status = 429 OR status >= 500)"
"""Requests that the provider refused for their number or could not serve: those that are worth another try."""

_CONTINUED = f"""
    WITH begun AS (
        SELECT DISTINCT d.root_hash FROM derived AS d JOIN (SELECT seq FROM conversations WHERE turn > 0) AS c
            ON c.seq = d.seq WHERE d.root_hash IS NOT NULL
    ),
    told AS (SELECT seq, root_hash FROM derived SEMI JOIN begun USING (root_hash)),
    asked AS (
        SELECT told.root_hash AS value, m.turn AS turn, m.account AS account, m.ts AS ts, m.seq AS seq
        FROM told JOIN (SELECT * FROM marks WHERE {ANSWERED}) AS m ON m.seq = told.seq
    ),
    turns AS (SELECT value, turn, count(DISTINCT account) AS accounts FROM asked GROUP BY value, turn),
    once AS (SELECT value FROM turns GROUP BY value HAVING max(accounts) = 1 AND min(turn) = 0),
    first AS (SELECT value FROM asked GROUP BY value HAVING min_by(turn, (ts, seq)) = 0 AND count(DISTINCT account) > 1)
    SELECT DISTINCT value, account FROM asked SEMI JOIN once USING (value) SEMI JOIN first USING (value)
    ORDER BY value, account"""

_REPLAYED = """
    WITH replayed AS (SELECT reasoning_ref AS value, account FROM marks WHERE counted AND reasoning_ref <> 0),
    twice AS (SELECT value FROM replayed GROUP BY value HAVING min(account) <> max(account))
    SELECT DISTINCT value, account FROM replayed SEMI JOIN twice USING (value) ORDER BY value, account"""

_MOVED = f"""
    WITH failures AS (
        SELECT d.root_hash AS root_hash, m.turn AS turn, m.account AS account, m.ts AS ts
        FROM (SELECT * FROM marks WHERE {LIMITED}) AS m JOIN derived AS d ON d.seq = m.seq
        WHERE d.root_hash IS NOT NULL
    ),
    sought AS (SELECT DISTINCT root_hash FROM failures),
    told AS (SELECT seq, root_hash FROM derived SEMI JOIN sought USING (root_hash)),
    answers AS (
        SELECT told.root_hash AS root_hash, m.turn AS turn, min(m.account) AS account, min(m.ts) AS ts
        FROM told JOIN (SELECT * FROM marks WHERE {ANSWERED}) AS m ON m.seq = told.seq
        GROUP BY told.root_hash, m.turn HAVING count(DISTINCT m.account) = 1
    )
    SELECT f.root_hash AS value, f.account AS giver, a.account AS taker, a.ts - f.ts AS later
    FROM failures AS f JOIN answers AS a ON a.root_hash = f.root_hash AND a.turn = f.turn
    WHERE f.account <> a.account"""

_RETRIED = """
    SELECT value, giver AS account FROM moved WHERE {within}
    UNION SELECT value, taker AS account FROM moved WHERE {within} ORDER BY value, account"""


def handed_over(engine: Engine, ingest: Path, sketch: Path, minutes: int) -> dict[str, Holders]:
    """``handed``: who holds what went on in another account, by sort. ``handed_back``: what was there before it failed.

    Needs the view conversations; opens derived and marks. minutes: within which a failed request is asked elsewhere.
    """
    engine.view("derived", ingest / "derived.parquet")
    engine.view("marks", sketch / "marks" / "part-*.parquet")
    reach = minutes * 60_000_000
    engine.keep("moved", _MOVED)
    retried = engine.table(_RETRIED.format(within=f"later > 0 AND later <= {reach}"))
    before = engine.table(_RETRIED.format(within=f"later <= 0 AND later >= -{reach}"))
    engine.drop("moved")
    found = ((engine.table(_CONTINUED), CONTINUED), (engine.table(_REPLAYED), REPLAYED), (retried, RETRIED))
    return {"handed": _holders(*found), "handed_back": _holders((before, RETRIED))}


def _holders(*found: tuple[pa.Table, int]) -> Holders:
    """Pairs of value and account of some sorts; what is of two sorts counts as the first."""
    return Holders.of(
        np.concatenate([table["account"].to_numpy() for table, _ in found]).astype(np.int32),
        np.concatenate([table["value"].to_numpy() for table, _ in found]).astype(np.int64),
        np.concatenate([np.full(len(table), sort) for table, sort in found]),
    )
