"""Scans small worlds in one go and in increments, and reads back what a state holds."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from iolaus.campaign.identity import Identity
from iolaus.engine.embedded import Embedded
from iolaus.ingest import run as ingest
from iolaus.ingest.inputs import Inputs
from iolaus.key import load as load_key
from iolaus.progress import Progress
from iolaus.scan import scan
from iolaus.settings import Settings, load
from iolaus.state.manifest import Manifest, read
from iolaus.state.scanning import behind
from iolaus.workspace import Workspace

DAY = 86_400_000_000


@dataclass(frozen=True)
class World:
    """Logs of a world in three files by time, the whole, and its side tables."""

    place: Path
    inputs: Inputs
    files: tuple[Path, ...]

    def of(self, *files: Path) -> Inputs:
        """The same side tables with these logs."""
        return replace(self.inputs, logs=tuple(map(str, files)))


def split(world: Path, place: Path) -> World:
    """Cut a world's logs into three files at midnights."""
    place.mkdir()
    rows = pq.read_table(world / "exchanges").sort_by([("ts", "ascending")])
    days = rows["ts"].cast(pa.int64()).to_numpy() // DAY
    distinct = np.unique(days)
    files = []
    for number, some in enumerate(np.array_split(distinct, 3)):
        files.append(place / f"day-{number}.parquet")
        pq.write_table(rows.filter(pa.array(np.isin(days, some))), files[-1])
    sides = (world / name for name in ("accounts.parquet", "account_events.parquet", "releases.csv"))
    return World(place, Inputs(tuple(map(str, files)), *sides), tuple(files))


def scanned(inputs: Inputs, out: Path, into: Path | None = None, **settings: dict[str, Any]) -> Path:
    """Scan in this process, with the state ``into``; returns ``out``."""
    scan(inputs, load(None, settings), out, Progress(False), into)
    return out


def command(inputs: Inputs, out: Path, state: Path) -> list[str]:
    """The same as a command."""
    given = [f"--{name}={value}" for name in ("accounts", "events", "releases") if (value := getattr(inputs, name))]
    start = "import sys; from iolaus.cli import main; main()"
    return [sys.executable, "-c", start, "scan", *inputs.logs, *given, f"--out={out}", f"--state={state}"]


def started(inputs: Inputs, out: Path, state: Path) -> subprocess.Popen[bytes]:
    """A scan in a process of its own."""
    return subprocess.Popen(command(inputs, out, state), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def gathered(
    inputs: Inputs, into: Path, place: Path, known: Sequence[Identity] = (), **sections: dict[str, Any]
) -> dict[str, dict[str, Any]]:
    """Take logs into a state without judging anybody; exchange id -> derived columns and marks of all that is kept."""
    settings: Settings = load(None, sections)
    key, progress = load_key(settings.sketch.key_file), Progress(False)
    shutil.rmtree(place, ignore_errors=True)
    work = Workspace(place, "work")
    engine = Embedded(settings.engine, work.root / "scratch")
    try:
        with behind(into, inputs, settings, key) as kept:
            assert kept is not None
            kept.gather(
                lambda new: ingest.ingest(inputs, settings.ingest, key, new, engine, progress), work, engine, progress
            )
            kept.commit(work, known, kept.look())
    finally:
        engine.close()
    return told(work)


def told(work: Workspace) -> dict[str, dict[str, Any]]:
    """Exchange id -> derived columns, marks, and what is known of its conversation, without the numbers of rows."""
    rows = pq.read_table(work.folder("ingest") / "exchanges").sort_by("seq").select(["exchange_id"]).to_pylist()
    derived = pq.read_table(work.folder("ingest") / "derived.parquet").to_pylist()
    marks = pq.read_table(work.folder("sketch") / "marks").sort_by("seq").to_pylist()
    talks = pq.read_table(work.folder("fingerprint") / "conversations.parquet").to_pylist()
    of = {talk["conversation"]: talk for talk in talks}
    whole = [
        {**of.get(mark["conversation"], {}), **row, **own, **mark, "seq": 0}
        for row, own, mark in zip(rows, derived, marks, strict=True)
    ]
    return {row["exchange_id"]: row for row in whole}


def manifest(state: Path) -> Manifest:
    """The manifest of a state that is there."""
    found = read(state)
    assert found is not None
    return found


def kept_rows(state: Path) -> pa.Table:
    """Every kept exchange with the day of its part."""
    tables = []
    for part in manifest(state).parts:
        rows = pq.read_table(state / part.file)
        tables.append(rows.append_column("day", pa.array([part.day] * len(rows))))
    return pa.concat_tables(tables)


def contents(state: Path) -> Iterator[tuple[str, bytes]]:
    """Every file of a state, and every column of its tables as plain bytes, under a name."""
    for path in sorted(path for path in state.rglob("*") if path.is_file()):
        yield path.name, path.read_bytes()
        if path.suffix == ".parquet":
            table = pq.read_table(path)
            for name in table.column_names:
                for buffer in _buffers(table[name].combine_chunks()):
                    yield f"{path.name}:{name}", buffer
                yield f"{path.name}:{name}", json.dumps(table[name].to_pylist(), default=str).encode()


def _buffers(array: pa.Array) -> Iterator[bytes]:
    for buffer in array.buffers():
        if buffer is not None:
            yield buffer.to_pybytes()


def snapshot(state: Path) -> dict[str, bytes]:
    """The manifest and every file that it names."""
    files = {"state.json", *manifest(state).files}
    return {name: (state / name).read_bytes() for name in sorted(files)}


def accused(out: Path) -> set[str]:
    """Accounts that a scan accuses."""
    found = pq.read_table(out / "accounts.parquet")
    return set(found.filter(pc.field("accused"))["account_id"].to_pylist())


def memberships(out: Path) -> dict[str, float]:
    """Account -> membership."""
    found = pq.read_table(out / "accounts.parquet")
    return dict(zip(found["account_id"].to_pylist(), found["membership"].to_pylist(), strict=True))


def campaigns(out: Path) -> list[dict[str, Any]]:
    """What campaigns.json holds."""
    return list(json.loads((out / "campaigns.json").read_bytes())["campaigns"])


def verdicts(out: Path) -> dict[str, str]:
    """Cohort -> verdict; campaigns, whose ids live on, under the words that they share."""
    cohorts = json.loads((out / "cohorts.json").read_bytes())["cohorts"]
    return {
        found["id"] if found["verdict"] != "campaign" else ",".join(sorted(p["id"] for p in found["phrases"])): found[
            "verdict"
        ]
        for found in cohorts
    }
