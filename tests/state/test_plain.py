"""Plain exchanges: what is derived of the others alone is what is derived of all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from iolaus.engine import EngineSettings
from iolaus.engine.embedded import Embedded
from iolaus.ingest.derive import derive
from iolaus.ingest.hashing import Hasher
from iolaus.ingest.parts import NARROW, write_narrow
from iolaus.key import Key
from iolaus.state.plain import DERIVED, READ, Own, Ties, whole

HASHER = Hasher(Key(b"k" * 32))
SECOND = 1_000_000
TYPES = {name: NARROW.field(name).type for name in READ if name != "account_id"}


def kept(rows: int, seed: int, named: float) -> pa.Table:
    """Kept rows of a few accounts in which everything happens; ``named``: share whose log names the conversation."""
    rng = np.random.default_rng(seed)

    def some(share: float, values: npt.NDArray[Any]) -> list[Any]:
        there = rng.random(rows) < share
        return [value if kept else None for value, kept in zip(values.tolist(), there, strict=True)]

    account = rng.integers(0, 6, rows)
    columns = {
        "account_id": [f"a{number}" for number in account],
        "exchange": list(range(1, rows + 1)),
        "request": some(0.2, rng.integers(1, 40 if seed % 2 else 400, rows)),
        "retry_of": some(0.05, rng.integers(1, rows, rows)),
        "given": some(named, 1000 * account + rng.integers(1, 30, rows)),
        "turn": some(0.98, rng.integers(0, 4, rows)),
        "root": some(0.98, rng.integers(1, 20, rows)),
        "prompt": some(0.95, rng.integers(1, 200, rows)),
        "status": some(0.9, rng.choice([200, 200, 200, 429, 500], rows)),
        "answered": (rng.random(rows) < 0.7) & (account > 1),
        "ts": np.sort(rng.integers(0, rows, rows)) * SECOND,
    }
    return pa.table({name: pa.array(values, TYPES.get(name)) for name, values in columns.items()})


def derived(rows: pa.Table, chosen: npt.NDArray[np.bool_], place: Path, answering: pa.Table) -> pa.Table:
    """What is derived of the chosen rows."""
    account, seq = HASHER.column(rows["account_id"].combine_chunks()), pa.array(np.arange(len(rows)))
    made = {
        "seq": seq,
        "source": pa.array(np.zeros(len(rows), np.int32)),
        "row": seq,
        "account": account,
        "own": HASHER.pair(account, rows["exchange"].combine_chunks()),
    }
    narrow = pa.table([made[name] if name in made else rows[name] for name in NARROW.names], NARROW)
    (place / "narrow").mkdir(parents=True)
    write_narrow(narrow.filter(pa.array(chosen)), place / "narrow" / "part-00000.parquet")
    engine = Embedded(EngineSettings(threads=1), place / "scratch")
    try:
        derive(place, 30, engine, answering)
    finally:
        engine.close()
    return pq.read_table(place / "derived.parquet")


@pytest.mark.parametrize("named", [1.0, 0.8, 0.0])
@pytest.mark.parametrize("seed", range(4))
def test_what_is_derived_of_the_others_is_what_is_derived_of_all(tmp_path: Path, seed: int, named: float) -> None:
    rows = kept(3_000, seed, named)
    parts = [rows.slice(0, 1_000), rows.slice(1_000)]
    owns = [Own.of(part, HASHER) for part in parts]
    ties = Ties.of(owns)
    plain = np.concatenate([ties.plain(own) for own in owns])
    assert plain.any() == (named > 0), "some rows are what they say, if any conversation is named"
    assert not plain.all()
    everything = derived(rows, np.ones(len(rows), bool), tmp_path / "all", ties.answering)
    others = derived(rows, ~plain, tmp_path / "others", ties.answering)
    bound = int((~plain[:1_000]).sum())
    found = [whole(parts[0], others.slice(0, bound), 0), whole(parts[1], others.slice(bound), 1_000)]
    assert pa.concat_tables(found).equals(everything.select(DERIVED.names).cast(DERIVED))


def test_an_account_counts_as_answering_once_any_part_shows_it() -> None:
    rows = kept(500, 9, 1.0)
    found = Ties.of([Own.of(rows.slice(100 * number, 100), HASHER) for number in range(5)]).answering.to_pylist()
    answered = {row["account_id"] for row in rows.to_pylist() if row["answered"]}
    names = sorted(set(rows["account_id"].to_pylist()))
    hashes = HASHER.column(pa.array(names, pa.string())).to_pylist()
    assert {row["account"]: row["seen"] for row in found} == {
        value: name in answered for name, value in zip(names, hashes, strict=True)
    }
    assert len(found) == len(names)


def test_no_parts_tie_nothing() -> None:
    found = Ties.of([])
    assert len(found.answering) == 0
    assert not found.failed.table.any()
