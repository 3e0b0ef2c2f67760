"""A scan: the stages in the order in which data meets them."""

from __future__ import annotations

import hashlib
import logging
import resource
import shutil
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
from threadpoolctl import threadpool_limits

import iolaus
from iolaus.campaign import results
from iolaus.campaign import run as campaign
from iolaus.campaign.run import Outcome
from iolaus.content import baseline
from iolaus.engine import Engine
from iolaus.errors import InputError, TooManyRejectsError
from iolaus.findings import SCHEMA_VERSION, RunRecord
from iolaus.fingerprint import run as fingerprint
from iolaus.ingest import run as ingest
from iolaus.ingest.inputs import Inputs, hash_inputs
from iolaus.ingest.normal_form import write_normal_form
from iolaus.ingest.summary import Summary
from iolaus.key import Key
from iolaus.key import load as load_key
from iolaus.link.strata import baseline_of
from iolaus.progress import Progress
from iolaus.report.page import write_report
from iolaus.settings import Settings
from iolaus.sketch import phrases
from iolaus.sketch import run as sketch
from iolaus.workspace import Workspace, disk_error, write_atomically

log = logging.getLogger("iolaus")

RESULT_FILES = (
    "campaigns.json",
    "cohorts.json",
    "accounts.parquet",
    "exchanges.parquet",
    "rejects.parquet",
    "report.html",
    "run.json",
    "timings.json",
)

WITHOUT_EFFECT = {"engine": {"memory_mb", "threads"}, "sketch": {"key_file"}, "link": {"baseline"}}
"""Settings that change no result: they are neither in run.json nor in the key of the working state. Of a baseline the
content counts, not the path."""


def scan(inputs: Inputs, settings: Settings, out: Path, progress: Progress) -> Outcome:
    """Scan logs and write every result file into ``out``. Resumes a scan of the same inputs that was killed.

    Raises InputError for bad input and TooManyRejectsError where more rows were refused than allowed.
    """
    refuse_inputs_in(out, inputs)
    key = load_key(settings.sketch.key_file)
    work = open_workspace(inputs, settings, key, out)
    drop_results(out)
    engine = Engine(settings.engine, work.root / "scratch")
    try:
        read, found = stages(inputs, settings, key, work, engine, progress, out)
        with progress.stage("results", "cohorts") as tick:
            results.write(found, work, engine, settings.verdict, out)
            write_record(read, settings, key, work, engine, out)
            shutil.copyfile(work.folder("ingest") / "rejects.parquet", out / "rejects.parquet")
            write_report(out, out / "report.html")
            tick(len(found.cohorts))
    except OSError as error:
        raise disk_error(Path(error.filename or out), error) from error
    finally:
        engine.close()
    write_timings(progress, out)
    forget_text(work)
    return found


def stages(
    inputs: Inputs, settings: Settings, key: Key, work: Workspace, engine: Engine, progress: Progress, out: Path
) -> tuple[Summary, Outcome]:
    """Every stage from the logs to judged cohorts; tables stay in ``work``, rejects of a failure in ``out``."""
    baseline_of(settings.link, key)  # A foreign one is refused before anything is read.
    read = _read(inputs, settings, key, work, engine, progress, out)
    sketch.run(work, settings.sketch, key, engine, progress)
    phrases.run(work, settings.sketch, engine, progress)
    fingerprint.run(work, settings.fingerprint, engine, progress)
    # One thread: cohorts are small, and sums must not depend on how many cores there are.
    with threadpool_limits(1, "blas"):
        return read, campaign.run(work, settings, engine, progress, read.has_account_table)


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


def refuse_inputs_in(out: Path, inputs: Inputs) -> None:
    """Results must not land among what is read, where the next scan would read them."""
    place = out.resolve()
    for given in (*inputs.logs, inputs.accounts, inputs.events, inputs.releases):
        if given is None:
            continue
        source = Path(given).resolve()
        if source == place or place in source.parents or (source.is_dir() and source in place.parents):
            raise InputError(f"--out {out}: holds or lies in the input {given}. Give a folder apart from the inputs.")


def open_workspace(inputs: Inputs, settings: Settings, key: Key, out: Path) -> Workspace:
    """The working folder of these inputs under these settings."""
    parts = [
        hash_inputs(inputs),
        msgspec.json.encode(with_effect(settings)).decode(),
        key.id,
        iolaus.__version__,
    ]
    name = hashlib.blake2b("\x1f".join(parts).encode(), digest_size=12).hexdigest()
    try:
        return Workspace(out / ".state", name)
    except OSError as error:
        raise disk_error(out, error) from error


def with_effect(settings: Settings) -> dict[str, dict[str, Any]]:
    """The settings that affect results, as plain values. Raises InputError where a baseline cannot be read."""
    tree: dict[str, dict[str, Any]] = settings.model_dump(mode="json")
    effect = {
        section: {name: value for name, value in values.items() if name not in WITHOUT_EFFECT.get(section, set())}
        for section, values in tree.items()
    }
    if settings.link.baseline is not None:
        effect["link"]["baseline"] = baseline.digest(settings.link.baseline)
    return effect


def baseline_record(path: Path | None) -> dict[str, str] | None:
    """What run.json says of a baseline: its bytes and its days; None where none is set."""
    if path is None:
        return None
    found = baseline.load(path)
    return {"sha256": baseline.digest(path), "first": found.first, "last": found.last}


def write_record(read: Summary, settings: Settings, key: Key, work: Workspace, engine: Engine, out: Path) -> None:
    """run.json: what was scanned with what."""
    shares = assessable_shares(work, engine)
    record = RunRecord(
        schema_version=SCHEMA_VERSION,
        versions={"iolaus": iolaus.__version__, "duckdb": version("duckdb"), "pyarrow": pa.__version__},
        sketch_key_id=key.id,
        settings=dict(with_effect(settings)),
        inputs=read.inputs,
        exchanges=read.exchanges,
        accounts=int(engine.value("SELECT count(*) FROM fingerprints")),
        conversations=int(engine.value("SELECT count(*) FROM conversations")),
        rejects=read.rejects,
        defects=read.defects,
        assessable=shares,
        warnings=read.warnings,
        baseline=baseline_record(settings.link.baseline),
    )
    write_atomically(out / "run.json", msgspec.json.format(msgspec.json.encode(record), indent=1) + b"\n")


def assessable_shares(work: Workspace, engine: Engine) -> dict[str, dict[str, dict[str, float]]]:
    """By pathway and by programme: accounts, how many of them could be assessed, exchanges, those with text."""
    ingested, fingerprints = work.folder("ingest"), work.folder("fingerprint")
    engine.view("ingested", ingested / "exchanges" / "part-*.parquet")
    engine.view("fingerprints", fingerprints / "accounts.parquet")
    engine.view("known", ingested / "accounts.parquet")
    shares: dict[str, dict[str, dict[str, float]]] = {}
    for group in ("pathway", "programme"):
        rows = engine.table(
            f"""SELECT coalesce({group}, 'unknown') AS value, count(DISTINCT account_id) AS accounts,
                count(DISTINCT CASE WHEN assessed THEN account_id END) AS assessed,
                count(*) AS exchanges, count(CASE WHEN text_state IN ('present', 'truncated') THEN 1 END) AS with_text
            FROM ingested JOIN (SELECT account_id, assessed FROM fingerprints) AS b USING (account_id)
            LEFT JOIN (SELECT account_id, programme FROM known) AS k USING (account_id)
            GROUP BY value ORDER BY value"""
        ).to_pylist()
        shares[group] = {row.pop("value"): {name: float(count) for name, count in row.items()} for row in rows}
    return shares


def normalise(inputs: Inputs, settings: Settings, out: Path, progress: Progress) -> Summary:
    """Read logs and write them in the normal form (the ``ingest`` command)."""
    refuse_inputs_in(out, inputs)
    key = load_key(settings.sketch.key_file)
    work = open_workspace(inputs, settings, key, out)
    engine = Engine(settings.engine, work.root / "scratch")
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
