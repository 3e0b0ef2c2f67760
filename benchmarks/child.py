"""Runs a command as a child and says how long it took, how much memory it had, and how it ended."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Ran:
    """Wall seconds from start to end, processor seconds of all threads, largest resident set, status, output."""

    seconds: float
    processor_seconds: float
    peak_mb: float
    status: int
    output: str


def run(arguments: list[str], key_file: Path | None = None) -> Ran:
    """Run a command and wait for it. ``peak_mb`` is at least this process's own, so this process must stay small."""
    environment = dict(os.environ)
    if key_file is not None:
        environment["IOLAUS_SKETCH__KEY_FILE"] = str(key_file)
    with tempfile.TemporaryFile("w+b") as output:
        began = time.perf_counter()
        process = subprocess.Popen(arguments, env=environment, stdout=output, stderr=subprocess.STDOUT)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        said = output.read().decode("utf-8", "replace")
    return Ran(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, process.returncode, said)


def module(name: str, *arguments: object) -> list[str]:
    """The command that runs a module with this interpreter."""
    return [sys.executable, "-m", name, *map(str, arguments)]


def scan(*arguments: object) -> list[str]:
    """The command ``iolaus scan`` of this interpreter's installation."""
    return [str(Path(sys.executable).with_name("iolaus")), "scan", *map(str, arguments)]


def sketch(*arguments: object) -> list[str]:
    """The command ``iolaus sketch`` of this interpreter's installation."""
    return [str(Path(sys.executable).with_name("iolaus")), "sketch", *map(str, arguments)]


def simulate(*arguments: object) -> list[str]:
    """The command ``iolaus simulate`` of this interpreter's installation."""
    return [str(Path(sys.executable).with_name("iolaus")), "simulate", *map(str, arguments)]


def checked(arguments: list[str], key_file: Path | None = None) -> Ran:
    """As :func:`run`; raises SystemExit with the command's output where it fails."""
    ran = run(arguments, key_file)
    if ran.status:
        raise SystemExit(f"{' '.join(arguments)}: status {ran.status}\n{ran.output}")
    return ran


def read_json(path: Path) -> Any:
    """The content of a JSON file."""
    return json.loads(path.read_text("utf-8"))
