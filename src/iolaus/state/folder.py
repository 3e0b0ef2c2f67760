"""The folder of a state: one scan at a time, and nothing changes but by one rename."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from iolaus.errors import InputError
from iolaus.state import manifest as manifests
from iolaus.state.manifest import FORMAT, NAME, Made, Manifest
from iolaus.tables import Table, check
from iolaus.workspace import disk_error, renamed_into, write_atomically, write_table

PARTS, WORKED, TABLES, LOCK = "parts", "worked", "tables", ".lock"
OWN = {PARTS, WORKED, TABLES, LOCK, NAME, f".{NAME}.partial"}


@dataclass(frozen=True)
class State:
    """A state that is open: its folder, and its manifest as it stood when it was opened."""

    place: Path
    manifest: Manifest

    @property
    def digest(self) -> str:
        """Changes with whatever is kept."""
        return hashlib.sha256(msgspec.json.encode(self.manifest)).hexdigest()

    def paths(self, files: list[str]) -> list[Path]:
        """Where files of the state lie."""
        return [self.place / name for name in files]

    def table(self, name: str, declared: Table) -> pa.Table:
        """A table as it was last kept, empty where it never was. Raises TableError where it is not what it says."""
        file = self.manifest.tables.get(name)
        if file is None:
            return declared.schema.empty_table()
        found = pq.read_table(self.place / file)
        check(found, declared)
        return found

    def weights(self) -> npt.NDArray[np.float32] | None:
        """float32[65536]: weights of words that the first increment taught; None before it."""
        file = self.manifest.tables.get("weights")
        return None if file is None else np.load(self.place / file, allow_pickle=False)

    def write_table(self, name: str, table: pa.Table, generation: int) -> str:
        """Write a table beside those that are there; returns the file for the next manifest."""
        file = f"{TABLES}/{name}-{generation:06}.parquet"
        self._room(file)
        write_table(table, self.place / file)
        return file

    def take(self, source: Path, file: str) -> None:
        """Copy a finished file into the folder; it is part of the state once a manifest names it."""
        self._room(file)
        with renamed_into(self.place / file) as partial:
            shutil.copyfile(source, partial)

    def _room(self, file: str) -> None:
        (self.place / file).parent.mkdir(parents=True, exist_ok=True)

    def commit(self, changed: Manifest) -> None:
        """Make ``changed`` the state; files that it does not name are removed afterwards."""
        write_atomically(self.place / NAME, msgspec.json.format(msgspec.json.encode(changed), indent=1) + b"\n")
        sweep(self.place, changed)


def sweep(place: Path, kept: Manifest | None) -> None:
    """Remove files of parts and tables that no manifest names: what a killed scan left, and what has been replaced."""
    named = set() if kept is None else kept.files
    for folder in (place / PARTS, place / WORKED, place / TABLES):
        for path in sorted(folder.rglob("*"), reverse=True) if folder.is_dir() else ():
            if path.is_dir():
                with contextlib.suppress(OSError):
                    path.rmdir()
            elif path.relative_to(place).as_posix() not in named:
                path.unlink()


@contextlib.contextmanager
def opened(place: Path, made: Made | None) -> Iterator[State]:
    """Open a state for one command. ``made`` by whom a new one is begun; None where there must be one already.

    Raises InputError where the folder holds other things, was kept by another key or settings, or is in use.
    """
    try:
        if made is None and not (place / NAME).exists():
            raise InputError(f"{place}: no state. Give the folder that 'iolaus scan --state' was given.")
        strange = sorted(path.name for path in place.iterdir() if path.name not in OWN) if place.exists() else []
        if strange and not (place / NAME).exists():
            raise InputError(f"{place}: holds '{strange[0]}' and no state. Give --state an empty or a new folder.")
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (place / LOCK).open("w") as lock:
            _hold(lock.fileno(), place)
            found = manifests.read(place)
            if found is not None and made is not None:
                manifests.refuse_other(found.made, made, place)
            sweep(place, found)
            if found is None and made is not None:
                found = Manifest(format=FORMAT, made=made)
            if found is None:
                raise InputError(f"{place}: no state. Give the folder that 'iolaus scan --state' was given.")
            yield State(place, found)
    except OSError as error:
        raise disk_error(Path(error.filename or place), error) from error


def _hold(lock: int, place: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise InputError(f"{place}: another command has this state open. Wait until it is done.") from None
