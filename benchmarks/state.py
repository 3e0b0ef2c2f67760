"""A scan on top of a state: seconds and memory beside a scan of everything, and what is kept of an exchange.

    python -m benchmarks.state [--base N] [--increment N] [--scale X] [--work DIR] [--json PATH]

Each scan is a process of its own. The world is cut by time: the base is scanned into a new state, the increment on top
of it, and a scan without a state reads both. The run fails where the increment does not accuse whom that scan accuses.

``--scale`` takes the world of three campaigns (:mod:`benchmarks.balanced`) at a scale, of which the increment is the
end. There the comparison is a scan of everything into another new state, so that both look at the same evidence; the
verdicts must be equal too.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from benchmarks.balanced import make
from benchmarks.child import checked, module, read_json
from benchmarks.child import scan as scan_command

BASE, INCREMENT = 300_000, 50_000
FAR = 0.02
"""Difference of memberships that a scan in increments may make."""

KEEP_DAYS = 60
"""Days kept of a world of 30: else the oldest days teach the base how rare words are, and are gone from the whole."""

GROUPS = {"shingles": "shingles", "topic": "topics", "scores": "scores of requests", "exchange_id": "ids"}
"""Columns of a kept exchange that take the most room; the others are counted together."""


@dataclass(frozen=True)
class Row:
    """One scan. ``read``: exchanges of the logs it was given; ``judged``: exchanges that it looks at."""

    what: str
    read: int
    judged: int
    seconds: float
    processor_seconds: float
    peak_mb: float
    stages: dict[str, float]

    @property
    def line(self) -> str:
        """For people."""
        return (
            f"{self.what:<34}{self.read:>10,}{self.judged:>10,}{self.seconds:>9.1f}{self.processor_seconds:>9.1f}"
            f"{self.peak_mb:>9,.0f}"
        )


def cut(world: Path, base: int) -> tuple[Path, Path]:
    """Two folders of logs: the first ``base`` exchanges of the world, and the rest, in order of time."""
    folders = (world / "base", world / "increment")
    writers: list[pq.ParquetWriter | None] = [None, None]
    seen = 0
    for path in sorted((world / "exchanges").glob("*.parquet")):
        for batch in pq.ParquetFile(path).iter_batches():
            left = max(0, min(base - seen, len(batch)))
            seen += len(batch)
            for place, rows in enumerate((batch.slice(0, left), batch.slice(left))):
                if not len(rows):
                    continue
                writer = writers[place]
                if writer is None:
                    folders[place].mkdir()
                    writer = pq.ParquetWriter(folders[place] / "part-00000.parquet", batch.schema, compression="zstd")
                    writers[place] = writer
                writer.write_batch(rows)
    for writer in writers:
        if writer is not None:
            writer.close()
    return folders


def scan(what: str, work: Path, out: str, logs: list[Path], state: Path | None) -> Row:
    """Scan logs in a process of its own."""
    sides = (("--accounts", "accounts"), ("--events", "account_events"))
    files = [(option, work / "world" / f"{name}.parquet") for option, name in sides if logs]
    accounts = [part for option, path in files if path.exists() for part in (option, path)]
    kept = [] if state is None else ["--state", state]
    ran = checked(scan_command(*logs, *accounts, *kept, "--out", work / out), work / "sketch.key")
    judged = int(read_json(work / out / "run.json")["exchanges"])
    read = sum(pq.read_metadata(path).num_rows for folder in logs for path in folder.glob("*.parquet"))
    stages = read_json(work / out / "timings.json")["seconds"]
    print((row := Row(what, read, judged, ran.seconds, ran.processor_seconds, ran.peak_mb, stages)).line, flush=True)
    return row


def sizes(state: Path) -> dict[str, float]:
    """Bytes an exchange by what they hold, of the parts of a state; 'everything' with side tables and all."""
    rows, found = 0, dict.fromkeys([*GROUPS.values(), "marks and other hashes"], 0)
    for path in (state / "parts").rglob("*.parquet"):
        metadata = pq.read_metadata(path)
        rows += metadata.num_rows
        for group in range(metadata.num_row_groups):
            for place in range(metadata.num_columns):
                column = metadata.row_group(group).column(place)
                name = GROUPS.get(column.path_in_schema.split(".")[0], "marks and other hashes")
                found[name] += column.total_compressed_size
    found["everything"] = sum(path.stat().st_size for path in state.rglob("*") if path.is_file())
    return {name: size / rows for name, size in found.items()}


def differing(one: Path, other: Path) -> tuple[float, int]:
    """Largest difference of two memberships of an account, and accounts that only one of two scans accuses."""
    tables = [pq.read_table(out / "accounts.parquet").sort_by("account_id") for out in (one, other)]
    levels = [table["membership"].to_numpy() for table in tables]
    accused = [table["accused"].to_numpy(zero_copy_only=False) for table in tables]
    return float(np.abs(levels[0] - levels[1]).max()), int((accused[0] != accused[1]).sum())


def other_verdicts(one: Path, other: Path) -> int:
    """Cohorts that only one of two scans has with their verdict, accounts and exchanges; ids may be older in one."""
    found = [
        Counter((cohort["verdict"], cohort["accounts"], cohort["exchanges"]) for cohort in cohorts)
        for cohorts in (read_json(out / "cohorts.json")["cohorts"] for out in (one, other))
    ]
    return max((found[0] - found[1]).total(), (found[1] - found[0]).total())


def main() -> int:
    """Print the table and, if asked, write it; 1 where the increment finds other than the whole."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", type=int, default=BASE)
    parser.add_argument("--increment", type=int, default=INCREMENT)
    parser.add_argument("--scale", type=float, help="the world of three campaigns at this scale instead")
    parser.add_argument("--work", type=Path, help="folder for the world and results, which are removed afterwards")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    place = Path(tempfile.mkdtemp(dir=asked.work))
    try:
        if asked.scale:
            os.environ["IOLAUS_STATE__KEEP_DAYS"] = str(KEEP_DAYS)
            make(place / "world", asked.scale)
            asked.base = read_json(place / "world" / "world.json")["exchanges"] - asked.increment
        else:
            checked(module("benchmarks.worlds", place / "world", "--exchanges", asked.base + asked.increment))
        base, increment = cut(place / "world", asked.base)
        state, beside = place / "state", place / "beside" if asked.scale else None
        print(f"{'scan':<34}{'read':>10}{'judged':>10}{'wall s':>9}{'cpu s':>9}{'peak MB':>9}")
        rows = [
            scan(
                "everything, without a state" if beside is None else "everything, into a new state",
                *(place, "whole", [base, increment], beside),
            ),
            scan("the base, into a new state", place, "out", [base], state),
            scan("the increment, on top of it", place, "out", [increment], state),
        ]
        far, accusations = differing(place / "whole", place / "out")
        verdicts = other_verdicts(place / "whole", place / "out") if beside is not None else 0
        rows.append(scan("what is kept, without logs", place, "out", [], state))
        kept = sizes(state)
        print("bytes an exchange: " + ", ".join(f"{name} {size:.0f}" for name, size in kept.items()))
        share = rows[2].processor_seconds / rows[0].processor_seconds
        print(f"the increment takes {share:.2f} of the processor seconds of the first scan")
        print(
            f"memberships differ by at most {far:.4f}, accusations of {accusations} accounts,"
            f" verdicts of {verdicts} cohorts"
        )
        if asked.json is not None:
            content = {
                "rows": [asdict(row) for row in rows],
                "kept": kept,
                "share": share,
                "far": far,
                "accusations": accusations,
            }
            asked.json.write_text(json.dumps(content, indent=1) + "\n", "utf-8")
        return int(far > FAR or accusations + verdicts > 0)
    finally:
        shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
