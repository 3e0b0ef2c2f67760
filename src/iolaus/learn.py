"""Learning the provider's own mix: a scan's stages, and then one request of each account that may teach."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

import iolaus
from iolaus.campaign.teachers import Mask, Teachers, teachers
from iolaus.content.baseline import FORMAT, Baseline, save
from iolaus.content.matching import LEAST, script
from iolaus.content.mix import Sample, cells
from iolaus.engine import Engine, open_engine
from iolaus.errors import InputError
from iolaus.ingest.inputs import Inputs
from iolaus.key import Key
from iolaus.key import load as load_key
from iolaus.link.passages import SharedWords
from iolaus.link.population import Population
from iolaus.link.readings import one_of_each
from iolaus.link.strata import strata
from iolaus.progress import Progress
from iolaus.scan import open_workspace, refuse_inputs_in, stages
from iolaus.settings import Settings
from iolaus.sketch.content_backends import chosen, model_id
from iolaus.sketch.topics import Topics
from iolaus.workspace import Workspace, disk_error


@dataclass(frozen=True)
class Lesson:
    """contamination: share of hostile accounts that the mix allows for, below one half. people: accounts that teach at
    most. cleared: file of ids that a person cleared. results: folders of scans whose accused stay out."""

    contamination: float = 0.05
    people: int = 20_000
    cleared: Path | None = None
    results: tuple[Path, ...] = ()


def learn(inputs: Inputs, settings: Settings, lesson: Lesson, to: Path, progress: Progress) -> Baseline:
    """Scan the logs, and write the mix of who may teach to ``to``; results of the scan are not written.

    Raises InputError for bad input, and where fewer accounts may teach than a mix needs.
    """
    place = to.with_name(f".{to.name}.work")
    refuse_inputs_in(to, inputs)
    key = load_key(settings.sketch.key_file)
    work = open_workspace(inputs, settings, key, place)
    engine = open_engine(settings.engine, work.root / "scratch")
    try:
        _, found = stages(inputs, settings, key, work, engine, progress, to.parent)
        with progress.stage("baseline", "accounts") as tick:
            allowed = teachers(found, found.population.accounts, lesson.cleared, lesson.results)
            sample, numbers = sample_of(work, engine, settings, key, found.population, allowed.may, lesson.people)
            baseline = _described(sample, numbers, engine, settings, key, lesson, allowed)
            save(baseline, to)
            tick(len(sample))
    except OSError as error:
        raise disk_error(Path(error.filename or to), error) from error
    finally:
        engine.close()
    shutil.rmtree(place, ignore_errors=True)
    return baseline


def sample_of(
    work: Workspace, engine: Engine, settings: Settings, key: Key, population: Population, may: Mask, people: int
) -> tuple[Sample, npt.NDArray[np.int32]]:
    """One request of each of up to ``people`` of the accounts that may teach (bool[accounts]), and their numbers.

    Needs the view conversations and the stages up to the fingerprint in ``work``.
    """
    exchanges, shared = work.folder("ingest") / "exchanges", SharedWords.load(work.folder("sketch"), key)
    rows, texts = one_of_each(exchanges, engine, np.flatnonzero(may).astype(np.int32), people, shared)
    numbers = rows["account"].to_numpy()
    places = strata(engine, population.accounts, _pathways(exchanges, engine, key))
    return Sample(
        entities=_entities(population.accounts)[numbers],
        kinds=[(script(text), *places[number]) for text, number in zip(texts, numbers, strict=True)],
        lengths=np.array([len(text) for text in texts], np.int64),
        content=chosen(settings.link.content_model).read(pa.array(texts, pa.large_string())),
        topics=Topics(work.folder("sketch") / "topics")[rows["seq"].to_numpy()],
    ), numbers


def _pathways(exchanges: Path, engine: Engine, key: Key) -> dict[int, str]:
    """Keyed hash -> name of every pathway of the logs."""
    engine.view("ingested", exchanges / "part-*.parquet")
    names = engine.table("SELECT DISTINCT pathway FROM ingested WHERE pathway IS NOT NULL")["pathway"].to_pylist()
    return {key.hash(name.encode()): name for name in names}


def _entities(accounts: pa.Table) -> npt.NDArray[np.int64]:
    """int64[accounts]: number of the legal entity of each account; one that names none is its own."""
    known = "legal_entity_id" in accounts.column_names
    legal = accounts["legal_entity_id"].to_pylist() if known else [None] * len(accounts)
    numbers: dict[object, int] = {}
    return np.array(
        [numbers.setdefault(number if name is None else str(name), len(numbers)) for number, name in enumerate(legal)],
        np.int64,
    )


def _described(
    sample: Sample,
    numbers: npt.NDArray[np.int32],
    engine: Engine,
    settings: Settings,
    key: Key,
    lesson: Lesson,
    allowed: Teachers,
) -> Baseline:
    """The mix with what it was learnt from. Raises InputError where fewer accounts may teach than a mix needs."""
    least = settings.sketch.publish_k
    found = cells(sample, lesson.contamination, least) if len(sample) >= LEAST else []
    if not found:
        raise InputError(
            f"baseline: {len(sample)} accounts may teach, wanted at least {LEAST}, of {least} legal entities. Give more"
            " logs, or clear cohorts that are honest with --cleared."
        )
    engine.register("taught", pa.table({"account": numbers}))
    days = engine.table(
        "SELECT count(*) AS conversations, min(ts) AS first, max(ended) AS last"
        " FROM conversations SEMI JOIN taught USING (account)"
    ).to_pylist()[0]
    return Baseline(
        format=FORMAT,
        iolaus=iolaus.__version__,
        key_id=key.id,
        content_model=model_id(settings.link.content_model),
        first=_day(days["first"]),
        last=_day(days["last"]),
        contamination=lesson.contamination,
        least=least,
        accounts=len(sample),
        conversations=days["conversations"],
        left_out=allowed.left_out,
        cleared=allowed.cleared,
        cells=found,
    )


def _day(microseconds: int) -> str:
    return datetime.fromtimestamp(microseconds / 1e6, UTC).date().isoformat()
