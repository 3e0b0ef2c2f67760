"""What a baseline sees of a log: accounts, their traffic, and openings of conversations as numbers. Never the truth.

Texts come as the seven shallow features and as the hashed projection of ``iolaus.sketch`` (128 dimensions). It
stands in for the sentence embeddings that the published window methods use, whose weights are not shipped.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from iolaus.engine.embedded import Embedded
from iolaus.evaluate.gauge_text import FEATURES, TEXT_SQL
from iolaus.evaluate.worlds import World
from iolaus.ingest import run as ingest
from iolaus.key import load as load_key
from iolaus.progress import Progress
from iolaus.settings import Settings
from iolaus.sketch import phrases
from iolaus.sketch import run as sketch
from iolaus.sketch.topics import Topics
from iolaus.workspace import Workspace

Numbers = npt.NDArray[np.int64]
Vectors = npt.NDArray[np.float32]

OPENINGS = 64
"""Conversations of an account that baselines read; the smallest keyed hashes, so a random choice."""

PHRASES = 400
"""Phrases, the most used first, over which windows are laid."""


@dataclass(frozen=True)
class Scored:
    """One baseline over all accounts. score: float64[n], NaN where it cannot say; own: bool[n], its own verdict."""

    score: npt.NDArray[np.float64]
    own: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Log:
    """Accounts are numbers, ranks of the sorted ``ids``; openings stand in order of account, then time.

    pairs: column -> (account, value), values without null. exchanges, active_days: int64[accounts].
    account: int64[openings]; length: characters; features: float64[openings, 7]; topics: float32[openings, 128] of
    unit length, zero where a text has none; phrase_windows: (rows of openings, accounts that come back to it).
    """

    ids: pa.Array
    pairs: dict[str, tuple[Numbers, Numbers]]
    exchanges: Numbers
    active_days: Numbers
    account: Numbers
    length: Numbers
    features: npt.NDArray[np.float64]
    topics: Vectors
    phrase_windows: list[tuple[Numbers, Numbers]]

    def __len__(self) -> int:
        return len(self.ids)


_OPENINGS = f"""
WITH first AS (
    SELECT seq, account, conversation, ts, row_number() OVER (PARTITION BY conversation ORDER BY turn, ts, seq) AS place
    FROM marks WHERE counted AND readable
), chosen AS (
    SELECT *, row_number() OVER (PARTITION BY account ORDER BY conversation) AS rank FROM first WHERE place = 1
)
SELECT seq, CAST(account AS BIGINT) AS account, conversation, length, {TEXT_SQL}
FROM chosen JOIN (SELECT seq, length(prompt) AS length, substr(prompt, 1, 4000) AS prompt FROM ingested) AS texts
    USING (seq)
WHERE rank <= {OPENINGS} ORDER BY account, ts, seq
"""


def read(world: World, settings: Settings, place: Path) -> Log:
    """Ingest and sketch the world's logs in ``place`` and read what baselines need; ``place`` is removed."""
    shutil.rmtree(place, ignore_errors=True)
    work = Workspace(place, "log")
    engine = Embedded(settings.engine, work.root / "scratch")
    key, progress = load_key(settings.sketch.key_file), Progress(shown=False)
    try:
        ingest.ingest(world.inputs, settings.ingest, key, work, engine, progress)
        sketch.run(work, settings.sketch, key, engine, progress)
        phrases.run(work, settings.sketch, engine, progress)
        return _log(work, engine)
    finally:
        engine.close()
        shutil.rmtree(place, ignore_errors=True)


def _log(work: Workspace, engine: Embedded) -> Log:
    ids = pq.read_table(work.folder("sketch") / "accounts.parquet")["account_id"].combine_chunks()
    engine.view("marks", work.folder("sketch") / "marks" / "part-*.parquet")
    engine.view("ingested", work.folder("ingest") / "exchanges" / "part-*.parquet")
    openings = engine.table(_OPENINGS)
    volumes = engine.table(
        "SELECT account, count(*) AS exchanges, count(DISTINCT ts // 86400000000) AS days FROM marks GROUP BY account"
    )
    exchanges, days = np.zeros(len(ids), np.int64), np.zeros(len(ids), np.int64)
    exchanges[volumes["account"].to_numpy()] = volumes["exchanges"].to_numpy()
    days[volumes["account"].to_numpy()] = volumes["days"].to_numpy()
    return Log(
        ids=ids,
        pairs=_pairs(work, engine, ids),
        exchanges=exchanges,
        active_days=days,
        account=openings["account"].to_numpy(),
        length=openings["length"].to_numpy().astype(np.int64),
        features=np.nan_to_num(np.stack([openings[name].to_numpy() for name in FEATURES], 1).astype(np.float64)),
        topics=_unit(Topics(work.folder("sketch") / "topics")[openings["seq"].to_numpy()]),
        phrase_windows=_phrase_windows(work, engine, openings),
    )


def _pairs(work: Workspace, engine: Embedded, ids: pa.Array) -> dict[str, tuple[Numbers, Numbers]]:
    """Who holds which card, organisation, /24 and TLS fingerprint."""
    pairs: dict[str, tuple[Numbers, Numbers]] = {}
    known = pq.read_table(work.folder("ingest") / "accounts.parquet")
    rank = pc.index_in(known["account_id"], value_set=ids)
    for name in ("payment_fingerprint", "organization_id"):
        if name in known.column_names:
            column = known[name].combine_chunks().dictionary_encode()
            there = column.is_valid()
            pairs[name] = (
                rank.filter(there).to_numpy().astype(np.int64),
                column.indices.filter(there).to_numpy().astype(np.int64),
            )
    for name in ("block", "tls"):
        found = engine.table(f"SELECT DISTINCT CAST(account AS BIGINT) AS a, {name} AS v FROM marks WHERE {name} <> 0")
        pairs[name] = (found["a"].to_numpy(), found["v"].to_numpy())
    return pairs


def _phrase_windows(work: Workspace, engine: Embedded, openings: pa.Table) -> list[tuple[Numbers, Numbers]]:
    """Rows of openings that use a phrase of words, and the accounts that used it twice or more."""
    engine.view("phrases", work.folder("sketch") / "phrases.parquet")
    engine.view("phrase_uses", work.folder("sketch") / "phrase_uses.parquet")
    rows = pa.array(np.arange(len(openings)))
    engine.register("openings", openings.select(["conversation", "account"]).append_column("row", rows))
    uses = engine.table(
        "SELECT phrase, row, o.account FROM phrase_uses SEMI JOIN"
        f" (SELECT phrase FROM phrases WHERE kind = 'words' ORDER BY conversations DESC, phrase LIMIT {PHRASES})"
        " AS used USING (phrase) JOIN openings AS o USING (conversation) ORDER BY phrase, row"
    )
    phrase, row, account = (uses[name].to_numpy() for name in ("phrase", "row", "account"))
    bounds = np.flatnonzero(np.diff(phrase)) + 1
    windows = []
    for part in np.split(np.arange(len(phrase)), bounds) if len(phrase) else []:
        users, times = np.unique(account[part], return_counts=True)
        windows.append((row[part], users[times >= 2]))
    return windows


def _unit(topics: npt.NDArray[np.int8]) -> Vectors:
    vectors = topics.astype(np.float32)
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    found: Vectors = (vectors / np.where(length > 0, length, 1)).astype(np.float32)
    return found
