"""What is to be read: files, folders and globs become a sorted list of named sources."""

from __future__ import annotations

import functools
import glob
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from iolaus.errors import InputError
from iolaus.workspace import disk_error

SUFFIXES = (".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet", ".log")
COMPRESSIONS = (".gz", ".zst", ".zstd")
TRUTH = "truth"


@dataclass(frozen=True)
class Inputs:
    """The arguments of ``scan`` and ``ingest`` that say what to read and how."""

    logs: tuple[str, ...]
    accounts: Path | None = None
    events: Path | None = None
    releases: Path | None = None
    format: str | None = None
    mapping: Path | None = None
    account: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """One file; ``name`` is relative to its argument, so that no path of a machine gets into results."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class Sources:
    """The files of a scan in reading order, and files of its folders that are no logs."""

    files: tuple[Source, ...]
    skipped: tuple[str, ...]


def find_sources(logs: tuple[str, ...]) -> Sources:
    """Every log file below the arguments, each once; none of no arguments.

    Raises InputError where one is missing or is truth.
    """
    found: dict[Path, str] = {}
    skipped: list[str] = []
    for argument in logs:
        for place in _places(argument):
            for path, name in _files(place):
                if _is_log(path) or path == place:
                    found.setdefault(path, name)
                else:
                    skipped.append(name)
    if logs and not found:
        wanted = ", ".join(SUFFIXES)
        raise InputError(f"{' '.join(logs)}: no log files. Give files, folders or globs ({wanted}).")
    return Sources(tuple(_distinct(found)), tuple(skipped))


def _places(argument: str) -> list[Path]:
    place = Path(argument)
    if place.exists():
        return [place]
    matches = [Path(p) for p in sorted(glob.glob(argument, recursive=True))]  # noqa: PTH207 - any root
    if not matches:
        raise InputError(f"{argument}: no such file, folder or match. Check the path, then run again.")
    return matches


def _files(place: Path) -> Iterator[tuple[Path, str]]:
    """(path, name relative to the argument) of each file at or below ``place``, in sorted order."""
    refuse_truth(place)
    if not place.is_dir():
        yield place, place.name
        return

    def stop(error: OSError) -> None:
        raise disk_error(Path(error.filename or place), error) from error

    for folder, folders, names in os.walk(place, onerror=stop):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        if TRUTH in folders:
            refuse_truth(Path(folder) / TRUTH)
        for name in sorted(n for n in names if not n.startswith((".", "_"))):
            path = Path(folder) / name
            yield path, path.relative_to(place).as_posix()


def refuse_truth(place: Path) -> None:
    """Raise InputError where ``place`` is, or lies in, a folder named ``truth``: answers are no input."""
    if TRUTH in place.parts or place.resolve().parent.name == TRUTH:
        raise InputError(f"{place}: a folder named 'truth' holds answers, not logs. Give the folders beside it.")


def _is_log(path: Path) -> bool:
    suffixes = [s.lower() for s in path.suffixes[-2:]]
    if suffixes and suffixes[-1] in COMPRESSIONS:
        suffixes.pop()
    return bool(suffixes) and suffixes[-1] in SUFFIXES


def _distinct(found: dict[Path, str]) -> Iterator[Source]:
    """Sources whose names differ: equal names of several arguments are numbered in reading order."""
    seen: dict[str, int] = {}
    for path, name in found.items():
        seen[name] = seen.get(name, 0) + 1
        yield Source(name if seen[name] == 1 else f"{name}#{seen[name]}", path)


def hash_inputs(inputs: Inputs) -> str:
    """64 hex digits that change with any byte of the inputs, their names, the format or the account.

    Raises InputError where a file cannot be read.
    """
    parts = [f"{s.name} {sha256(s.path)}" for s in find_sources(inputs.logs).files]
    for role in ("accounts", "events", "releases", "mapping"):
        path: Path | None = getattr(inputs, role)
        parts.append(f"{role} {sha256(path) if path else '-'}")
    parts += [f"format {inputs.format}", f"account {inputs.account}"]
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogateescape")).hexdigest()


def sha256(path: Path) -> str:
    """SHA-256 of a file in hex. Raises InputError where it cannot be read."""
    try:
        state = path.stat()
        return _sha256(path, state.st_mtime_ns, state.st_size)
    except OSError as error:
        raise disk_error(path, error) from error


@functools.lru_cache(maxsize=65_536)
def _sha256(path: Path, modified_ns: int, size: int) -> str:  # the state is part of the cache's key
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
