"""Reads again a few requests of each candidate, so that somebody can say what its words are for.

The only place after the sketch that sees text; what it returns stays in memory.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from iolaus.engine import Engine
from iolaus.link.candidates import Candidate
from iolaus.link.passages import SharedWords
from iolaus.link.population import Numbers
from iolaus.link.settings import LinkSettings
from iolaus.link.uses import Uses

STRANGERS = 2_000
"""Accounts of whom one request is read, to compare with."""


def read(
    exchanges: Path,
    engine: Engine,
    uses: Uses,
    candidates: Sequence[Candidate],
    settings: LinkSettings,
    shared: SharedWords,
) -> dict[str, tuple[tuple[int, str], ...]]:
    """Candidate id -> (account, text) of up to ``words_per_cohort`` accounts; '' -> of strangers."""
    wanted = sampled(engine, uses, candidates, settings)
    texts = _texts(exchanges, every_seq(wanted), shared)
    return {
        name: tuple(
            (account, texts[seq])
            for seq, account in zip(table["seq"].to_pylist(), table["account"].to_pylist(), strict=True)
            if seq in texts
        )
        for name, table in wanted.items()
    }


def sampled(engine: Engine, uses: Uses, candidates: Sequence[Candidate], settings: LinkSettings) -> dict[str, pa.Table]:
    """Candidate id -> seq, account of the requests that are read of it; '' -> of strangers."""
    wanted = {c.id: _rows(uses, c, settings.words_per_cohort) for c in candidates}
    wanted[""] = engine.table(
        "SELECT seq, account FROM (SELECT seq, account, conversation, row_number() OVER (PARTITION BY account"
        " ORDER BY conversation) AS place FROM conversations WHERE readable) AS placed"
        f" WHERE place = 1 ORDER BY conversation LIMIT {STRANGERS}"
    )
    return wanted


def every_seq(wanted: Mapping[str, pa.Table]) -> Numbers:
    """int64: the distinct numbers of what is sampled, ascending."""
    return np.unique(np.concatenate([table["seq"].to_numpy() for table in wanted.values()]))


def one_of_each(
    exchanges: Path, engine: Engine, accounts: npt.NDArray[np.int32], most: int, shared: SharedWords
) -> tuple[pa.Table, list[str]]:
    """One request of each of up to ``most`` of the accounts (numbers), by key: columns seq, account; and the texts."""
    engine.register("asked", pa.table({"account": pa.array(accounts, pa.int32())}))
    rows = engine.table(
        "SELECT seq, account FROM (SELECT seq, account, conversation, row_number() OVER (PARTITION BY account"
        " ORDER BY conversation) AS place FROM conversations SEMI JOIN asked USING (account) WHERE readable) AS placed"
        f" WHERE place = 1 ORDER BY conversation LIMIT {most}"
    )
    texts = _texts(exchanges, np.sort(rows["seq"].to_numpy()), shared)
    seqs = rows["seq"].to_pylist()
    there = [place for place, seq in enumerate(seqs) if seq in texts]
    return rows.take(pa.array(there, pa.int64())), [texts[seqs[place]] for place in there]


def _rows(uses: Uses, candidate: Candidate, limit: int) -> pa.Table:
    """One conversation of each account, by key, then seconds of accounts until ``limit``; one that uses two phrases of
    the candidate counts as two."""
    found = np.sort(uses.every(candidate.phrases, candidate.accounts))
    found = found[uses.columns["readable"][found]]
    account, conversation = (uses.columns[name][found] for name in ("account", "conversation"))
    starts = np.flatnonzero(np.diff(account, prepend=-1))
    if len(starts) >= limit:
        firsts = np.minimum.reduceat(conversation, starts)
        found = found[conversation == np.repeat(firsts, np.diff(np.append(starts, len(found))))]
        found = found[np.flatnonzero(np.diff(found, prepend=-1))]
        order = np.argsort(uses.columns["conversation"][found], kind="stable")
    else:
        by_account = np.lexsort((conversation, account))
        found, conversation = found[by_account], conversation[by_account]
        nth = np.arange(len(found)) - np.repeat(starts, np.diff(np.append(starts, len(found))))
        order = np.lexsort((conversation, nth))
    first = found[order[:limit]]
    return pa.table({"seq": uses.columns["seq"][first], "account": uses.columns["account"][first]})


def _texts(exchanges: Path, seqs: Numbers, shared: SharedWords) -> dict[int, str]:
    """seq -> what is read of the request's text, for readable rows of the given numbers."""
    found: dict[int, str] = {}
    first = 0
    for path in sorted(exchanges.glob("part-*.parquet")):
        file = pq.ParquetFile(path)
        rows = file.metadata.num_rows
        low, high = np.searchsorted(seqs, [first, first + rows])
        if low < high:
            column = file.read(columns=["prompt"])["prompt"].take(pa.array(seqs[low:high] - first))
            for seq, text in zip(seqs[low:high].tolist(), shared.clipped(column), strict=True):
                if text is not None:
                    found[seq] = text
        first += rows
    return found
