"""Runs the stages up to the fingerprint on records, and reads back what they wrote."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ingest.scanning import KEY, jsonl, workspace
from iolaus.engine import EngineSettings
from iolaus.engine.embedded import Embedded
from iolaus.fingerprint import run as fingerprint
from iolaus.fingerprint.settings import FingerprintSettings
from iolaus.ingest.inputs import Inputs
from iolaus.ingest.run import ingest
from iolaus.ingest.settings import IngestSettings
from iolaus.key import Key
from iolaus.progress import Progress
from iolaus.sketch import phrases
from iolaus.sketch import run as sketch
from iolaus.sketch.settings import SketchSettings
from iolaus.workspace import Workspace


@dataclass
class Fingerprinted:
    """The working folder of a scan after the fingerprint."""

    work: Workspace

    def sketch(self, name: str) -> pa.Table:
        return pq.read_table(self.work.folder("sketch") / name)

    def fingerprint(self, name: str) -> pa.Table:
        return pq.read_table(self.work.folder("fingerprint") / name)

    @property
    def marks(self) -> list[dict[str, Any]]:
        return list(self.sketch("marks").sort_by("seq").to_pylist())

    @property
    def accounts(self) -> dict[str, dict[str, Any]]:
        return {row["account_id"]: row for row in self.fingerprint("accounts.parquet").to_pylist()}

    @property
    def conversations(self) -> list[dict[str, Any]]:
        return list(self.fingerprint("conversations.parquet").to_pylist())


def fingerprinted(
    folder: Path, records: Iterable[dict[str, Any] | bytes], accounts: Path | None = None, **options: Any
) -> Fingerprinted:
    """``options``: fields of SketchSettings, and ``threads``."""
    threads = options.pop("threads", 2)
    inputs = Inputs((str(jsonl(folder / "log.jsonl", records)),), accounts)
    work = workspace(inputs, folder / "state")
    stages(work, inputs, SketchSettings(**{"k": 3, "filter_bits": 16, **options}), threads)
    return Fingerprinted(work)


def stages(work: Workspace, inputs: Inputs, settings: SketchSettings, threads: int = 2, key: Key | None = None) -> None:
    engine = Embedded(EngineSettings(threads=threads), work.root / "scratch")
    progress, key = Progress(False), key or KEY
    try:
        ingest(inputs, IngestSettings(max_rejects=1.0), key, work, engine, progress)
        sketch.run(work, settings, key, engine, progress)
        phrases.run(work, settings, engine, progress)
        fingerprint.run(work, FingerprintSettings(), engine, progress)
    finally:
        engine.close()
