"""Conversations that are put together from parts are those that one query over all rows makes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from iolaus.engine import EngineSettings
from iolaus.engine.embedded import Embedded
from iolaus.fingerprint import conversations
from iolaus.fingerprint.conversations import FILE
from iolaus.state.talks import Columns, talks_of, together
from iolaus.workspace import Workspace

MARKED = {"asn": pa.int32(), "network": pa.int8(), "words": pa.int32(), "turn": pa.int32()}
COUNTS = ("max_tokens", "thinking_budget", "top_logprobs", "n", "input_tokens", "output_tokens", "reasoning_tokens")
HASHES = (
    *("text", "system", "tools", "model", "pathway", "agent", "tls", "key", "end_user", "address", "block"),
    "reasoning_ref",
)


def marks(rows: int, seed: int) -> pa.Table:
    """Marks of a few conversations, many of which go on for long, with all that ties can be made of."""
    rng = np.random.default_rng(seed)
    said = rng.integers(0, max(rows // 3, 1), rows)
    columns = {
        "seq": np.arange(rows),
        "ts": np.sort(rng.integers(0, rows // 2 + 1, rows)),
        "account": (said % 7).astype(np.int32),
        "conversation": said * 1_000_003 - 500,
        "temperature": rng.choice([-1.0, 0.0, 0.7, 0.0625, 1.0], rows).astype(np.float32),
        "readable": rng.random(rows) < 0.5,
        "counted": rng.random(rows) < 0.9,
        **{name: rng.integers(0, 3, rows) for name in MARKED},
        **{name: rng.integers(-1, 50, rows).astype(np.int32) for name in COUNTS},
        **{name: rng.integers(-9, 9, rows) for name in HASHES},
    }
    return pa.table({name: pa.array(values, MARKED.get(name)) for name, values in columns.items()})


def queried(rows: pa.Table, place: Path) -> pa.Table:
    """What the fingerprint makes of the same marks."""
    work = Workspace(place, "work")
    (work.folder("sketch") / "marks").mkdir()
    pq.write_table(rows, work.folder("sketch") / "marks" / "part-00000.parquet")
    engine = Embedded(EngineSettings(threads=1), place / "scratch")
    try:
        conversations.write(work, engine)
    finally:
        engine.close()
    return pq.read_table(work.folder("fingerprint") / FILE)


def part(rows: pa.Table, first: int, size: int) -> Columns:
    """The conversations of some rows, with rows and accounts as they are over all parts."""
    own = rows.slice(first, size).append_column("place", pa.array(np.arange(size, dtype=np.int32)))
    found = talks_of(own.filter(own["counted"]).combine_chunks())
    return {**found, "seq": found["seq"] + np.int64(first)}


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("sizes", [[600], [200, 399, 1], [1, 0, 599], [100] * 6])
def test_parts_put_together_are_one_query_over_everything(tmp_path: Path, seed: int, sizes: list[int]) -> None:
    rows = marks(600, seed)
    firsts = np.cumsum([0, *sizes]).tolist()
    found = together([part(rows, first, size) for first, size in zip(firsts, sizes, strict=False)])
    wanted = queried(rows, tmp_path)
    assert [(f.name, f.type) for f in found.schema] == [(f.name, f.type) for f in wanted.schema]
    assert found.to_pylist() == wanted.to_pylist()


def test_no_rows_are_no_conversations() -> None:
    assert len(together([part(marks(0, 1), 0, 0)])) == 0
