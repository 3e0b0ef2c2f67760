"""``iolaus evaluate scan``: scan each world once, join with the truth, and say how right it was."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console

from iolaus.engine.embedded import Embedded
from iolaus.errors import InputError
from iolaus.evaluate.baselines import run as baselines
from iolaus.evaluate.evaluation import Evaluation, assess
from iolaus.evaluate.replay import Replay, replay_world
from iolaus.evaluate.scanning import finished_results, judging_settings, place_of, scan_once
from iolaus.evaluate.sheet import Facts, Sheet, write_down
from iolaus.evaluate.table import show
from iolaus.evaluate.worlds import World, open_world
from iolaus.settings import Settings
from iolaus.workspace import renamed_into, write_atomically

log = logging.getLogger("iolaus")


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """One world, judged: its facts and, where asked for, its replay. The sheet lies beside it."""

    facts: Facts
    replay: Replay | None = None


def evaluate(
    worlds: Sequence[Path],
    results: Sequence[Path],
    settings: Path | None,
    replay: bool,
    with_baselines: bool,
    work: Path,
    out: Path | None,
    page: Path | None,
    console: Console,
) -> Evaluation:
    """Judge the worlds, show the tables, and write what was asked for.

    Raises InputError for a folder that is no world, results that are not of their world, or a wrong setting.
    """
    if results and len(results) != len(worlds):
        raise InputError(
            f"--results: {len(results)} folders for {len(worlds)} worlds. Give one for each world, in their order."
        )
    opened = [open_world(path) for path in worlds]
    labels = [world.label for world in opened]
    if twice := sorted({label for label in labels if labels.count(label) > 1}):
        raise InputError(f"{twice[0]}: this scenario and seed is given twice. Give each world once.")
    chosen = judging_settings(settings, work)
    places = []
    for number, world in enumerate(opened):
        finished = finished_results(results[number]) if results else None
        places.append(judge_world(world, chosen, work, finished, replay, with_baselines))
        console.print(f"judged {world.label} ({number + 1} of {len(opened)})", style="dim")
    found = assess(*gather(places), chosen.verdict.accuse_probability)
    show(found, console)
    if out is not None:
        write_atomically(out, msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n")
        console.print(f"Figures: {out}", soft_wrap=True)
    if page is not None:
        from iolaus.evaluate.page import write_page

        write_page(found, page)
        console.print(f"Page: {page}", soft_wrap=True)
    return found


def judge_world(
    world: World, settings: Settings, work: Path, results: Path | None, replay: bool, with_baselines: bool
) -> Path:
    """Judge one world unless that was done; returns the folder of its sheet, facts and replay."""
    place = place_of(world, settings, work)
    if results is not None:
        place = place.with_name(place.name + "-given")
    place.mkdir(parents=True, exist_ok=True)
    name = "with_baselines" if with_baselines else "scan_only"
    sheet, facts, told = place / f"{name}.parquet", place / "facts.json", place / "replay.json"
    if results is not None or not (sheet.exists() and facts.exists()):
        said = results or scan_once(world.inputs, settings, place / "results")
        _write_sheet(world, settings, said, sheet, facts, place, with_baselines)
    if replay and not told.exists():
        write_atomically(told, msgspec.json.encode(replay_world(world, settings, place / "replay")))
    marker = msgspec.json.encode({"sheet": sheet.name, "replay": replay})
    write_atomically(place / "chosen.json", marker)
    return place


def _write_sheet(
    world: World, settings: Settings, said: Path, sheet: Path, facts: Path, place: Path, with_baselines: bool
) -> None:
    engine = Embedded(settings.engine, place / "scratch")
    try:
        made, found = write_down(world, said, engine)
    finally:
        engine.close()
        shutil.rmtree(place / "scratch", ignore_errors=True)
    if with_baselines:
        made = baselines.add(made, world, settings, place / "baselines")
    with renamed_into(sheet) as partial:
        pq.write_table(made.table, partial, compression="zstd")
    write_atomically(facts, msgspec.json.encode(found))


def gather(places: Sequence[Path]) -> tuple[Sheet, list[Facts], list[Replay]]:
    """Sheets of judged worlds under each other, their facts, and the replays there are."""
    tables, facts, replays = [], [], []
    for place in places:
        chosen = msgspec.json.decode((place / "chosen.json").read_bytes())
        tables.append(pq.read_table(place / chosen["sheet"]))
        facts.append(msgspec.json.decode((place / "facts.json").read_bytes(), type=Facts))
        if chosen["replay"]:
            replays.append(msgspec.json.decode((place / "replay.json").read_bytes(), type=Replay))
    return Sheet(pa.concat_tables(tables, promote_options="default")), facts, replays
