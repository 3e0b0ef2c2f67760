"""Kills a scan at random seconds (``kill -9``), resumes it, and compares every result with an undisturbed run.

``python -m benchmarks.resume [--kills 10] [--scale 1.0] [--seed 0]``. Prints one line a kill and exits 1 where a byte
differs. Nothing is written outside a temporary folder.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from iolaus.simulate import simulate

SCAN = "from iolaus.cli import main; main()"
DIFFERS = {"timings.json"}


@dataclass(frozen=True)
class Killed:
    """One kill: when, how far the scan had come, how long the rest took, and which files differ."""

    second: float
    reached: str
    rest: float
    different: list[str]


def scan(world: Path, out: Path) -> subprocess.Popen[bytes]:
    """A scan of ``world`` in a process of its own."""
    tables = {"accounts": "accounts.parquet", "events": "account_events.parquet", "releases": "releases.csv"}
    flags = [f"--{flag}={world / name}" for flag, name in tables.items()]
    command = [sys.executable, "-c", SCAN, "scan", str(world / "exchanges"), *flags, f"--out={out}"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL)


def undisturbed(world: Path, out: Path) -> float:
    """Seconds of a whole scan. Raises RuntimeError where it fails."""
    began = time.perf_counter()
    if scan(world, out).wait() != 0:
        raise RuntimeError(f"{world}: the scan failed")
    return time.perf_counter() - began


def killed(world: Path, out: Path, second: float, wanted: dict[str, bytes]) -> Killed:
    """Kill a scan after ``second`` and resume it."""
    running = scan(world, out)
    time.sleep(second)
    running.send_signal(signal.SIGKILL)
    reached = _reached(out) if running.wait() == -signal.SIGKILL else "done before the kill"
    rest = undisturbed(world, out)
    found = results(out)
    names = sorted(found.keys() | wanted.keys())
    return Killed(second, reached, rest, [name for name in names if found.get(name) != wanted.get(name)])


def _reached(out: Path) -> str:
    """The last step that was finished."""
    markers = sorted(out.glob(".state/*/*.done"), key=lambda path: path.stat().st_mtime_ns)
    return markers[-1].stem if markers else "nothing finished"


def results(out: Path) -> dict[str, bytes]:
    """Content of every result file that must not differ."""
    return {
        path.name: path.read_bytes()
        for path in sorted(out.iterdir())
        if path.is_file() and path.name not in DIFFERS and not path.name.startswith(".")
    }


def main() -> int:
    """Run the kills and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0)
    wanted = parser.parse_args()
    rng = random.Random(wanted.seed)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        os.environ["IOLAUS_SKETCH__KEY_FILE"] = str(place / "sketch.key")
        world = place / "world"
        simulate("demo", world, wanted.scale, wanted.seed, ())
        whole = min(undisturbed(world, place / f"whole-{run}") for run in range(2))
        expected = results(place / "whole-0")
        print(f"undisturbed: {whole:.1f} s, {len(expected)} files")
        print(f"{'killed at':>10}  {'finished by then':<22}{'resumed in':>10}  result")
        bad = 0
        for number in range(wanted.kills):
            row = killed(world, place / f"killed-{number}", rng.uniform(0.1, whole), expected)
            bad += bool(row.different)
            said = "identical" if not row.different else f"differs: {', '.join(row.different)}"
            print(f"{row.second:>8.1f} s  {row.reached:<22}{row.rest:>8.1f} s  {said}", flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
