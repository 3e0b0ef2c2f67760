"""Scans of worlds, each done once: a rerun with the same world and settings finds its results."""

from __future__ import annotations

import functools
import hashlib
import logging
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import iolaus
from iolaus.campaign.judged import Outcome
from iolaus.errors import InputError
from iolaus.evaluate.worlds import World
from iolaus.ingest.inputs import Inputs, hash_inputs, sha256
from iolaus.progress import Progress
from iolaus.record import with_effect
from iolaus.scan import scan
from iolaus.settings import Settings, load
from iolaus.workspace import renamed_into, write_atomically

log = logging.getLogger("iolaus")

COHORTS = "tested_cohorts.parquet"
"""Accounts of every tested cohort, beside the results of a scan that the judge ran."""

_KEY = hashlib.sha256(b"iolaus evaluates worlds, which hold nobody's text").hexdigest()


def judging_settings(toml: Path | None, work: Path) -> Settings:
    """Settings for scans of worlds: with a public key of their own in ``work``, so that figures can be replayed.

    A key that the settings name is kept. Raises InputError for a wrong setting.
    """
    loaded = load(toml)
    if loaded.sketch.key_file is not None:
        return loaded
    path = work / "sketch.key"
    # Worlds are judged side by side: whoever comes second finds it written.
    if not path.is_file():
        write_atomically(path, (_KEY + "\n").encode())
    return load(toml, {"sketch": {"key_file": path}})


def settings_digest(settings: Settings) -> str:
    """Names everything but the input that a result depends on; 16 hex digits."""
    content = msgspec.json.encode([iolaus.__version__, code_digest(JUDGED_CODE), with_effect(settings)])
    return hashlib.blake2b(content, digest_size=8).hexdigest()


JUDGED_CODE = ("ingest", "sketch", "fingerprint", "link", "content", "campaign", "evaluate")
"""Folders of the package whose code a judged world depends on."""


@functools.cache
def code_digest(folders: tuple[str, ...]) -> str:
    """Changes with any line of code in these folders of the package, so that no stale result is taken up."""
    found = hashlib.blake2b(digest_size=8)
    for path in judged_files(folders):
        found.update(path.read_bytes())
    return found.hexdigest()


def judged_files(folders: tuple[str, ...]) -> list[Path]:
    """The modules in these folders of the package on which a judged world depends."""
    package = Path(iolaus.__file__).parent
    return [
        path
        for folder in folders
        for path in sorted((package / folder).rglob("*.py"))
        if folder != "evaluate" or not path.name.startswith(UNSEEN)
    ]


UNSEEN = (
    "gauge", "table", "page", "figures", "weakest", "evaluation", "judge", "rounds", "cli", "evasion", "ablation",
    "poisoning", "textless", "recorded",
)  # fmt: skip
"""Modules of ``evaluate`` that only read or show what was judged."""


def place_of(world: World, settings: Settings, work: Path) -> Path:
    """The folder in which what is known of a world under these settings is kept."""
    whole = hashlib.blake2b(f"{_fingerprint(world)} {settings_digest(settings)}".encode(), digest_size=6).hexdigest()
    return work / f"{world.meta.scenario}-{world.meta.seed}-{whole}"


def _fingerprint(world: World) -> str:
    """Changes with any byte of the world's description, traffic, tables or truth."""
    told = [world.path / "world.json", *sorted((world.path / "truth").glob("*.parquet"))]
    return " ".join([hash_inputs(world.inputs), *(sha256(path) for path in told)])


def scan_once(inputs: Inputs, settings: Settings, out: Path) -> Path:
    """Scan into ``out`` unless a finished scan of the same settings lies there; returns ``out``."""
    marker = out / "judge.done"
    state = f"{settings_digest(settings)} {hash_inputs(inputs)}"
    if marker.is_file() and marker.read_text("ascii") == state:
        return out
    found = scan(inputs, settings, out, Progress(shown=False))
    write_cohorts(found, out)
    write_atomically(marker, state.encode())
    return out


def write_cohorts(found: Outcome, out: Path) -> None:
    """Account ids of every tested cohort: numbers are ranks of the sorted ids, the rows of accounts.parquet."""
    ids = pq.read_table(out / "accounts.parquet", columns=["account_id"])["account_id"]
    prefix = {True: "campaign", False: "cohort"}
    names, numbers = [], [np.zeros(0, np.int32)]
    for judged in found.cohorts:
        candidate = judged.tested.candidate
        name = f"{prefix[judged.judgement.verdict == 'campaign']}-{candidate.id}"
        names += [name] * len(candidate.accounts)
        numbers.append(candidate.accounts)
    table = pa.table({"cohort": pa.array(names, pa.string()), "account_id": ids.take(np.concatenate(numbers))})
    with renamed_into(out / COHORTS) as partial:
        pq.write_table(table, partial, compression="zstd")


def finished_results(folder: Path) -> Path:
    """A folder of finished results. Raises InputError where a file of it is missing."""
    for name in ("accounts.parquet", "exchanges.parquet", "campaigns.json", "cohorts.json"):
        if not (folder / name).is_file():
            raise InputError(f"{folder}: holds no {name}. Give the --out of a finished scan.")
    return folder
