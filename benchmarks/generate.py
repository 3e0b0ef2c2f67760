"""Generation of worlds: exchanges a second, memory and bytes of the shipped scenario ``february``, by scale.

    python -m benchmarks.generate [--scales X ...] [--full] [--runs N] [--work DIR] [--json PATH]

Each world is made by ``iolaus simulate`` in a process of its own, every time with the same seed: the run fails where
one byte differs. ``--full`` takes the whole scenario instead, 45 million exchanges, once.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.child import Ran, checked, read_json
from benchmarks.child import simulate as simulate_command

SCENARIO = "february"
SCALES = (0.01, 0.03, 0.1)
FULL = 1.0
FULL_BYTES = 20e9
"""Free bytes without which the whole scenario is not begun."""

TARGET_RATE, TARGET_MB = 100_000, 4096
"""Exchanges a second on two cores, and memory at any size, that are wanted."""


@dataclass(frozen=True)
class Row:
    """One scale, made ``runs`` times with one seed.

    Seconds, wall and processor, are of the fastest run; ``peak_mb`` (2^20 bytes each) is the largest of all;
    ``disk_mb`` (10^6 bytes each) is every file. ``same``: whether all runs gave the same bytes, None of one run.
    """

    scale: float
    exchanges: int
    accounts: int
    seconds: float
    processor_seconds: float
    peak_mb: float
    disk_mb: float
    runs: int
    same: bool | None

    @property
    def line(self) -> str:
        """For people."""
        same = "once" if self.same is None else "yes" if self.same else "NO"
        return (
            f"{self.scale:>7g}{self.exchanges:>12,}{self.accounts:>10,}{self.seconds:>9.1f}"
            f"{self.processor_seconds:>9.1f}{self.exchanges / self.seconds:>11,.0f}{self.peak_mb:>9,.0f}"
            f"{self.disk_mb:>10,.0f}{same:>12}"
        )


HEADER = (
    f"{'scale':>7}{'exchanges':>12}{'accounts':>10}{'wall s':>9}{'cpu s':>9}{'exch./s':>11}{'peak MB':>9}"
    f"{'disk MB':>10}{'same bytes':>12}"
)


def measure(scale: float, runs: int, work: Path) -> Row:
    """Make the world of a scale ``runs`` times and remove it."""
    world = work / "world"
    ran: list[Ran] = []
    sums: set[str] = set()
    size = 0
    try:
        for _ in range(runs):
            shutil.rmtree(world, ignore_errors=True)
            ran.append(checked(simulate_command(SCENARIO, "--scale", scale, "--out", world)))
            size = sum(path.stat().st_size for path in files(world))
            if runs > 1:
                sums.add(checksum(world))
        made = read_json(world / "world.json")
    finally:
        shutil.rmtree(world, ignore_errors=True)
    best = min(ran, key=lambda one: one.seconds)
    return Row(
        scale=scale,
        exchanges=made["exchanges"],
        accounts=made["accounts"],
        seconds=best.seconds,
        processor_seconds=best.processor_seconds,
        peak_mb=max(one.peak_mb for one in ran),
        disk_mb=size / 1e6,
        runs=runs,
        same=len(sums) == 1 if runs > 1 else None,
    )


def files(world: Path) -> list[Path]:
    """Every file of a world, in order."""
    return sorted(path for path in world.rglob("*") if path.is_file())


def checksum(world: Path) -> str:
    """SHA-256 over the names and the bytes of every file of a world."""
    whole = hashlib.sha256()
    for path in files(world):
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        whole.update(f"{path.relative_to(world)} {digest}\n".encode())
    return whole.hexdigest()


def check_room(work: Path) -> None:
    """Raises SystemExit where the disk has no room for the whole scenario."""
    free = shutil.disk_usage(work).free
    if free < FULL_BYTES:
        raise SystemExit(
            f"{work}: {free / 1e9:.0f} GB are free, and the whole scenario wants {FULL_BYTES / 1e9:.0f}. "
            "Give another folder with --work."
        )


def main() -> None:
    """Print the table and, if asked, write it; status 1 where a seed did not give the same bytes twice."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scales", type=float, nargs="*", default=list(SCALES))
    parser.add_argument("--full", action="store_true", help="the whole scenario instead, once")
    parser.add_argument("--runs", type=int, default=2, help="runs of each scale; two or more compare bytes")
    parser.add_argument("--work", type=Path, help="folder for the worlds, which are removed afterwards")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    scales, runs = ([FULL], 1) if asked.full else (asked.scales, max(asked.runs, 1))
    rows: list[Row] = []
    print(HEADER)
    with tempfile.TemporaryDirectory(dir=asked.work) as work:
        if asked.full:
            check_room(Path(work))
        for scale in scales:
            rows.append(measure(scale, runs, Path(work)))
            print(rows[-1].line, flush=True)
            if asked.json:
                asked.json.write_text(json.dumps({"rows": [asdict(row) for row in rows]}, indent=1) + "\n", "utf-8")
    print(f"wanted: {TARGET_RATE:,} exchanges/s on two cores and at most {TARGET_MB:,} MB at any size")
    changed = [f"{row.scale:g}" for row in rows if row.same is False]
    if changed:
        raise SystemExit(f"the same seed gave other bytes at scale {', '.join(changed)}")


if __name__ == "__main__":
    main()
