"""Worlds as far as a baseline needs them: scanned, with one request of each account and the truth beside it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

import iolaus
from iolaus.campaign.judged import Judged, Outcome
from iolaus.campaign.settings import VerdictSettings
from iolaus.campaign.teachers import Teachers, teachers
from iolaus.content.baseline import FORMAT, Baseline
from iolaus.content.mix import Sample, cells
from iolaus.engine.embedded import Embedded
from iolaus.ingest.inputs import Inputs
from iolaus.key import load as load_key
from iolaus.learn import sample_of
from iolaus.link.population import Population
from iolaus.link.strata import strata
from iolaus.progress import Progress
from iolaus.scan import stages
from iolaus.settings import Settings
from iolaus.simulate import simulate
from iolaus.sketch.content import Content
from iolaus.sketch.content_backends import model_id
from iolaus.workspace import Workspace

Mask = npt.NDArray[np.bool_]
CONTAMINATION = 0.05
EVERYBODY = 100_000


@dataclass(frozen=True)
class Seen:
    """A scanned world. sample: one request of each readable account, whose numbers are ``numbers``; crowd and hostile:
    by account number; strata: programme and pathway of each account."""

    found: Outcome
    allowed: Teachers
    sample: Sample
    numbers: npt.NDArray[np.int32]
    crowd: npt.NDArray[np.str_]
    hostile: Mask
    strata: tuple[tuple[str, str], ...]
    key_id: str

    def baseline(self, may: Mask, contamination: float = CONTAMINATION) -> Baseline:
        """The mix of the accounts that may teach, bool[accounts]. Raises ValueError where they are too few for one."""
        rows = np.flatnonzero(may[self.numbers])
        found = cells(_rows(self.sample, rows), contamination, 10)
        if not found:
            raise ValueError(f"{len(rows)} accounts are too few for a baseline")
        return Baseline(
            format=FORMAT, iolaus=iolaus.__version__, key_id=self.key_id, content_model=model_id(None), first="",
            last="", contamination=contamination, least=10, accounts=len(rows), conversations=0, left_out={}, cleared=0,
            cells=found,
        )  # fmt: skip

    def population(self, baseline: Baseline) -> Population:
        """Everybody of this world beside a baseline."""
        return replace(self.found.population, baseline=baseline, strata=self.strata)

    @property
    def accused(self) -> Mask:
        """bool[accounts]: who reaches the membership from which a scan accuses."""
        return accused_of(self.found, VerdictSettings().accuse_membership)

    def cohorts_of(self, mask: Mask) -> Iterator[Judged]:
        """Tested cohorts most of whose accounts are of ``mask``, bool[accounts]."""
        return (judged for judged in self.found.cohorts if mask[judged.tested.cohort.numbers].mean() > 0.5)


def accused_of(found: Outcome, membership: float) -> Mask:
    """bool[accounts]: who reaches the membership from which a scan accuses."""
    accused = np.zeros(len(found.population.accounts), bool)
    for judged in found.campaigns:
        if judged.members is not None:
            accused[judged.members.numbers[judged.members.membership >= membership]] = True
    return accused


def _rows(sample: Sample, rows: npt.NDArray[np.int64]) -> Sample:
    content = Content(sample.content.intents[rows], sample.content.capability[rows])
    kinds = [sample.kinds[row] for row in rows]
    return Sample(sample.entities[rows], kinds, sample.lengths[rows], content, sample.topics[rows])


@contextmanager
def seen(scenario: str, seed: int, scale: float, settings: Settings, place: Path) -> Iterator[Seen]:
    """Simulate and scan a world under ``place``, which is removed afterwards."""
    world = place / "world"
    simulate(scenario, world, scale, seed)
    key, progress = load_key(settings.sketch.key_file), Progress(False)
    work = Workspace(place / "state", "baseline")
    engine = Embedded(settings.engine, place / "scratch")
    logs = (str(world / "exchanges"),)
    inputs = Inputs(logs, world / "accounts.parquet", world / "account_events.parquet", world / "releases.csv")
    try:
        _, found = stages(inputs, settings, key, work, engine, progress, place)
        accounts = found.population.accounts
        sample, numbers = sample_of(
            work, engine, settings, key, found.population, np.ones(len(accounts), bool), EVERYBODY
        )
        truth = {row["account_id"]: row for row in pq.read_table(world / "truth" / "accounts.parquet").to_pylist()}
        rows = [truth.get(name, {"crowd": "", "hostile": False}) for name in accounts["account_id"].to_pylist()]
        names = {key.hash(kind[2].encode()): kind[2] for kind in sample.kinds}
        yield Seen(
            found, teachers(found, accounts, None, ()), sample, numbers,
            np.array([row["crowd"] for row in rows]), np.array([row["hostile"] for row in rows]),
            strata(engine, accounts, names), key.id,
        )  # fmt: skip
    finally:
        engine.close()
        shutil.rmtree(place)
