"""A whole scan, from Parquet files to the report: seconds, memory and seconds a stage, by size and by length.

    python -m benchmarks.scan [--sizes N ...] [--long N] [--work DIR] [--json PATH]

Each scan is a process of its own; its seconds hold the start of the interpreter. Beside them stands the bare
read of the same files, and whether the campaign that was planted was found.
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
import statistics
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

import pyarrow.parquet as pq

from benchmarks.child import checked, module, read_json
from benchmarks.child import scan as scan_command

SIZES = (250_000, 500_000, 1_000_000, 2_000_000, 4_000_000)
LONG = 200_000
TARGET_SECONDS, TARGET_MB, TARGET_RATIO = 60, 4096, 40
"""What a scan of one million exchanges of 500 bytes may take on two cores, and the aimed multiple of the bare read."""


@dataclass(frozen=True)
class Row:
    """One scan. ``ratio`` is its wall seconds over the bare read's; ``found`` of ``hostile`` accounts are accused."""

    shape: str
    exchanges: int
    accounts: int
    prompt_mb: float
    seconds: float
    processor_seconds: float
    peak_mb: float
    stages: dict[str, float]
    bare_read: float
    ratio: float
    campaigns: int
    hostile: int
    found: int
    wrongly: int

    @property
    def line(self) -> str:
        """For people."""
        return (
            f"{self.shape:<6}{self.exchanges:>10,}{self.prompt_mb:>9,.0f}{self.seconds:>9.1f}"
            f"{self.processor_seconds:>9.1f}{self.peak_mb:>9,.0f}{self.exchanges / self.seconds:>11,.0f}"
            f"{self.prompt_mb / self.seconds:>8.1f}{self.bare_read:>9.3f}{self.ratio:>8.1f}"
            f"{self.found:>7}/{self.hostile}{f' +{self.wrongly} honest' if self.wrongly else ''}"
        )


HEADER = (
    f"{'shape':<6}{'exchanges':>10}{'MB':>9}{'wall s':>9}{'cpu s':>9}{'peak MB':>9}{'exch./s':>11}{'MB/s':>8}"
    f"{'bare s':>9}{'ratio':>8}  accused/campaign"
)


def measure(shape: str, exchanges: int, work: Path) -> Row:
    """Make a world, read it bare, scan it, and remove it."""
    world, out = work / "world", work / "out"
    try:
        checked(module("benchmarks.worlds", world, "--exchanges", exchanges, "--shape", shape))
        made = read_json(world / "world.json")
        bare = float(checked(module("benchmarks.bare_read", world / "exchanges")).output)
        accounts = world / "accounts.parquet"
        ran = checked(scan_command(world / "exchanges", "--accounts", accounts, "--out", out), work / "sketch.key")
        judged = pq.read_table(out / "accounts.parquet", columns=["account_id", "accused"]).to_pylist()
        accused = {row["account_id"] for row in judged if row["accused"]}
        hostile = set(made["hostile"])
        return Row(
            shape=shape,
            exchanges=made["exchanges"],
            accounts=made["accounts"],
            prompt_mb=made["prompt_bytes"] / 1e6,
            seconds=ran.seconds,
            processor_seconds=ran.processor_seconds,
            peak_mb=ran.peak_mb,
            stages=read_json(out / "timings.json")["seconds"],
            bare_read=bare,
            ratio=ran.seconds / bare,
            campaigns=len(read_json(out / "campaigns.json")["campaigns"]),
            hostile=len(hostile),
            found=len(accused & hostile),
            wrongly=len(accused - hostile),
        )
    finally:
        shutil.rmtree(world, ignore_errors=True)
        shutil.rmtree(out, ignore_errors=True)


def exponent(rows: list[Row]) -> float | None:
    """Slope of log seconds over log exchanges of the short worlds: 1 is linear. None of fewer than two sizes."""
    rows = [row for row in rows if row.shape == "short"]
    if len({row.exchanges for row in rows}) < 2:
        return None
    sizes = [math.log(row.exchanges) for row in rows]
    return statistics.linear_regression(sizes, [math.log(row.seconds) for row in rows]).slope


class Staged(Protocol):
    """A scan of so many exchanges, with seconds by name of a stage."""

    @property
    def exchanges(self) -> int:
        """How many were scanned."""
        ...

    @property
    def stages(self) -> dict[str, float]:
        """Wall seconds of each stage."""
        ...


def stages_table(rows: Sequence[Staged]) -> str:
    """Seconds a stage, one column a scan."""
    names = list(dict.fromkeys(name for row in rows for name in row.stages))
    lines = [f"{'seconds a stage':<18}" + "".join(f"{row.exchanges:>12,}" for row in rows)]
    lines += [f"{name:<18}" + "".join(f"{row.stages.get(name, 0):>12.2f}" for row in rows) for name in names]
    return "\n".join(lines)


def write(rows: list[Row], path: Path | None) -> None:
    """Keep what has been measured so far, so that a run that is stopped has not been in vain."""
    if path is not None:
        content = {"rows": [asdict(row) for row in rows], "growth": exponent(rows)}
        path.write_text(json.dumps(content, indent=1) + "\n", "utf-8")


def main() -> None:
    """Print the table and, if asked, write it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=list(SIZES))
    parser.add_argument("--long", type=int, default=LONG, help="exchanges of the long world; 0 leaves it out")
    parser.add_argument("--work", type=Path, help="folder for worlds and results, which are removed afterwards")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    rows: list[Row] = []
    print(HEADER)
    with tempfile.TemporaryDirectory(dir=asked.work) as work:
        jobs = [("short", size) for size in asked.sizes] + [("long", asked.long)] * bool(asked.long)
        for shape, size in jobs:
            rows.append(measure(shape, size, Path(work)))
            print(rows[-1].line, flush=True)
            write(rows, asked.json)
    print(stages_table(rows))
    growth = exponent(rows)
    if growth is not None:
        print(f"seconds grow with exchanges to the power {growth:.2f}")
    print(
        f"wanted of 1,000,000: at most {TARGET_SECONDS} s and {TARGET_MB:,} MB on two cores;"
        f" aim: {TARGET_RATIO} times the bare read"
    )


if __name__ == "__main__":
    main()
