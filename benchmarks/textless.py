"""Keyed sketches in place of texts: how fast a request path and a batch make them, and how long one line waits.

    python -m benchmarks.textless [--rows N] [--json PATH]

Lines go into ``iolaus sketch --stream`` through a pipe and come out through another, as in a request path; the start of
the process is not counted. The batch reads the same requests as Parquet, start and all.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import tempfile
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.child import checked, sketch
from benchmarks.sketch import compose

PINGS = 200
"""Lines that are sent one by one, each after the answer to the one before."""


HEADER = (
    f"{'':<36}{'requests':>9}{'bytes':>8}{'requests/s':>12}{'MB/s in':>9}{'text':>9}{'/cpu s':>12}{'B out':>9}"
    f"{'peak MB':>9}{'grown':>9}"
)


@dataclass(frozen=True)
class Row:
    """One way of sketching. ``read_mb``: bytes that went in; ``text_mb``: bytes of prompts among them, 10^6 each.

    ``peak_mb``: largest resident set, 2^20 bytes each. ``grown_mb``: what the second half of a stream added to it.
    """

    what: str
    requests: int
    bytes_each: int
    read_mb: float
    text_mb: float
    written_mb: float
    seconds: float
    processor_seconds: float
    peak_mb: float
    grown_mb: float | None = None

    @property
    def line(self) -> str:
        """For people."""
        return (
            f"{self.what:<36}{self.requests:>9,}{self.bytes_each:>8,}{self.requests / self.seconds:>12,.0f}"
            f"{self.read_mb / self.seconds:>9.1f}{self.text_mb / self.seconds:>9.1f}"
            f"{self.requests / self.processor_seconds:>12,.0f}"
            f"{self.written_mb * 1e6 / self.requests:>9.0f}{self.peak_mb:>9.0f}"
            + ("" if self.grown_mb is None else f"{self.grown_mb:>+9.1f}")
        )


def requests(rows: int, size: int) -> list[dict[str, Any]]:
    """Requests in normal form with prompts of about ``size`` bytes, of a thousand accounts."""
    made = []
    for number, text in enumerate(compose("latin", rows, size).to_pylist()):
        hour, minute, second = number // 3600 % 24, number // 60 % 60, number % 60
        made.append({
            "exchange_id": f"e{number}", "ts": f"2026-01-05T{hour:02}:{minute:02}:{second:02}Z",
            "account_id": f"a{number % 1000}", "model": "m", "status": 200, "ip": f"203.0.113.{number % 250}",
            "user_agent": "client/1.0", "temperature": 0.7, "max_tokens": 1024, "prompt": text, "output_tokens": 300,
        })  # fmt: skip
    return made


def as_openai(request: dict[str, Any]) -> dict[str, Any]:
    """The same request as a line of an OpenAI log."""
    told = {name: request[name] for name in ("account_id", "ip", "user_agent")} | {"created": request["ts"]}
    messages = [{"role": "user", "content": request["prompt"]}]
    return told | {
        "id": request["exchange_id"],
        "request": {"model": "m", "temperature": 0.7, "max_tokens": 1024, "messages": messages},
        "response": {"object": "chat.completion", "choices": [], "usage": {"completion_tokens": 300}},
    }


class Stream:
    """``iolaus sketch --stream`` with pipes on both ends, warm: it has answered once."""

    def __init__(self, format: str, first: bytes) -> None:
        command = sketch("--stream", "--format", format)
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.ask(first)

    def ask(self, line: bytes) -> bytes:
        """Send one line and wait for its answer."""
        into, out = self._process.stdin, self._process.stdout
        if into is None or out is None:
            raise SystemExit("iolaus sketch: no pipes")
        into.write(line)
        into.flush()
        return out.readline()

    def run(self, content: bytes, rows: int) -> tuple[float, int]:
        """Seconds from the first byte sent to the last answer, and bytes that came back."""
        began = time.perf_counter()
        threading.Thread(target=self._send, args=(content,), daemon=True).start()
        out = self._process.stdout
        size = sum(len(out.readline()) for _ in range(rows)) if out is not None else 0
        return time.perf_counter() - began, size

    def _send(self, content: bytes) -> None:
        if self._process.stdin is not None:
            self._process.stdin.write(content)
            self._process.stdin.flush()

    def peak_mb(self) -> float:
        """The largest resident set so far, 2^20 bytes each; Linux only."""
        status = Path(f"/proc/{self._process.pid}/status").read_text("ascii")
        return float(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) / 1024

    def processor_seconds(self) -> float:
        """Of all its threads so far; Linux only."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text("ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def close(self) -> None:
        """End the stream; raises SystemExit where the command failed."""
        _, said = self._process.communicate(timeout=60)
        if self._process.returncode:
            raise SystemExit(said.decode("utf-8", "replace"))


def streamed(format: str, name: str, rows: int, size: int) -> tuple[Row, float]:
    """A stream of requests, and the median of seconds that one line alone waits for its answer."""
    records = requests(rows, size)
    shaped = records if format == "native" else list(map(as_openai, records))
    lines = [json.dumps(record).encode() + b"\n" for record in shaped]
    stream = Stream(format, lines[0])
    try:
        waits = []
        for line in lines[:PINGS]:
            began = time.perf_counter()
            stream.ask(line)
            waits.append(time.perf_counter() - began)
        began_with = stream.processor_seconds()
        halves = [stream.run(b"".join(lines[: rows // 2]), rows // 2)]
        before = stream.peak_mb()
        halves.append(stream.run(b"".join(lines[rows // 2 :]), rows - rows // 2))
        peak, used = stream.peak_mb(), stream.processor_seconds() - began_with
    finally:
        stream.close()
    read, text = sum(map(len, lines)) / 1e6, sum(len(record["prompt"].encode()) for record in records) / 1e6
    seconds, written = sum(half[0] for half in halves), sum(half[1] for half in halves) / 1e6
    return Row(name, rows, size, read, text, written, seconds, used, peak, peak - before), statistics.median(waits)


def batched(rows: int, size: int, place: Path) -> Row:
    """The same requests as Parquet, into Parquet, in a process of its own."""
    records = requests(rows, size)
    logs, out = place / "logs.parquet", place / "sketches.parquet"
    pq.write_table(pa.Table.from_pylist(records), logs, compression="zstd")
    ran = checked(sketch(logs, "--out", out))
    text = sum(len(record["prompt"].encode()) for record in records) / 1e6
    read, written = logs.stat().st_size / 1e6, out.stat().st_size / 1e6
    return Row(
        "batch, Parquet to Parquet", rows, size, read, text, written, ran.seconds, ran.processor_seconds, ran.peak_mb
    )


def main() -> None:
    """Print the table and, if asked, write it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=30_000)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    place = Path(tempfile.mkdtemp())
    try:
        print(HEADER)
        found, waits = [], {}
        for name, format, rows, size in (
            ("stream, normal form", "native", asked.rows, 500),
            ("stream, OpenAI", "openai", asked.rows, 500),
            ("stream, normal form", "native", max(PINGS, asked.rows // 10), 8000),
        ):
            row, wait = streamed(format, name, rows, size)
            found.append(row)
            waits[f"{name}, {size:,} bytes"] = wait * 1000
            print(row.line, flush=True)
        for rows, size in ((asked.rows, 500), (max(PINGS, asked.rows // 10), 8000)):
            found.append(batched(rows, size, place))
            print(found[-1].line, flush=True)
        for name, wait in waits.items():
            print(f"one line alone waits, {name}: {wait:.1f} ms")
        if asked.json is not None:
            content = {"rows": [asdict(row) for row in found], "waits_ms": waits}
            asked.json.write_text(json.dumps(content, indent=1) + "\n", "utf-8")
    finally:
        shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    main()
