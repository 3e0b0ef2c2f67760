"""``make textless``: what a scan finds where no text is kept, with keyed sketches and where accounts have neither.

    python -m iolaus.evaluate.textless [WORLD ...] [--seed N] [--work DIR] [--record DOCS]

WORLD is the name of a scenario, or the folder of a world that is there; without one S1 to S9 are made. A rerun takes
up what the same code did; ``--record`` writes DOCS/textless.json and the table of DOCS/sketches.md.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from rich.console import Console

from iolaus.engine.embedded import Embedded
from iolaus.evaluate.ablation import Cell, cell_of
from iolaus.evaluate.recorded import renewed
from iolaus.evaluate.scanning import code_digest, judging_settings, settings_digest, write_cohorts
from iolaus.evaluate.sheet import write_down
from iolaus.evaluate.worlds import World, open_world
from iolaus.ingest.inputs import Inputs
from iolaus.progress import Progress
from iolaus.quoted import quote_in, table
from iolaus.scan import scan
from iolaus.settings import Settings
from iolaus.simulate import simulate
from iolaus.textless import run as textless
from iolaus.workspace import write_atomically

WORLDS = tuple(f"S{number}" for number in range(1, 10))
SEED = 33
WITHOUT = 0.3
"""Share of the accounts whose text is taken away, chosen by a hash of their ids."""

TEXT, SKETCHES, ALIKE, BARE, MIXED = "text", "sketches", "sketches, words alike", "30 % bare", "30 % sketches"
CHOICES = {
    TEXT: "every text",
    SKETCHES: "keyed sketches alone, with weights of words learnt from the same logs",
    ALIKE: "keyed sketches alone, every word weighs the same",
    BARE: "30 % of the accounts have neither text nor sketch, the others their texts",
    MIXED: "30 % of the accounts have sketches, the others their texts",
}


class Seen(Cell, frozen=True, kw_only=True):
    """A cell of one world and choice. ``hostile_assessed``: hostile accounts of which enough could be seen."""

    hostile_assessed: int


def seen(choice: str, world: World, inputs: Inputs, settings: Settings, out: Path) -> Seen:
    """What a scan of ``inputs``, which are traffic of the world, makes of it. ``out`` is emptied afterwards."""
    engine = Embedded(settings.engine, out / "scratch")
    try:
        write_cohorts(scan(inputs, settings, out / "results", Progress(shown=False)), out / "results")
        sheet, facts = write_down(world, out / "results", engine)
    finally:
        engine.close()
    cell = cell_of(choice, sheet, facts)
    there = sheet.flags("hostile") & sheet.flags("assessed") & (sheet.numbers("exchanges") > 0)
    shutil.rmtree(out, ignore_errors=True)
    return Seen(**msgspec.structs.asdict(cell), hostile_assessed=int(there.sum()))


def choices(world: World, settings: Settings, work: Path) -> Mapping[str, tuple[Inputs, Settings]]:
    """Choice -> the logs of the world in that shape, written under ``work``, and the settings that go with them."""
    inputs, weighed = world.inputs, _with_weights(settings, work / "weights.npy")
    textless.learn(inputs, settings, work / "weights.npy")
    textless.batch(inputs, weighed, work / "sketches.parquet")
    textless.batch(inputs, settings, work / "alike.parquet")
    whole, bare, rest, some = (work / f"{name}.parquet" for name in ("whole", "bare", "rest", "some"))
    pq.write_table(pq.read_table(world.path / "exchanges"), whole)
    _rewritten(whole, bare)
    _filtered(whole, rest, kept=False)
    _filtered(work / "sketches.parquet", some, kept=True)
    return {
        TEXT: (inputs, settings),
        SKETCHES: (_of(inputs, work / "sketches.parquet"), weighed),
        ALIKE: (_of(inputs, work / "alike.parquet"), settings),
        BARE: (_of(inputs, bare), settings),
        MIXED: (_of(inputs, rest, some), weighed),
    }


def _of(inputs: Inputs, *logs: Path) -> Inputs:
    return replace(inputs, logs=tuple(map(str, logs)))


def _with_weights(settings: Settings, path: Path) -> Settings:
    return settings.model_copy(update={"sketch": settings.sketch.model_copy(update={"weights": path})})


def chosen(accounts: pa.ChunkedArray) -> pa.Array:
    """bool[n]: rows of accounts whose text is taken away."""
    encoded = accounts.combine_chunks().dictionary_encode()
    marks = [hashlib.blake2b(name.encode(), digest_size=8).digest() for name in encoded.dictionary.to_pylist()]
    below = np.array([int.from_bytes(mark, "big") < WITHOUT * 2**64 for mark in marks], np.bool_)
    return pa.array(below[encoded.indices.to_numpy()])


def _rewritten(whole: Path, out: Path) -> None:
    """The logs with the texts of the chosen accounts taken away."""
    rows = pq.read_table(whole)
    away = chosen(rows["account_id"])
    for name, value in (("prompt", None), ("system_prompt", None), ("response", None), ("text_state", "not_retained")):
        place = rows.schema.get_field_index(name)
        told = pa.scalar(value, rows.schema.field(name).type)
        rows = rows.set_column(place, rows.schema.field(name), pc.if_else(away, told, rows[name]))
    pq.write_table(rows, out)


def _filtered(whole: Path, out: Path, kept: bool) -> None:
    """The rows of the chosen accounts (``kept``), or those of the others."""
    rows = pq.read_table(whole)
    away = chosen(rows["account_id"])
    pq.write_table(rows.filter(away if kept else pc.invert(away)), out)


def judged(world: World, settings: Settings, work: Path) -> list[Seen]:
    """Every choice in one world. What is finished is kept in ``work``; a rerun goes on there."""
    name = f"{world.meta.scenario}-{world.meta.seed}"
    digest = f"{settings_digest(settings)}{code_digest(('textless',))}"
    places = {choice: work / f"{name}-{number}-{digest}.json" for number, choice in enumerate(CHOICES)}
    if not all(path.is_file() for path in places.values()):
        made = work / "made" / name
        made.mkdir(parents=True, exist_ok=True)
        try:
            for choice, (inputs, own) in choices(world, settings, made).items():
                if not places[choice].is_file():
                    found = seen(choice, world, inputs, own, made / "scan")
                    write_atomically(places[choice], msgspec.json.encode(found))
        finally:
            shutil.rmtree(made, ignore_errors=True)
    return [msgspec.json.decode(path.read_bytes(), type=Seen) for path in places.values()]


HEADER = ("world", "hostile accounts", *CHOICES)


def rows(cells: Sequence[Seen]) -> list[list[str]]:
    """A row a world under :data:`HEADER`; of each choice hostile accused, verdicts of their cohorts, honest accused."""
    held = {(cell.world, cell.choice): cell for cell in cells}
    worlds = list(dict.fromkeys(cell.world for cell in cells))
    return [
        [world, f"{held[world, TEXT].hostile_of:,}", *(_told(held[world, choice]) for choice in CHOICES)]
        for world in worlds
    ]


def _told(cell: Seen) -> str:
    verdicts = f"{cell.campaigns}/{cell.left}/{cell.dismissed}"
    few = f" of {cell.hostile_assessed} assessed" if cell.hostile_assessed < cell.hostile_of else ""
    return f"{cell.hostile:,}{few} ({verdicts}), {cell.honest}"


def markdown(cells: Sequence[Seen]) -> str:
    """The table, what its columns are and how it is made."""
    seeds = f"seed {SEED}"
    made = f"Made by `python -m iolaus.evaluate.textless`, {seeds}; by world in textless.json. Columns:"
    meanings = "\n".join(f"- *{name}*: {meaning}" for name, meaning in CHOICES.items())
    return f"{made}\n\n{meanings}\n\n{table(HEADER, rows(cells))}"


def record(cells: Sequence[Seen], docs: Path) -> None:
    """Write the cells into ``docs``/textless.json and the table into sketches.md; other worlds' cells there stay."""
    kept = renewed(cells, Seen, docs / "textless.json", lambda cell: (cell.world, list(CHOICES).index(cell.choice)))
    quote_in(docs / "sketches.md", "textless", markdown(kept))


def main(arguments: list[str] | None = None) -> int:
    """Judge each world in every shape of its logs, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m iolaus.evaluate.textless", description=__doc__.splitlines()[0])
    parser.add_argument("worlds", nargs="*", metavar="WORLD", default=WORLDS, help="scenarios, or folders of worlds")
    parser.add_argument("--seed", type=int, default=SEED, help="of scenarios")
    parser.add_argument("--work", type=Path, default=Path("build/textless"), help="where finished worlds are kept")
    parser.add_argument("--record", type=Path, metavar="DOCS", help="folder of textless.json and sketches.md")
    asked = parser.parse_args(arguments)
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 160)
    settings, cells = judging_settings(None, asked.work), list[Seen]()
    for name in asked.worlds:
        place = Path(name)
        if not place.is_dir():
            place = asked.work / "worlds" / f"{name}-{asked.seed}"
            if not place.is_dir():
                simulate(name, place, 1.0, asked.seed, progress=Progress(shown=False))
        cells += judged(open_world(place), settings, asked.work)
        console.print(f"judged {name}", style="dim")
        if asked.record is not None:
            record(cells, asked.record)
    console.print(markdown(cells), soft_wrap=True, markup=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
