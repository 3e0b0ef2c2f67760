"""A world on disk: traffic as a provider would hold it, and the truth beside it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec

from iolaus.errors import InputError
from iolaus.ingest.inputs import Inputs


class Meta(msgspec.Struct, frozen=True, kw_only=True):
    """The fields of world.json that an evaluation reads."""

    scenario: str
    seed: int = 0
    scale: float = 1.0
    days: int
    start: str
    exchanges: int
    accounts: int
    campaigns: list[str] = []


@dataclass(frozen=True)
class World:
    """A folder in the layout of docs/worlds.md."""

    path: Path
    meta: Meta

    @property
    def label(self) -> str:
        """Names the world in tables: scenario, scale where it is not 1, and seed."""
        scale = "" if self.meta.scale == 1 else f"@{self.meta.scale:g}"
        return f"{self.meta.scenario}{scale}/{self.meta.seed}"

    @property
    def exchanges(self) -> str:
        """Glob of its exchange files."""
        return str(self.path / "exchanges" / "*.parquet")

    @property
    def inputs(self) -> Inputs:
        """What a scan of it reads; never the truth."""
        tables = {
            "accounts": self.path / "accounts.parquet",
            "events": self.path / "account_events.parquet",
            "releases": self.path / "releases.csv",
        }
        found = {role: path if path.exists() else None for role, path in tables.items()}
        return Inputs((str(self.path / "exchanges"),), found["accounts"], found["events"], found["releases"])


def open_world(path: Path) -> World:
    """The world in a folder. Raises InputError where the folder, its traffic or its truth is missing or foreign."""
    for needed in ("world.json", "exchanges", "truth/accounts.parquet", "truth/exchanges.parquet"):
        if not (path / needed).exists():
            raise InputError(f"{path}: holds no {needed}. Give a folder that 'iolaus simulate' wrote.")
    try:
        meta = msgspec.json.decode((path / "world.json").read_bytes(), type=Meta)
    except (msgspec.DecodeError, OSError) as error:
        raise InputError(f"{path / 'world.json'}: cannot be read ({error}). Simulate the world again.") from None
    return World(path, meta)
