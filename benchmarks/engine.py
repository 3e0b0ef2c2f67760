"""One world through the embedded engine and through Spark Connect servers: seconds, and whether all results are equal.

    python -m benchmarks.engine [--scale X] [--world FOLDER] [--server NAME=URL ...] [--json PATH] [--record]

Without ``--server`` it starts Sail, a Spark Connect server without a JVM, on this machine. ``--record`` keeps the
figures of servers of one's own in docs/benchmarks.json and its page.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.child import Ran, checked, read_json, scan, simulate
from benchmarks.machine import describe
from benchmarks.page import write_page

SCENARIO, SEED, SCALE = "S2", 33, 8.4
"""About two million exchanges."""

DOCS = Path(__file__).parents[1] / "docs"
RECORD = "engine_servers"
TEXTS = ("campaigns.json", "cohorts.json")
TABLES = ("accounts.parquet", "exchanges.parquet")
EMBEDDED = "embedded"
START_S = 60


@dataclass(frozen=True)
class Row:
    """One scan. ``ratio``: its wall seconds over those of the embedded engine; peak and processor are the scan's own,
    without the server's. ``same``: whether campaigns, cohorts, accounts and exchanges equal the embedded engine's."""

    engine: str
    exchanges: int
    seconds: float
    processor_seconds: float
    peak_mb: float
    ratio: float
    stages: dict[str, float]
    campaigns: int
    accused: int
    same: bool


def measure(world: Path, servers: dict[str, str], work: Path) -> Iterator[Row]:
    """Scan the world by the embedded engine, then by each server (name -> URL)."""
    exchanges, base = int(read_json(world / "world.json")["exchanges"]), work / EMBEDDED
    first: Ran | None = None
    for name, url in ({EMBEDDED: ""} | servers).items():
        out = work / name.replace("/", "-").replace(" ", "-")
        ran = checked(_command(world, out, url), work / "sketch.key")
        first = first or ran
        accounts = pq.read_table(out / "accounts.parquet", columns=["accused"])
        yield Row(
            engine=name,
            exchanges=exchanges,
            seconds=ran.seconds,
            processor_seconds=ran.processor_seconds,
            peak_mb=ran.peak_mb,
            ratio=ran.seconds / first.seconds,
            stages=read_json(out / "timings.json")["seconds"],
            campaigns=len(read_json(out / "campaigns.json")["campaigns"]),
            accused=accounts["accused"].to_pylist().count(True),
            same=equal(base, out),
        )


def _command(world: Path, out: Path, url: str) -> list[str]:
    tables = {"accounts": "accounts.parquet", "events": "account_events.parquet", "releases": "releases.csv"}
    given = [argument for name, file in tables.items() for argument in (f"--{name}", world / file)]
    return scan(world / "exchanges", *given, "--out", out, *(["--engine", url] if url else []))


def equal(one: Path, other: Path) -> bool:
    """Whether two folders of results say the same, numbers rounded as they are written."""
    texts = all((one / name).read_bytes() == (other / name).read_bytes() for name in TEXTS)
    return texts and all(_rows(one / name).equals(_rows(other / name)) for name in TABLES)


def _rows(path: Path) -> pa.Table:
    table = pq.read_table(path)
    return table.cast(pa.schema([pa.field(field.name, field.type) for field in table.schema]))


@contextlib.contextmanager
def sail() -> Iterator[str]:
    """A Sail server of this environment on a free port; its URL."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).with_name("sail")), "spark", "server", "--ip", "127.0.0.1", "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + START_S
        while not _listens(port):
            if server.poll() is not None or time.monotonic() > until:
                raise SystemExit("sail: does not start; is pysail installed? pip install -r requirements/dev.txt")
            time.sleep(0.1)
        yield f"sc://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def record(rows: list[Row]) -> None:
    """Keep figures of one's own servers beside the usual ones, and write the page anew."""
    kept = DOCS / "benchmarks.json"
    figures = read_json(kept)
    figures[RECORD] = {"machine": describe(), "rows": [asdict(row) for row in rows]}
    kept.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    write_page(figures, DOCS / "benchmarks.md")


def main() -> None:
    """Print the table and, if asked, write it. Status 1 where results differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=SCALE, help=f"of the world, {SCENARIO} with seed {SEED}")
    parser.add_argument("--world", type=Path, help="a simulated world in place of one that is made")
    parser.add_argument("--server", action="append", default=[], metavar="NAME=URL", help="a server that is running")
    parser.add_argument("--work", type=Path, help="folder, shared with the servers, for what is removed afterwards")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--record", action="store_true", help=f"keep the figures as {RECORD}")
    asked = parser.parse_args()
    rows: list[Row] = []
    with contextlib.ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=asked.work)))
        servers = dict(pair.split("=", 1) for pair in asked.server) or {
            f"Sail {version('pysail')}": stack.enter_context(sail())
        }
        world = asked.world or work / "world"
        if asked.world is None:
            checked(simulate(SCENARIO, "--seed", SEED, "--scale", asked.scale, "--out", world))
        for row in measure(world, servers, work):
            rows.append(row)
            print(
                f"{row.engine:<20}{row.exchanges:>12,}{row.seconds:>9.1f} s{row.ratio:>7.2f} times embedded"
                f"{row.peak_mb:>8,.0f} MB{row.accused:>6} accused  {'equal' if row.same else 'DIFFERENT'}",
                flush=True,
            )
    if asked.json is not None:
        asked.json.write_text(json.dumps({"rows": [asdict(row) for row in rows]}, indent=1) + "\n", "utf-8")
    if asked.record:
        record(rows)
    if not all(row.same for row in rows):
        raise SystemExit("the engines' results differ")


if __name__ == "__main__":
    main()
