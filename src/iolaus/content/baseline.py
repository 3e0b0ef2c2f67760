"""The provider's own mix, kept: what honest traffic asks for, by script, programme and pathway.

A file of aggregates: no text, no account, no hash of either. Of a cell that fewer than ``least`` legal entities (else
accounts) fill nothing is kept. Topics are compared under the deployment's key, so a baseline belongs to one key.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import msgspec

from iolaus.content.levels import Level
from iolaus.content.matching import LEAST
from iolaus.errors import InputError
from iolaus.workspace import disk_error

FORMAT = 1
QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)
Kind = tuple[str, str, str]
"""Script, programme and pathway of a request; the last two are those of its account, ``unknown`` where not told."""

Place = tuple[str, ...]
"""The first so many parts of a kind; none of them: everybody."""


class Cell(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the accounts of one place ask for, one request an account.

    place: script, programme, pathway, or fewer. length: characters of a request at ``QUANTILES``. cosine: of the topics
    of two accounts.
    """

    place: list[str]
    accounts: int
    length: list[int]
    intents: dict[str, Level]
    capability: dict[str, Level]
    cosine: Level


class Baseline(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """The mix of one range of days.

    first, last: days of the traffic, UTC. contamination: share of hostile accounts that the levels allow for. least:
    entities below which a cell is not kept. left_out: accounts that did not teach, by reason; cleared: accounts that a
    person let in.
    """

    format: int
    iolaus: str
    key_id: str
    content_model: str
    first: str
    last: str
    contamination: float
    least: int
    accounts: int
    conversations: int
    left_out: dict[str, int]
    cleared: int
    cells: list[Cell]

    @cached_property
    def by_place(self) -> dict[Place, Cell]:
        """Cells by their place; that of everybody is ``()``."""
        return {tuple(cell.place): cell for cell in self.cells}

    @property
    def pathways(self) -> list[str]:
        """Names of the pathways of which a cell is kept."""
        return sorted({cell.place[2] for cell in self.cells if len(cell.place) == 3})

    def cell(self, kind: Kind) -> Cell:
        """The narrowest cell of a kind that has enough accounts to stand for it; that of everybody at last."""
        for parts in range(len(kind), 0, -1):
            found = self.by_place.get(kind[:parts])
            if found is not None and found.accounts >= LEAST:
                return found
        return self.by_place[()]

    def matched(self, kinds: Iterable[Kind]) -> Matched:
        """The mix of requests of these kinds; everybody's where there are none.

        Two requests of one cell have its cosine, two of different cells that of everybody.
        """
        everybody = self.by_place[()]
        counts = Counter(tuple(self.cell(kind).place) for kind in kinds) or Counter({(): 1})
        total = counts.total()
        shares = {place: count / total for place, count in sorted(counts.items())}
        intents = {
            name: sum(share * self.by_place[place].intents[name].trimmed for place, share in shares.items())
            for name in everybody.intents
        }
        own = sum(share**2 * self.by_place[place].cosine.mean for place, share in shares.items())
        apart = 1 - sum(share**2 for share in shares.values())
        return Matched(intents, own + apart * everybody.cosine.mean, self.contamination)


@dataclass(frozen=True)
class Matched:
    """What honest requests of like kinds ask for: mean probability of each intent without the ends (``trim`` of the
    requests at each), and the mean cosine of two accounts' topics."""

    intents: dict[str, float]
    cosine: float
    trim: float


def save(baseline: Baseline, path: Path) -> None:
    """Write the file, readable by its owner alone. Raises InputError where the disk does not allow it."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(baseline), indent=1) + b"\n")
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise disk_error(path, error) from error


def load(path: Path) -> Baseline:
    """The baseline in a file. Raises InputError where there is none, or one of another format."""
    try:
        content = path.read_bytes()
        found = msgspec.json.decode(content, type=dict[str, object])
    except OSError as error:
        raise disk_error(path, error) from error
    except msgspec.DecodeError:
        raise InputError(f"{path}: no baseline. Make one with 'iolaus content baseline learn'.") from None
    if found.get("format", FORMAT) != FORMAT:
        raise InputError(
            f"{path}: a baseline of format {found['format']}, this version reads {FORMAT}. Learn it anew with"
            " 'iolaus content baseline learn'."
        )
    try:
        baseline = msgspec.json.decode(content, type=Baseline)
    except msgspec.ValidationError as error:
        raise InputError(f"{path}: no baseline ({error}). Make one with 'iolaus content baseline learn'.") from None
    if () not in baseline.by_place:
        raise InputError(f"{path}: a baseline of nobody. Learn it anew with 'iolaus content baseline learn'.")
    return baseline


def load_for(path: Path, key_id: str, content_model: str) -> Baseline:
    """The baseline in a file, for scans with this key and content model. Raises InputError for one of others."""
    found = load(path)
    if found.key_id != key_id:
        raise InputError(
            f"{path}: learnt under key {found.key_id}, this scan has {key_id}. Set sketch.key_file to that key, or"
            " learn the baseline anew."
        )
    if found.content_model != content_model:
        raise InputError(
            f"{path}: learnt with content model {found.content_model}, this scan has {content_model}. Set"
            " link.content_model to that model, or learn the baseline anew."
        )
    return found


def digest(path: Path) -> str:
    """sha256 of the file, 64 hex digits. Raises InputError where it cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise disk_error(path, error) from error
