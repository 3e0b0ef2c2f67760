"""Runs ingest in a folder and reads back what it wrote."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from iolaus.engine import EngineSettings
from iolaus.engine.embedded import Embedded
from iolaus.ingest.inputs import Inputs, hash_inputs
from iolaus.ingest.run import ingest
from iolaus.ingest.settings import IngestSettings
from iolaus.ingest.summary import Summary
from iolaus.key import BYTES, Key
from iolaus.progress import Progress
from iolaus.workspace import Workspace

KEY = Key(bytes(range(BYTES)))


@dataclass
class Ingested:
    summary: Summary
    work: Workspace

    def table(self, name: str) -> pa.Table:
        return pq.read_table(self.work.folder("ingest") / name)

    @property
    def exchanges(self) -> list[dict[str, Any]]:
        return list(self.table("exchanges").sort_by("seq").to_pylist())

    @property
    def derived(self) -> list[dict[str, Any]]:
        return list(self.table("derived.parquet").to_pylist())

    @property
    def rejects(self) -> list[dict[str, Any]]:
        return list(self.table("rejects.parquet").to_pylist())


def workspace(inputs: Inputs, state: Path) -> Workspace:
    return Workspace(state, hash_inputs(inputs)[:16])


def ingested(state: Path, *logs: Path | str, threads: int = 2, key: Key = KEY, **options: Any) -> Ingested:
    """``options``: fields of Inputs or of IngestSettings."""
    wanted = {name: options.pop(name) for name in Inputs.__dataclass_fields__ if name in options}
    inputs = Inputs(tuple(map(str, logs)), **wanted)
    work = workspace(inputs, state)
    engine = Embedded(EngineSettings(threads=threads), state / "scratch")
    try:
        settings = IngestSettings(**{"max_rejects": 1.0, **options})
        return Ingested(ingest(inputs, settings, key, work, engine, Progress(False)), work)
    finally:
        engine.close()


def jsonl(path: Path, records: Iterable[dict[str, Any] | bytes]) -> Path:
    lines = [r if isinstance(r, bytes) else json.dumps(r).encode() for r in records]
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return path


def record(number: int = 0, **changed: Any) -> dict[str, Any]:
    """A sound record in normal form; a change to None leaves the name out."""
    whole = {
        "exchange_id": f"e{number}",
        "ts": f"2026-01-05T10:{number // 60 % 60:02d}:{number % 60:02d}Z",
        "account_id": f"a{number % 7}",
        "model": "m",
        "status": 200,
        "prompt": f"what is {number} plus one?",
        "response": str(number + 1),
    } | changed
    return {name: value for name, value in whole.items() if value is not None}
