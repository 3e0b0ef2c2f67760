"""Ingest: sources in order -> parts of the normal form, derived columns, the smaller tables, rejects."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from iolaus.engine import Engine
from iolaus.errors import InputError
from iolaus.ingest import mapping as mappings
from iolaus.ingest.chunk import Coerced
from iolaus.ingest.columns import Coercer
from iolaus.ingest.derive import derive
from iolaus.ingest.draft import Format
from iolaus.ingest.formats import named
from iolaus.ingest.hashing import Hasher
from iolaus.ingest.inputs import Inputs, Source, find_sources, refuse_truth, sha256
from iolaus.ingest.mapping import Mapping
from iolaus.ingest.parts import NARROW, SCHEMA, PartWriter
from iolaus.ingest.reading import choose, read_chunks
from iolaus.ingest.rejects import RejectsFile
from iolaus.ingest.settings import IngestSettings
from iolaus.ingest.side import read_side
from iolaus.ingest.summary import Summary
from iolaus.ingest.tally import Tally, tallied
from iolaus.key import Key
from iolaus.make import parse, refuse_unreadable
from iolaus.parallel import ahead
from iolaus.progress import Progress, Tick
from iolaus.tables import ACCOUNT_EVENTS, ACCOUNTS, EXCHANGES, RELEASES, Table, closest
from iolaus.workspace import Workspace, renamed_into

STAGE = "ingest"
SIDE: tuple[tuple[str, str, Table], ...] = (
    ("accounts", "accounts.parquet", ACCOUNTS),
    ("events", "account_events.parquet", ACCOUNT_EVENTS),
    ("releases", "releases.parquet", RELEASES),
)


class Checkpoint(msgspec.Struct):
    """How far reading has come: sources whose rows all stand in finished parts, and what they counted."""

    sources: int = 0
    part: int = 0
    seq: int = 0
    names: list[str] = msgspec.field(default_factory=list)
    rows: list[int] = msgspec.field(default_factory=list)
    defects: dict[str, int] = msgspec.field(default_factory=dict)
    formats: dict[str, int] = msgspec.field(default_factory=dict)
    warnings: list[str] = msgspec.field(default_factory=list)
    naive_times: int = 0
    makes: list[str] = msgspec.field(default_factory=list)
    sketched: int = 0


@dataclass(slots=True)
class _Ingest:
    inputs: Inputs
    settings: IngestSettings
    key: Key
    work: Workspace
    engine: Engine
    folder: Path
    coercer: Coercer
    hasher: Hasher
    format: Format | None
    mapping: Mapping | None
    sources: tuple[Source, ...] = ()
    skipped: tuple[str, ...] = ()
    warnings: list[str] = field(default_factory=list)


def ingest(
    inputs: Inputs, settings: IngestSettings, key: Key, work: Workspace, engine: Engine, progress: Progress
) -> Summary:
    """Read ``inputs`` into ``work.folder("ingest")``; a run that was killed goes on where it stopped.

    Raises InputError where something cannot be read, TooManyRejectsError where one file has too many rejects
    (``rejects.parquet`` is written before).
    """
    done = work.finished(STAGE)
    if done is not None:
        return msgspec.convert(done, Summary)
    run = _prepare(inputs, settings, key, work, engine)
    with progress.stage(STAGE) as tick:
        reached = _read_sources(run, tick)
    with progress.stage("conversations") as tick:
        _side_tables(run, reached)
        derive(run.folder, settings.retry_window_s, engine)
        with tallied(run.folder, reached.names, engine) as tally:
            tally.write_rejects()
            tally.refuse_too_many(reached.rows, settings.max_rejects)
            summary = _summary(run, reached, tally)
        tick(summary.exchanges)
    work.finish(STAGE, msgspec.to_builtins(summary))
    return summary


def _prepare(inputs: Inputs, settings: IngestSettings, key: Key, work: Workspace, engine: Engine) -> _Ingest:
    if inputs.format is not None and inputs.mapping is not None:
        raise InputError("--format and --mapping: both say how logs are read. Give one of them.")
    mapping = mappings.load(inputs.mapping) if inputs.mapping else None
    chosen = named(inputs.format) if inputs.format else None
    hasher = Hasher(key)
    coercer = Coercer(
        hasher,
        settings.max_text_bytes,
        settings.max_field_bytes,
        inputs.account,
        mapping.times if mapping else None,
    )
    found = find_sources(inputs.logs)
    folder = work.folder(STAGE)
    return _Ingest(
        inputs, settings, key, work, engine, folder, coercer, hasher, chosen, mapping, found.files, found.skipped
    )


def _read_sources(run: _Ingest, tick: Tick) -> Checkpoint:
    note = run.work.finished(f"{STAGE}-sources")
    reached = msgspec.convert(note, Checkpoint) if note else Checkpoint()
    settings = run.settings
    tick(reached.seq)
    with PartWriter(run.folder, reached.part, reached.seq, settings.part_rows, settings.part_bytes) as parts:
        for index in range(reached.sources, len(run.sources)):
            _read_source(run, index, parts, reached, tick)
            if index == len(run.sources) - 1 or parts.half_full:
                parts.flush()
            if not parts.pending_rows:
                parts.wait()
                reached.sources, reached.part, reached.seq = index + 1, parts.part, parts.seq
                run.work.finish(f"{STAGE}-sources", msgspec.to_builtins(reached))
        if not parts.seq:
            _write(SCHEMA.empty_table(), run.folder / "exchanges" / "part-00000.parquet")
            _write_empty_narrow(run.folder)
    return reached


def _read_source(run: _Ingest, index: int, parts: PartWriter, reached: Checkpoint, tick: Tick) -> None:
    source, longest = run.sources[index], run.settings.max_record_bytes
    way = choose(source, run.format, run.mapping, longest)
    name = way.format.NAME if way.format else "mapping"
    reached.formats[name] = reached.formats.get(name, 0) + 1
    unknown: set[str] = set()
    accepted = 0
    with RejectsFile(_rejects_of(run, index), source.name, index, run.key) as rejects:
        for chunk in ahead(read_chunks(source, way, longest)):
            coerced = run.coercer.exchanges(chunk, source.name)
            _admit(coerced, run, reached, source.name)
            rejects.add(coerced.refused)
            parts.add(coerced, index, run.hasher)
            accepted += len(coerced.table)
            reached.defects = dict(Counter(reached.defects) + coerced.defects)
            reached.naive_times += coerced.naive_times
            unknown |= chunk.unknown
            tick(len(coerced.table))
    reached.names.append(source.name)
    reached.rows.append(accepted + rejects.count)
    reached.warnings += [f"{source.name}: {w}" for w in (*way.warnings, *_unknown(unknown))]


def _admit(coerced: Coerced, run: _Ingest, reached: Checkpoint, name: str) -> None:
    """Note what the keyed sketches among these rows were made with. Raises InputError for another version or key."""
    if coerced.sketches is None:
        return
    reached.sketched += len(coerced.sketches)
    for text in set(coerced.sketches["sketch"].unique().to_pylist()) - set(reached.makes):
        make = parse(text)
        if make is not None:
            refuse_unreadable(make, run.key.id, name)
            reached.makes = sorted([*reached.makes, text])


def _unknown(names: set[str]) -> list[str]:
    return [
        f"column '{n[:64]}' is not known; it was left out.{closest(n, EXCHANGES.names)}" for n in sorted(names)[:20]
    ]


def _rejects_of(run: _Ingest, index: int) -> Path:
    folder = run.folder / "rejects"
    folder.mkdir(exist_ok=True)
    return folder / f"source-{index:05d}.parquet"


def _write(table: pa.Table, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with renamed_into(path) as partial:
        pq.write_table(table, partial, compression="zstd", compression_level=1)


def _write_empty_narrow(folder: Path) -> None:
    _write(NARROW.empty_table(), folder / "narrow" / "part-00000.parquet")


def _side_tables(run: _Ingest, reached: Checkpoint) -> None:
    coercer = Coercer(run.hasher, run.settings.max_text_bytes, run.settings.max_field_bytes)
    for role, name, table in SIDE:
        path: Path | None = getattr(run.inputs, role)
        if path is None:
            _write(table.schema.empty_table(), run.folder / name)
            continue
        refuse_truth(path)
        found, refused, warnings = read_side(path, table, coercer, run.settings.max_record_bytes)
        run.warnings += warnings
        _write(found, run.folder / name)
        index = len(reached.names)
        with RejectsFile(_rejects_of(run, index), path.name, index, run.key) as rejects:
            rejects.add(refused)
        reached.names.append(path.name)
        reached.rows.append(len(found) + len(refused))


def _summary(run: _Ingest, reached: Checkpoint, tally: Tally) -> Summary:
    given = [(source.name, source.path) for source in run.sources]
    given += [(p.name, p) for p in (getattr(run.inputs, role) for role, _, _ in SIDE) if p is not None]
    warnings = [*reached.warnings, *run.warnings]
    if reached.naive_times:
        warnings.append(f"{reached.naive_times} times without a zone were read as UTC")
    if reached.sketched:
        warnings.append(
            f"{reached.sketched} exchanges came as keyed sketches: no excerpt of them can be shown, and of cohorts that"
            " hold any two_sample and the corpus of a sweep are not assessed"
        )
    if run.skipped:
        warnings.append(f"{len(run.skipped)} files are no logs by their names and were left out")
    warnings += tally.concentrations(run.settings.reject_warning_rows, run.settings.reject_warning_share)
    return Summary(
        inputs=[{"name": name, "sha256": sha256(path)} for name, path in given],
        formats=dict(sorted(reached.formats.items())),
        **tally.counts(),
        rejects=tally.reasons(),
        defects=dict(sorted(reached.defects.items())),
        warnings=warnings,
        has_account_table=run.inputs.accounts is not None,
        has_events=run.inputs.events is not None,
        makes=reached.makes,
    )
