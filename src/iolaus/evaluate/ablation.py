"""``make ablation``: what each family of evidence is worth: all of them, each left out, and each alone.

    python -m iolaus.evaluate.ablation [--only WORLD ...] [--work DIR] [--record DOCS]

Each world is read once; the campaign stage then runs again on the same state for every choice of families. A rerun
takes up worlds that the same code did; ``--record`` writes DOCS/ablation.json and the table of DOCS/evaluate.md.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import get_args

import msgspec
from rich.console import Console
from threadpoolctl import threadpool_limits

from iolaus import scan
from iolaus.campaign import exposure, levels, results
from iolaus.campaign import run as campaign
from iolaus.engine import Engine, open_engine
from iolaus.engine.embedded import Embedded
from iolaus.evaluate.detection import detection
from iolaus.evaluate.evasion import LEFT_TO_A_PERSON, by_crowd, wrongly_accused
from iolaus.evaluate.recorded import renewed
from iolaus.evaluate.scanning import code_digest, judging_settings, settings_digest, write_cohorts
from iolaus.evaluate.sheet import Facts, Sheet, write_down
from iolaus.evaluate.worlds import World, open_world
from iolaus.findings import Family
from iolaus.key import load as load_key
from iolaus.link.kinds import kinds, silenced
from iolaus.progress import Progress
from iolaus.quoted import quote_in, table
from iolaus.settings import Settings
from iolaus.simulate import simulate
from iolaus.workspace import Workspace, write_atomically

SEED = 61
SCALES = {"S1": 0.3, "S2": 0.5, "S7": 0.3, "S8": 0.3, "S13": 0.3, "S11": 0.3}
"""World -> scale at which it is made; S11 holds nobody hostile."""

FAMILIES: tuple[Family, ...] = tuple(each for each in get_args(Family) if any(each == kind.FAMILY for kind in kinds()))
"""Families that some kind of evidence speaks for."""

ANSWERS_ALONE = ("shared_identity", "unrelated_persons")
"""Kinds of one family that answer questions of their own: they are left out one by one as well."""

CHOICES: dict[str, frozenset[str]] = {
    "all": frozenset(),
    **{f"without {each}": frozenset({each}) for each in (*FAMILIES, *ANSWERS_ALONE)},
    **{f"{each} alone": frozenset({*FAMILIES} - {each}) for each in FAMILIES},
}
"""Name of each choice -> the families and kinds that are silent."""


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """One choice in one world: accounts accused, and cohorts that are mostly hostile by their verdict.

    ``hostile_of`` and ``honest_of`` count accounts with traffic; ``crowds``: honest accounts accused, by crowd.
    ``campaigns``, ``left`` (to a person) and ``dismissed`` count tested cohorts at least half of whose accounts are
    hostile; ``honest_left`` others that are left to a person. ``probability``: the highest of a mostly hostile cohort,
    None where none was tested.
    """

    world: str
    choice: str
    hostile: int
    hostile_of: int
    honest: int
    honest_of: int
    campaigns: int
    left: int
    dismissed: int
    honest_left: int
    crowds: dict[str, int]
    probability: float | None


def cell_of(choice: str, sheet: Sheet, facts: Facts) -> Cell:
    """What a choice of families made of one world."""
    found = detection(sheet)
    true = [cohort for cohort in facts.cohorts if cohort.true]
    verdicts = [cohort.verdict for cohort in true]
    left = sum(verdict in LEFT_TO_A_PERSON for verdict in verdicts)
    return Cell(
        world=facts.scenario,
        choice=choice,
        hostile=found.recall.hits,
        hostile_of=found.recall.of,
        honest=found.false_positives.hits,
        honest_of=found.false_positives.of,
        campaigns=verdicts.count("campaign"),
        left=left,
        dismissed=len(verdicts) - verdicts.count("campaign") - left,
        honest_left=sum(not cohort.true and cohort.verdict in LEFT_TO_A_PERSON for cohort in facts.cohorts),
        crowds=wrongly_accused(sheet),
        probability=max((cohort.probability for cohort in true), default=None),
    )


def ablate(world: World, settings: Settings, work: Path) -> list[Cell]:
    """Every choice in one world; what comes before judging is done once. ``work`` is emptied afterwards."""
    engine = open_engine(settings.engine, work / "scratch")
    try:
        with _read(world, settings, work, engine) as (state, has_accounts), threadpool_limits(1, "blas"):
            return [
                _judged(choice, world, settings, work / "results", state, engine, has_accounts) for choice in CHOICES
            ]
    finally:
        engine.close()
        shutil.rmtree(work, ignore_errors=True)


@contextmanager
def _read(world: World, settings: Settings, work: Path, engine: Engine) -> Iterator[tuple[Workspace, bool]]:
    """The working state of a whole scan, and whether it has an account table; forgotten at the end."""
    key = load_key(settings.sketch.key_file)
    state = scan.open_workspace(world.inputs, settings, key, work)
    try:
        read, _ = scan.stages(world.inputs, settings, key, state, engine, Progress(shown=False), work)
        yield state, read.has_account_table
    finally:
        scan.forget_text(state)


def _judged(
    choice: str, world: World, settings: Settings, out: Path, state: Workspace, engine: Engine, has_accounts: bool
) -> Cell:
    out.mkdir(parents=True, exist_ok=True)
    with silenced(CHOICES[choice]):
        judged = campaign.run(state, settings, engine, Progress(shown=False), has_accounts)
    found = levels.held_to(judged, levels.once(exposure.of_scan(state, engine)), settings.verdict)
    results.write(found, state, engine, settings.verdict, out)
    write_cohorts(found, out)
    joined = Embedded(settings.engine, out / "scratch")
    try:
        return cell_of(choice, *write_down(world, out, joined))
    finally:
        joined.close()


HEADER = (
    "families", "hostile accused", "by world", "honest accused", "hostile cohorts: campaign / left / dismissed",
    "other cohorts left",
)  # fmt: skip


def rows(cells: Sequence[Cell]) -> list[list[str]]:
    """A row a choice, pooled over worlds, under :data:`HEADER`."""
    made = []
    for choice in CHOICES:
        mine = [cell for cell in cells if cell.choice == choice]
        if not mine:
            continue
        hostile, whole = sum(cell.hostile for cell in mine), sum(cell.hostile_of for cell in mine)
        verdicts = (sum(c.campaigns for c in mine), sum(c.left for c in mine), sum(c.dismissed for c in mine))
        made.append([
            choice, f"{hostile:,} of {whole:,}",
            ", ".join(f"{cell.world} {cell.hostile}" for cell in mine if cell.hostile_of),
            f"{sum(cell.honest for cell in mine):,} of {sum(cell.honest_of for cell in mine):,}"
            + by_crowd(cell.crowds for cell in mine),
            " / ".join(map(str, verdicts)), f"{sum(cell.honest_left for cell in mine)}",
        ])  # fmt: skip
    return made


def markdown(cells: Sequence[Cell]) -> str:
    """The table, and how it is made."""
    worlds = ", ".join(
        f"{name} at {SCALES[name]:g} ({cell.hostile_of} hostile)"
        for name in SCALES
        for cell in cells
        if (cell.world, cell.choice) == (name, "all")
    )
    made = f"Made by `python -m iolaus.evaluate.ablation` with seed {SEED} over {worlds}; by world in ablation.json."
    return f"{made}\n\n{table(HEADER, rows(cells))}"


def record(cells: Sequence[Cell], docs: Path) -> None:
    """Write the cells into ``docs``/ablation.json and the table into evaluate.md; other worlds' cells there stay."""
    keys = [(world, choice) for world in SCALES for choice in CHOICES]
    kept = renewed(cells, Cell, docs / "ablation.json", lambda cell: (cell.world, cell.choice), keys)
    quote_in(docs / "evaluate.md", "ablation", markdown(kept))


def main(arguments: list[str] | None = None) -> int:
    """Make each world, judge it by every choice, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m iolaus.evaluate.ablation", description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", default=list(SCALES), choices=list(SCALES), help="some of the worlds")
    parser.add_argument("--work", type=Path, default=Path("build/ablation"), help="where finished worlds are kept")
    parser.add_argument("--record", type=Path, metavar="DOCS", help="folder of ablation.json and evaluate.md")
    asked = parser.parse_args(arguments)
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 132)
    cells = []
    for name in asked.only:
        cells += _once(name, judging_settings(None, asked.work), asked.work)
        console.print(f"judged {name}", style="dim")
    console.print(markdown(cells), soft_wrap=True, markup=False)
    if asked.record is not None:
        record(cells, asked.record)
    return 0


def _once(name: str, settings: Settings, work: Path) -> list[Cell]:
    """The cells of a world, from an earlier run of the same code where there was one."""
    kept = work / f"{name}-{SCALES[name]:g}-{SEED}-{settings_digest(settings)}{code_digest(('simulate',))}.json"
    if kept.is_file():
        return msgspec.json.decode(kept.read_bytes(), type=list[Cell])
    place = work / "worlds" / name
    try:
        simulate(name, place, SCALES[name], SEED, progress=Progress(shown=False))
        cells = ablate(open_world(place), settings, work / "state" / name)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    write_atomically(kept, msgspec.json.encode(cells))
    return cells


if __name__ == "__main__":
    sys.exit(main())
