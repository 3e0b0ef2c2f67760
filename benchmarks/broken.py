"""A log of which a tenth of the rows is broken, and a campaign in which every prompt carries a defect.

    python -m benchmarks.broken [--rows N] [--work DIR] [--json PATH]

Ends with status 1 unless every broken row is accounted for and the campaign is found.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pyarrow.parquet as pq

from benchmarks.breakages import BREAKAGES, FIRST_ID, NEVER_TEXT, Record, Turns, with_bytes
from benchmarks.child import Ran, checked, module, read_json
from benchmarks.child import scan as scan_command

ROWS = 1_000_000
EACH = 10
"""One row in so many is broken."""


@dataclass
class Written:
    """What the log holds: kind of breakage by line (from 1), defects to expect by 'column: defect'."""

    rows: int = 0
    kinds: dict[int, int] = field(default_factory=dict)
    defects: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Line:
    """One kind of breakage: rows of it, how many were rejected and kept, and the reason or defect it must tell."""

    kind: str
    rows: int
    rejected: int
    kept: int
    told: str
    well: bool


def write_log(exchanges: Path, path: Path, hostile: set[str]) -> Written:
    """Write the Parquet files of ``exchanges`` as JSONL, broken; nobody's row of the campaign is dropped."""
    written, turns, due = Written(), Turns(), 0
    with path.open("wb") as log:
        for record in _records(exchanges):
            written.rows += 1
            due += written.rows % EACH == 5
            if written.rows == 1:
                record["exchange_id"] = FIRST_ID
            if record["account_id"] in hostile:
                defect = tuple(NEVER_TEXT)[written.rows % len(NEVER_TEXT)]
                written.defects[f"prompt: {defect}"] += 1
                line = with_bytes(record, written.rows, defect)
            elif due:
                due -= 1
                kind = turns.take()
                written.kinds[written.rows] = kind
                line = BREAKAGES[kind].make(record, written.rows)
                if BREAKAGES[kind].told and not BREAKAGES[kind].rejected:
                    written.defects[BREAKAGES[kind].told] += 1
            else:
                line = msgspec.json.encode(record)
            log.write(line + b"\n")
    return written


def _records(exchanges: Path) -> Any:
    for path in sorted(exchanges.glob("*.parquet")):
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=8192):
                for row in batch.to_pylist():
                    yield {name: value for name, value in row.items() if value is not None}


def tell(written: Written, rejects: list[Record]) -> list[Line]:
    """A line for each kind, and whether it went as it must."""
    reasons = {row["row"]: row["reason"] for row in rejects}
    rows, rejected, wrong = Counter[int](), Counter[int](), Counter[int]()
    for row, kind in written.kinds.items():
        found = reasons.get(row)
        rows[kind] += 1
        rejected[kind] += found is not None
        wanted = BREAKAGES[kind].told if BREAKAGES[kind].rejected else None
        wrong[kind] += (found is None) != (wanted is None) or (wanted or "") not in (found or "")
    return [
        Line(b.name, rows[n], rejected[n], rows[n] - rejected[n], b.told or "(made up)", not wrong[n])
        for n, b in enumerate(BREAKAGES)
    ]


def faults(written: Written, lines: list[Line], rejects: list[Record], record: Record) -> list[str]:
    """What does not add up; nothing where all does."""
    found = [f"{line.kind}: not as it must be" for line in lines if not line.well]
    strangers = [row["row"] for row in rejects if row["row"] not in written.kinds]
    if strangers:
        found.append(f"{len(strangers)} sound rows were rejected, the first in line {strangers[0]}")
    if len({row["row"] for row in rejects}) != len(rejects):
        found.append("a row was rejected twice")
    if record["exchanges"] + len(rejects) != written.rows:
        found.append(f"{record['exchanges']} exchanges and {len(rejects)} rejects are not {written.rows} rows")
    for defect, count in written.defects.items():
        if record["defects"].get(defect, 0) != count:
            found.append(f"{defect}: {record['defects'].get(defect, 0)} told, {count} written")
    return found


def summary(written: Written, ran: Ran, out: Path, hostile: set[str]) -> dict[str, Any]:
    """Figures of the run; ``faults`` must be empty."""
    rejects = pq.read_table(out / "rejects.parquet").to_pylist()
    record = read_json(out / "run.json")
    judged = pq.read_table(out / "accounts.parquet").to_pylist()
    accused = {row["account_id"] for row in judged if row["accused"]}
    lines = tell(written, rejects)
    wrong = faults(written, lines, rejects, record)
    if len(accused & hostile) * 2 < len(hostile):
        wrong.append(f"the campaign was not found: {len(accused & hostile)} of {len(hostile)} accounts are accused")
    return {
        "rows": written.rows,
        "exchanges": record["exchanges"],
        "rejects": len(rejects),
        "seconds": ran.seconds,
        "peak_mb": ran.peak_mb,
        "hostile": len(hostile),
        "found": len(accused & hostile),
        "wrongly": len(accused - hostile),
        "kinds": [asdict(line) for line in lines],
        "defects": record["defects"],
        "faults": wrong,
    }


def measure(rows: int, work: Path) -> dict[str, Any]:
    """Make, break, scan, compare."""
    world, log, out = work / "world", work / "broken.jsonl", work / "out"
    checked(module("benchmarks.worlds", world, "--exchanges", rows))
    hostile = set(read_json(world / "world.json")["hostile"])
    written = write_log(world / "exchanges", log, hostile)
    command = scan_command(log, "--accounts", world / "accounts.parquet", "--max-rejects", 0.2, "--out", out)
    return summary(written, checked(command, work / "sketch.key"), out, hostile)


def main() -> None:
    """Print the table and, if asked, write it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--work", type=Path, help="folder for the log and the results, which are removed afterwards")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.work) as work:
        told = measure(asked.rows, Path(work))
    print(f"{'what is broken':<30}{'rows':>8}{'rejected':>10}{'kept':>8}  reason or defect")
    for line in told["kinds"]:
        print(f"{line['kind']:<30}{line['rows']:>8,}{line['rejected']:>10,}{line['kept']:>8,}  {line['told']}")
    print(f"{told['rows']:,} rows: {told['exchanges']:,} exchanges, {told['rejects']:,} rejects")
    print(f"{told['seconds']:.1f} s, peak {told['peak_mb']:,.0f} MB")
    print(f"campaign: {told['found']} of {told['hostile']} accounts accused, {told['wrongly']} others")
    if asked.json:
        asked.json.write_text(json.dumps(told, indent=1) + "\n", "utf-8")
    if told["faults"]:
        sys.exit("\n".join(told["faults"]))


if __name__ == "__main__":
    main()
