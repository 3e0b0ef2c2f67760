"""Conversations, turns, retries and duplicates: SQL over the narrow columns of every exchange.

Duplicates go first (the first of an id in input order wins). Then what is one request: equal request ids within
an account, ``retry_of``, or the same text again soon after a failure; its last success is counted, else its first
attempt. A client that sends one id with differing texts or turns has sent different requests: an id alone must not
make traffic disappear. Conversations are made of counted requests, and the other attempts take theirs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from iolaus.engine import Engine

FAILED = 400
"""Least HTTP status of a request that was not answered."""


def derive(folder: Path, retry_window_s: int, engine: Engine, answering: pa.Table | None = None) -> None:
    """Write ``derived.parquet`` from ``narrow/`` and ``exchanges/``: seq, conversation, turn, root_hash, counted,
    duplicate, a row an exchange in order of seq.

    answering: account and whether it was seen to be answered, where others than these exchanges tell; of these no id
    occurs twice then, as in a state.
    """
    engine.view("narrow", folder / "narrow" / "*.parquet")
    _duplicates(folder, engine, answering is not None)
    _answering(engine, answering)
    _attempts(retry_window_s, engine)
    _conversations(engine)
    engine.write(_DERIVED, folder / "derived.parquet", order="seq")
    engine.drop("spoken", "incomplete", "counted", "superseded", "attempts", "live", "once", "answering")
    engine.drop("duplicates", "grouped", "exchange_rows", "narrow")


def derived_by(path: Path, sizes: Sequence[int]) -> Iterator[pa.Table]:
    """The rows of ``derived.parquet`` in runs of these sizes, which add up to all of them; one is held."""
    with pq.ParquetFile(path) as file:
        batches = file.iter_batches()
        rest = file.schema_arrow.empty_table()
        for size in sizes:
            while len(rest) < size:
                rest = pa.concat_tables([rest, pa.Table.from_batches([next(batches)])])
            yield rest.slice(0, size).combine_chunks()
            rest = rest.slice(size)


def derived_at(path: Path, first: int, size: int, columns: Sequence[str]) -> pa.Table:
    """These columns of ``size`` rows of ``derived.parquet`` from row ``first`` on."""
    with pq.ParquetFile(path) as file:
        counts = [file.metadata.row_group(group).num_rows for group in range(file.metadata.num_row_groups)]
        ends = np.cumsum(counts)
        groups = np.flatnonzero((ends > first) & (ends - counts < first + size)).tolist()
        before = int(ends[groups[0]]) - counts[groups[0]] if groups else 0
        found = file.read_row_groups(groups, columns=list(columns))
    return found.slice(first - before, size).combine_chunks()


def rows_of(path: Path) -> int:
    """How many rows a Parquet file has."""
    return int(pq.read_metadata(path).num_rows)


def _duplicates(folder: Path, engine: Engine, unique: bool) -> None:
    """``duplicates``, and ``once``: all other rows."""
    if unique:
        engine.register("duplicates", pa.table({"seq": pa.array([], pa.int64())}))
    else:
        engine.view("exchange_rows", folder / "exchanges" / "*.parquet")
        engine.keep(
            "duplicates",
            """
            WITH twice AS (SELECT exchange FROM narrow GROUP BY exchange HAVING count(*) > 1),
            suspects AS (SELECT seq FROM narrow SEMI JOIN twice USING (exchange)),
            named AS (SELECT seq, exchange_id FROM exchange_rows SEMI JOIN suspects USING (seq))
            SELECT seq FROM (SELECT seq, min(seq) OVER (PARTITION BY exchange_id) AS first FROM named) AS numbered
            WHERE seq > first""",
        )
    engine.define("once", "SELECT * FROM narrow ANTI JOIN duplicates USING (seq)")


def _answering(engine: Engine, told: pa.Table | None) -> None:
    """``live``: all but duplicates, with whether they failed."""
    # An account that is seen to be answered makes the lack of an answer a failure; else answers are not kept.
    if told is None:
        engine.keep("answering", "SELECT account, bool_or(answered) AS seen FROM narrow GROUP BY account")
    else:
        engine.register("answering", told)
    engine.define(
        "live",
        f"""
        SELECT n.*, coalesce(n.status >= {FAILED}, NOT n.answered AND a.seen) AS failed
        FROM once AS n JOIN answering AS a ON a.account = n.account""",
    )


def _attempts(retry_window_s: int, engine: Engine) -> None:
    """``attempts``: seq, request (label of what is one request), counted."""
    edges = engine.table(_EDGES.format(window=retry_window_s * 1_000_000))
    first, second = (edges[name].to_numpy() for name in ("a", "b"))
    seqs, places = np.unique(np.concatenate((first, second)), return_inverse=True)
    size = len(seqs)
    left, right = np.split(places, 2)
    graph = coo_array((np.ones(len(left), dtype=np.int8), (left, right)), shape=(size, size))
    labels = connected_components(graph, directed=False)[1] if size else np.zeros(0, dtype=np.int32)
    engine.register("grouped", pa.table({"seq": seqs, "one": labels.astype(np.int64)}))
    engine.keep(
        "attempts",
        """
        SELECT seq, first_value(seq) OVER (
            PARTITION BY one ORDER BY failed,
                CASE WHEN failed THEN ts ELSE -ts END, CASE WHEN failed THEN seq ELSE -seq END
        ) AS chosen
        FROM grouped JOIN live USING (seq)""",
    )


_EDGES = """
    WITH shared AS (
        SELECT account, request FROM once WHERE request IS NOT NULL GROUP BY account, request HAVING count(*) > 1
    ),
    filled AS (
        SELECT seq, account, request, turn,
            coalesce(prompt, min(prompt) OVER (PARTITION BY account, request)) AS text
        FROM once SEMI JOIN shared USING (account, request)
    ),
    by_id AS (SELECT min(seq) OVER (PARTITION BY account, request, text, turn) AS a, seq AS b FROM filled),
    again AS (SELECT seq, account, retry_of, prompt FROM once WHERE retry_of IS NOT NULL),
    named AS (
        SELECT t.seq AS a, r.seq AS b FROM again r JOIN once t ON t.account = r.account AND t.exchange = r.retry_of
        WHERE t.prompt IS NULL OR r.prompt IS NULL OR t.prompt = r.prompt
        UNION ALL
        SELECT t.seq, r.seq FROM again r JOIN once t ON t.account = r.account AND t.request = r.retry_of
        WHERE t.prompt IS NULL OR r.prompt IS NULL OR t.prompt = r.prompt
    ),
    tries AS (
        SELECT seq, ts, turn, failed, lag(seq) OVER w AS before, lag(failed) OVER w AS before_failed,
            lag(ts) OVER w AS before_ts, lag(turn) OVER w AS before_turn
        FROM live SEMI JOIN (SELECT account, prompt FROM live WHERE failed AND prompt IS NOT NULL) f
            USING (account, prompt)
        WINDOW w AS (PARTITION BY account, prompt ORDER BY ts, seq)
    ),
    repeated AS (
        SELECT before AS a, seq AS b FROM tries
        WHERE before_failed AND ts - before_ts <= {window} AND (turn = before_turn) IS NOT FALSE
    )
    SELECT a, b FROM (
        SELECT * FROM by_id UNION ALL SELECT * FROM named UNION ALL SELECT * FROM repeated
    ) AS every WHERE a <> b ORDER BY a, b"""


def _conversations(engine: Engine) -> None:
    """``spoken``: seq, conversation, turn, root_hash of every counted request.

    Where a conversation is named by the log, and each of its requests tells its turn and its first text, nothing else
    need be looked at.
    """
    engine.define("superseded", "SELECT seq, chosen FROM attempts WHERE seq <> chosen")
    engine.define("counted", "SELECT * FROM once ANTI JOIN superseded USING (seq)")
    engine.keep(
        "incomplete",
        "SELECT DISTINCT given FROM counted WHERE given IS NOT NULL AND (turn IS NULL OR root IS NULL)",
    )
    engine.keep(
        "spoken",
        """
        WITH opened AS (
            SELECT *, count(CASE WHEN turn = 0 THEN 1 END) OVER (
                PARTITION BY account, root ORDER BY ts, seq ROWS UNBOUNDED PRECEDING) AS opening
            FROM counted WHERE given IS NULL AND root IS NOT NULL AND turn IS NOT NULL
        ),
        completed AS (
            SELECT seq, given AS conversation,
                coalesce(turn, CAST(row_number() OVER (PARTITION BY given ORDER BY ts, seq) - 1 AS INTEGER)) AS turn,
                coalesce(root, first_value(root IGNORE NULLS) OVER w, first_value(prompt IGNORE NULLS) OVER w)
                    AS root_hash
            FROM counted SEMI JOIN incomplete USING (given)
            WINDOW w AS (PARTITION BY given ORDER BY ts, seq
                ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
        )
        SELECT seq, given AS conversation, turn, root AS root_hash
        FROM counted ANTI JOIN incomplete USING (given) WHERE given IS NOT NULL
        UNION ALL
        SELECT seq, conversation, turn, root_hash FROM completed
        UNION ALL
        SELECT seq, first_value(own) OVER (PARTITION BY account, root, opening ORDER BY ts, seq) AS conversation,
            turn, root AS root_hash FROM opened
        UNION ALL
        SELECT seq, own AS conversation, coalesce(turn, 0) AS turn, coalesce(root, prompt) AS root_hash
        FROM counted WHERE given IS NULL AND (root IS NULL OR turn IS NULL)""",
    )


_DERIVED = """
    SELECT seq, conversation, CAST(turn AS INTEGER) AS turn, root_hash, TRUE AS counted, FALSE AS duplicate FROM spoken
    UNION ALL
    SELECT n.seq, s.conversation, CAST(s.turn AS INTEGER) AS turn, coalesce(s.root_hash, n.root, n.prompt) AS root_hash,
        FALSE AS counted, FALSE AS duplicate
    FROM narrow AS n JOIN superseded AS t ON t.seq = n.seq JOIN spoken AS s ON s.seq = t.chosen
    UNION ALL
    SELECT seq, own AS conversation, CAST(coalesce(turn, 0) AS INTEGER) AS turn, coalesce(root, prompt) AS root_hash,
        FALSE AS counted, TRUE AS duplicate
    FROM narrow SEMI JOIN duplicates USING (seq)"""
