"""What a scan makes of logs that this project did not write.

    python -m benchmarks.real_logs [--log NAME=PATH ...] [--json PATH]

``--log glasswally=PATH`` scans a whole file of that kind in place of the cut that the repository holds.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.child import checked, read_json
from benchmarks.child import scan as scan_command

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Log:
    """A log of the repository and how it is read."""

    name: str
    path: Path
    options: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """What came of one log. ``seconds_spanned``: from its first exchange to its last."""

    log: str
    exchanges: int
    unanswered: int
    conversations: int
    accounts: int
    assessed: int
    accused: int
    rejects: int
    seconds_spanned: float
    prompts: int
    cohorts: int
    verdicts: str

    @property
    def line(self) -> str:
        """For people."""
        return (
            f"{self.log:<12}{self.exchanges:>10,}{self.unanswered:>12,}{self.conversations:>15,}{self.accounts:>10,}"
            f"{self.assessed:>10,}{self.rejects:>9,}{self.prompts:>9,}{self.seconds_spanned:>12,.1f}"
            f"{self.accused:>9,}{self.cohorts:>9,}  {self.verdicts}"
        )


HEADER = (
    f"{'log':<12}{'exchanges':>10}{'unanswered':>12}{'conversations':>15}{'accounts':>10}{'assessed':>10}{'rejects':>9}"
    f"{'prompts':>9}{'seconds':>12}{'accused':>9}{'cohorts':>9}  verdicts"
)
LOGS = (
    Log("agent", ROOT / "tests/data/swe_agent_interactions.jsonl.gz", ("--account", "agent")),
    Log(
        "glasswally",
        ROOT / "tests/data/glasswally_events.jsonl.gz",
        ("--mapping", str(ROOT / "docs/examples/glasswally.toml")),
    ),
    Log("azure", ROOT / "tests/data/azure_llm_2023.csv", ("--mapping", str(ROOT / "docs/examples/azure_llm.toml"))),
)


def measure(log: Log, work: Path) -> Row:
    """Scan one log, and read it into the normal form to see what the scan saw."""
    out, normal = work / f"{log.name}-out", work / f"{log.name}-in"
    command = scan_command(log.path, *log.options)
    checked([*command, "--out", str(out)], work / "sketch.key")
    checked([command[0], "ingest", *command[2:], "--out", str(normal)], work / "sketch.key")
    seen = pq.read_table(normal / "exchanges", columns=["ts", "prompt", "response", "output_tokens", "finish_reason"])
    span = pc.subtract(pc.max(seen["ts"]), pc.min(seen["ts"])).as_py()
    record = read_json(out / "run.json")
    cohorts: list[dict[str, Any]] = read_json(out / "cohorts.json")["cohorts"]
    verdicts = Counter(cohort["verdict"] for cohort in cohorts)
    judged = pq.read_table(out / "accounts.parquet").to_pylist()
    answered = pc.or_(pc.is_valid(seen["response"]), pc.is_valid(seen["output_tokens"]))
    answered = pc.or_(answered, pc.is_valid(seen["finish_reason"]))
    return Row(
        log=log.name,
        exchanges=record["exchanges"],
        unanswered=len(seen) - (pc.sum(answered).as_py() or 0),
        conversations=record["conversations"],
        accounts=record["accounts"],
        assessed=sum(row["assessed"] for row in judged),
        accused=sum(row["accused"] for row in judged),
        rejects=sum(record["rejects"].values()),
        seconds_spanned=span.total_seconds(),
        prompts=pc.count_distinct(seen["prompt"]).as_py(),
        cohorts=len(cohorts),
        verdicts=", ".join(f"{count} {name}" for name, count in sorted(verdicts.items())) or "none",
    )


def main() -> None:
    """Print a line for each log and, if asked, write them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--log", action="append", default=[], metavar="NAME=PATH", help="another file of a log's kind")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    others = dict(given.partition("=")[::2] for given in asked.log)
    unknown = set(others) - {log.name for log in LOGS}
    if unknown:
        parser.error(f"no log is named {min(unknown)!r}; there are {', '.join(log.name for log in LOGS)}")
    rows = []
    print(HEADER)
    with tempfile.TemporaryDirectory() as work:
        for log in LOGS:
            path = Path(others[log.name]) if log.name in others else log.path
            rows.append(measure(Log(log.name, path, log.options), Path(work)))
            print(rows[-1].line, flush=True)
    if asked.json:
        asked.json.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
