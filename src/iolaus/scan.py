"""A scan: the stages in the order in which data meets them."""

from __future__ import annotations

import hashlib
import logging
import resource
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
from threadpoolctl import threadpool_limits

import iolaus
from iolaus.campaign import exposure, levels, results
from iolaus.campaign import run as campaign
from iolaus.campaign.identity import Identity, Sameness, accused, identify
from iolaus.campaign.judged import Outcome
from iolaus.campaign.levels import Look
from iolaus.engine import Engine, open_engine
from iolaus.errors import InputError, TooManyRejectsError
from iolaus.fingerprint import run as fingerprint
from iolaus.ingest import run as ingest
from iolaus.ingest.inputs import Inputs, hash_inputs
from iolaus.ingest.normal_form import write_normal_form
from iolaus.ingest.summary import Summary
from iolaus.key import Key
from iolaus.key import load as load_key
from iolaus.link.strata import baseline_of
from iolaus.make import VERSION
from iolaus.progress import Progress
from iolaus.record import with_effect, write_record
from iolaus.report.page import write_report
from iolaus.settings import Settings
from iolaus.sketch import phrases
from iolaus.sketch import run as sketch
from iolaus.sketch.making import load_weights, make_of, refuse_foreign
from iolaus.state import campaigns
from iolaus.state.scanning import Behind, behind
from iolaus.workspace import Workspace, disk_error, write_atomically

log = logging.getLogger("iolaus")

RESULT_FILES = (
    "campaigns.json",
    "cohorts.json",
    "accounts.parquet",
    "exchanges.parquet",
    "cohort_accounts.parquet",
    "rejects.parquet",
    "report.html",
    "run.json",
    "timings.json",
)

WORKING = ".state"
"""Folder under the results in which a scan works."""


def scan(inputs: Inputs, settings: Settings, out: Path, progress: Progress, state: Path | None = None) -> Outcome:
    """Scan logs and write every result file into ``out``. Resumes a scan of the same inputs that was killed.

    state: folder of what earlier scans kept; the logs are scanned on top of it and kept too, without their text.
    Raises InputError for bad input and TooManyRejectsError where more rows were refused than allowed.
    """
    refuse_inputs_in(out, inputs)
    if state is not None:
        refuse_state_in(state, out, inputs)
    key = load_key(settings.sketch.key_file)
    with behind(state, inputs, settings, key) as kept:
        work = open_workspace(inputs, settings, key, out, kept)
        drop_results(out)
        engine = open_engine(settings.engine, work.root / "scratch")
        try:
            read, judged = stages(inputs, settings, key, work, engine, progress, out, kept)
            with progress.stage("results", "cohorts") as tick:
                look = levels.once(exposure.of_scan(work, engine)) if kept is None else kept.look()
                found, named, known = alarms(judged, look, settings, work, engine, kept)
                _write_results(read, found, look, named, settings, key, work, engine, out, kept)
                if kept is not None:
                    kept.commit(work, known, look)
                tick(len(found.cohorts))
        except OSError as error:
            raise disk_error(Path(error.filename or out), error) from error
        finally:
            engine.close()
    write_timings(progress, out)
    forget_text(work)
    return found


def _write_results(
    read: Summary,
    found: Outcome,
    look: Look,
    named: Mapping[str, Identity],
    settings: Settings,
    key: Key,
    work: Workspace,
    engine: Engine,
    out: Path,
    kept: Behind | None,
) -> None:
    """Every result file but timings.json."""
    results.write(found, work, engine, settings.verdict, out, named)
    write_record(read, settings, key, work, engine, out, levels.record(found, look, settings.verdict), kept)
    shutil.copyfile(work.folder("ingest") / "rejects.parquet", out / "rejects.parquet")
    write_report(out, out / "report.html")


def alarms(
    judged: Outcome, look: Look, settings: Settings, work: Workspace, engine: Engine, kept: Behind | None
) -> tuple[Outcome, dict[str, Identity], list[Identity]]:
    """(what was found, with those campaigns alone that reach the level of this look or were reported before;
    candidate id -> identity of each; all campaigns that are known from now on). No identities without a state."""
    if kept is None:
        return levels.held_to(judged, look, settings.verdict), {}, []
    before = campaigns.load(kept.state)
    named, _ = identities(judged, before, settings, work, engine)
    earlier = {one.id for one in before}
    alarmed = {candidate for candidate, one in named.items() if one.id in earlier}
    found = levels.held_to(judged, look, settings.verdict, alarmed)
    return found, *identities(found, before, settings, work, engine)


def identities(
    found: Outcome, before: Sequence[Identity], settings: Settings, work: Workspace, engine: Engine
) -> tuple[dict[str, Identity], list[Identity]]:
    """Candidate id -> identity of each campaign, and all that are known from now on. ``before``: known until now."""
    names = {judged.tested.candidate.id: results.minted(judged) for judged in found.campaigns}
    seen = accused(found, work.folder("sketch"), names, results.end_of(engine))
    same = Sameness(settings.state.same_words, settings.state.same_members)
    named, known = identify(seen, before, same)
    return dict(zip(names, named, strict=True)), known


def stages(
    inputs: Inputs,
    settings: Settings,
    key: Key,
    work: Workspace,
    engine: Engine,
    progress: Progress,
    out: Path,
    kept: Behind | None = None,
) -> tuple[Summary, Outcome]:
    """Every stage from the logs to judged cohorts; tables stay in ``work``, rejects of a failure in ``out``.

    kept: the state on top of which the logs are scanned, if there is one.
    """
    baseline_of(settings.link, key)  # A foreign one is refused before anything is read.
    if kept is None:
        read = _read(inputs, settings, key, work, engine, progress, out)
        weights = load_weights(settings.sketch.weights)
        refuse_foreign(read.makes, make_of(key, settings.sketch, settings.link.content_model, weights))
        sketch.run(work, settings.sketch, key, engine, progress)
    else:
        read = _gather(kept, inputs, settings, key, work, engine, progress, out)
    phrases.run(work, settings.sketch, engine, progress)
    fingerprint.run(work, settings.fingerprint, engine, progress)
    # One thread: cohorts are small, and sums must not depend on how many cores there are.
    with threadpool_limits(1, "blas"):
        return read, campaign.run(work, settings, engine, progress, read.has_account_table)


def _gather(
    kept: Behind,
    inputs: Inputs,
    settings: Settings,
    key: Key,
    work: Workspace,
    engine: Engine,
    progress: Progress,
    out: Path,
) -> Summary:
    """All that is kept, with the new logs; where too many of these bear ids of others, leave the rejects in ``out``."""
    rejects = work.folder("ingest") / "rejects.parquet"
    try:
        return kept.gather(lambda new: _read(inputs, settings, key, new, engine, progress, out), work, engine, progress)
    except TooManyRejectsError:
        if rejects.exists():
            shutil.copyfile(rejects, out / "rejects.parquet")
        raise


def _read(
    inputs: Inputs, settings: Settings, key: Key, work: Workspace, engine: Engine, progress: Progress, out: Path
) -> Summary:
    """Ingest; where too many rows were refused, leave the rejects with their reasons in ``out``."""
    try:
        return ingest.ingest(inputs, settings.ingest, key, work, engine, progress)
    except TooManyRejectsError:
        shutil.copyfile(work.folder("ingest") / "rejects.parquet", out / "rejects.parquet")
        raise


def drop_results(out: Path) -> None:
    """Remove the results of an earlier scan, so that a scan that fails leaves none that look like its own."""
    for name in RESULT_FILES:
        (out / name).unlink(missing_ok=True)


def refuse_inputs_in(out: Path, inputs: Inputs, option: str = "--out") -> None:
    """Results must not land among what is read, where the next scan would read them."""
    place = out.resolve()
    for given in (*inputs.logs, inputs.accounts, inputs.events, inputs.releases):
        if given is None:
            continue
        source = Path(given).resolve()
        if source == place or place in source.parents or (source.is_dir() and source in place.parents):
            raise InputError(
                f"{option} {out}: holds or lies in the input {given}. Give a folder apart from the inputs."
            )


def refuse_state_in(state: Path, out: Path, inputs: Inputs) -> None:
    """What is kept must lie neither among what is read nor where a scan removes what it leaves behind."""
    place, results_in = state.resolve(), out.resolve()
    if place == results_in or results_in / WORKING in (place, *place.parents):
        raise InputError(f"--state {state}: is a folder of the results in {out}. Give a folder of its own.")
    refuse_inputs_in(state, inputs, "--state")


def open_workspace(inputs: Inputs, settings: Settings, key: Key, out: Path, kept: Behind | None = None) -> Workspace:
    """The working folder of these inputs under these settings, on top of what is kept.

    Raises InputError where there is neither a log nor anything kept.
    """
    if not inputs.logs and kept is None:
        raise InputError("scan: no LOGS. Give files, folders or globs, or --state with what earlier scans kept.")
    parts = [
        hash_inputs(inputs),
        msgspec.json.encode(with_effect(settings, kept)).decode(),
        key.id,
        f"{iolaus.__version__} {VERSION}",
        *([] if kept is None else [kept.state.digest]),
    ]
    name = hashlib.blake2b("\x1f".join(parts).encode(), digest_size=12).hexdigest()
    try:
        return Workspace(out / WORKING, name)
    except OSError as error:
        raise disk_error(out, error) from error


def normalise(inputs: Inputs, settings: Settings, out: Path, progress: Progress) -> Summary:
    """Read logs and write them in the normal form (the ``ingest`` command)."""
    refuse_inputs_in(out, inputs)
    key = load_key(settings.sketch.key_file)
    work = open_workspace(inputs, settings, key, out)
    engine = open_engine(settings.engine, work.root / "scratch")
    try:
        read = _read(inputs, settings, key, work, engine, progress, out)
        write_normal_form(work, out)
    except OSError as error:
        raise disk_error(Path(error.filename or out), error) from error
    finally:
        engine.close()
    forget_text(work)
    return read


def write_timings(progress: Progress, out: Path) -> None:
    """timings.json: the only file that differs between two runs."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    seconds = {name: round(value, 3) for name, value in progress.seconds.items()}
    content = {
        "seconds": seconds,
        "total_seconds": round(sum(seconds.values()), 3),
        "peak_memory_mb": round(peak, 1),
    }
    write_atomically(out / "timings.json", msgspec.json.format(msgspec.json.encode(content), indent=1) + b"\n")
    log.info("done in %.1f s, peak memory %.0f MB", content["total_seconds"], peak)


def forget_text(work: Workspace) -> None:
    """When all is written nobody's text stays behind in the working state."""
    shutil.rmtree(work.root, ignore_errors=True)
