"""Scans of growing worlds with three campaigns: seconds, memory, seconds a stage, growth, and who is accused.

    python -m benchmarks.size [--scales X ...] [--full] [--memory MB] [--kept DIR] [--work DIR] [--json PATH]

The worlds are ``february`` with as much honest traffic as hostile (:mod:`benchmarks.balanced`). ``--full`` takes four
sizes from 1 to 34 million exchanges. Each scan is a process of its own, and beside it stands the bare read of the same
files. The campaigns count as separated where nearly all that is accused of each stands under an id of its own. The run
fails where, at full scale, they are not.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import statistics
import sys
import tempfile
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow.parquet as pq

from benchmarks.balanced import make
from benchmarks.child import checked, module, read_json
from benchmarks.child import scan as scan_command
from benchmarks.scan import stages_table

SCALES = (0.01, 0.03, 0.1)
FULL = (0.03, 0.1, 0.3, 1.0)
FULL_BYTES = 40e9
"""Free bytes without which the full sizes are not begun: a world of 3 GB, and what a scan of it keeps on the way."""

MEMORY_MB = 4096
"""``engine.memory_mb`` of the scans."""

NEARLY = 0.95
"""Share of a campaign's accused accounts under one id."""

TARGET_SECONDS, TARGET_MB, TARGET_GROWTH = 900, 8192, 1.1
"""Wanted of 33 million exchanges on two cores, and of the growth of seconds with exchanges."""


@dataclass(frozen=True)
class Found:
    """A planted campaign: its accounts, how many are accused, the id under which most are, and how many these are."""

    campaign: str
    accounts: int
    accused: int
    under: str
    most: int


@dataclass(frozen=True)
class Row:
    """One scan. ``load``: threads that ran when it began, its own not counted; ``ratio``: seconds over the bare read's.

    ``campaigns``: ids that accuse anybody; ``separated``: whether each planted campaign has one of its own.
    """

    scale: float
    exchanges: int
    accounts: int
    seconds: float
    processor_seconds: float
    load: float
    peak_mb: float
    stages: dict[str, float]
    bare_read: float
    ratio: float
    campaigns: int
    found: list[Found]
    separated: bool
    wrongly: int

    @property
    def line(self) -> str:
        """For people."""
        found = " ".join(f"{one.campaign} {one.accused}/{one.accounts}" for one in self.found)
        return (
            f"{self.scale:>6g}{self.exchanges:>12,}{self.accounts:>9,}{self.seconds:>9.1f}{self.processor_seconds:>9.1f}"
            f"{self.load:>6.1f}{self.peak_mb:>9,.0f}{self.bare_read:>8.2f}{self.ratio:>8.1f}  {found}"
            f"{' separated' if self.separated else ' NOT SEPARATED'} +{self.wrongly} honest"
        )


HEADER = (
    f"{'scale':>6}{'exchanges':>12}{'accounts':>9}{'wall s':>9}{'cpu s':>9}{'load':>6}{'peak MB':>9}{'bare s':>8}"
    f"{'ratio':>8}  accused"
)


def measure(scale: float, work: Path, kept: Path | None) -> Row:
    """Make a world, read it bare, scan it, and remove it; in the folder ``kept`` it stays, and is made but once."""
    world, out = (kept or work) / f"{scale:g}", work / "out"
    try:
        if not (world / "world.json").exists():
            make(world, scale)
        made = read_json(world / "world.json")
        bare = float(checked(module("benchmarks.bare_read", world / "exchanges")).output)
        sides = (
            ("--accounts", "accounts.parquet"),
            ("--events", "account_events.parquet"),
            ("--releases", "releases.csv"),
        )
        given = [part for option, name in sides for part in (option, world / name)]
        load = os.getloadavg()[0]
        ran = checked(scan_command(world / "exchanges", *given, "--out", out), work / "sketch.key")
        found, wrongly, campaigns = told(world, out)
        return Row(
            scale=scale,
            exchanges=made["exchanges"],
            accounts=made["accounts"],
            seconds=ran.seconds,
            processor_seconds=ran.processor_seconds,
            load=load,
            peak_mb=ran.peak_mb,
            stages=read_json(out / "timings.json")["seconds"],
            bare_read=bare,
            ratio=ran.seconds / bare,
            campaigns=len(campaigns),
            found=found,
            separated=separated(found),
            wrongly=wrongly,
        )
    finally:
        if kept is None:
            shutil.rmtree(world, ignore_errors=True)
        shutil.rmtree(out, ignore_errors=True)


def told(world: Path, out: Path) -> tuple[list[Found], int, set[str]]:
    """Planted campaigns and how they are accused; accounts that are accused and honest; ids that accuse anybody."""
    truth = pq.read_table(world / "truth" / "accounts.parquet", columns=["account_id", "campaign_id", "hostile"])
    planted = {row["account_id"]: row["campaign_id"] for row in truth.to_pylist() if row["hostile"]}
    judged = pq.read_table(out / "accounts.parquet", columns=["account_id", "campaign_id", "accused"]).to_pylist()
    accused = [(row["account_id"], row["campaign_id"]) for row in judged if row["accused"]]
    size = Counter(planted.values())
    met = Counter((planted[name], campaign) for name, campaign in accused if name in planted)
    found = []
    for one in sorted(size):
        ids = Counter({campaign: count for (own, campaign), count in met.items() if own == one})
        under, most = ids.most_common(1)[0] if ids else ("", 0)
        found.append(Found(one, size[one], ids.total(), under, most))
    return found, sum(name not in planted for name, _ in accused), {campaign for _, campaign in accused}


def separated(found: list[Found]) -> bool:
    """Whether every planted campaign has an id of its own that holds nearly all of it that is accused."""
    own = all(one.accused and one.most >= NEARLY * one.accused for one in found)
    return own and len({one.under for one in found}) == len(found)


def growth(rows: list[Row], field: str) -> float | None:
    """Slope of the log of a field over the log of exchanges: 1 is linear. None of fewer than two sizes."""
    if len(rows) < 2:
        return None
    sizes = [math.log(row.exchanges) for row in rows]
    return statistics.linear_regression(sizes, [math.log(getattr(row, field)) for row in rows]).slope


def main() -> int:
    """Print the tables and, if asked, write the figures; 1 where the full size does not separate the campaigns."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scales", type=float, nargs="*", default=list(SCALES))
    parser.add_argument("--full", action="store_true", help="four sizes from 1 to 34 million exchanges")
    parser.add_argument("--memory", type=int, default=MEMORY_MB, help="engine.memory_mb of the scans")
    parser.add_argument("--work", type=Path, help="folder for worlds and results, which are removed afterwards")
    parser.add_argument("--kept", type=Path, help="folder for worlds that stay, to be read again by another run")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    for place in (asked.kept, asked.work):
        if place is not None:
            place.mkdir(parents=True, exist_ok=True)
    os.environ["IOLAUS_ENGINE__MEMORY_MB"] = str(asked.memory)
    rows: list[Row] = []
    print(HEADER)
    with tempfile.TemporaryDirectory(dir=asked.work) as work:
        if asked.full and (free := shutil.disk_usage(work).free) < FULL_BYTES:
            raise SystemExit(f"{work}: {free / 1e9:.0f} GB are free, {FULL_BYTES / 1e9:.0f} are wanted. Give --work.")
        for scale in FULL if asked.full else asked.scales:
            rows.append(measure(scale, Path(work), asked.kept))
            print(rows[-1].line, flush=True)
            if asked.json:
                grows = {"wall": growth(rows, "seconds"), "cpu": growth(rows, "processor_seconds")}
                content = {"rows": [asdict(row) for row in rows], "growth": grows, "memory_mb": asked.memory}
                asked.json.write_text(json.dumps(content, indent=1) + "\n", "utf-8")
    print(stages_table(rows))
    for what, field in (("wall", "seconds"), ("cpu", "processor_seconds")):
        if (slope := growth(rows, field)) is not None:
            print(f"{what} seconds grow with exchanges to the power {slope:.2f}")
    print(f"wanted of 33 million: {TARGET_SECONDS} s and {TARGET_MB:,} MB on two cores; growth {TARGET_GROWTH}")
    return int(any(row.scale >= 1 and not row.separated for row in rows))


if __name__ == "__main__":
    sys.exit(main())
