"""``make poisoning``: operators who prepare what they will be compared with, and who is accused then.

    python -m iolaus.evaluate.poisoning [--only WORLD ...] [--work DIR] [--workers N] [--record DOCS]

Each world is a scenario file beside this module. A rerun takes up what was judged by the same code; ``--record`` writes
DOCS/poisoning.json and the table of DOCS/poisoning.md.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from rich.console import Console

from iolaus.errors import InputError
from iolaus.evaluate.evasion import DETECTOR_HEADER, Row, detector_cells, row_of
from iolaus.evaluate.judge import judge_tasks
from iolaus.evaluate.rates import Rate, rate
from iolaus.evaluate.recorded import chosen, renewed
from iolaus.evaluate.rounds import Task
from iolaus.evaluate.run import gather
from iolaus.evaluate.scanning import judging_settings
from iolaus.evaluate.table import of
from iolaus.quoted import quote_in, table
from iolaus.simulate import scenario

HEADER = ("world", *DETECTOR_HEADER[1:], "of the firm accused")


@dataclass(frozen=True)
class Poison:
    """A world whose operator prepares what he is compared with; no other figure is of its ``seeds``."""

    name: str
    means: str
    seeds: tuple[int, ...] = (71, 72, 73)

    @property
    def file(self) -> Path:
        """Its scenario."""
        return Path(__file__).with_name(f"{self.name}.toml")


WORLDS = (
    Poison("sleeper", "100 accounts do for 30 days what honest people do, and harvest in the last 14 of 44"),
    Poison(
        "framed", "100 accounts harvest under the template, program, system prompts and /24s of a firm of 120 seats"
    ),
    Poison("framed_items", "the same, and what they ask is what the firm asks, too"),
    Poison("framed_few", "the same by 160 accounts, and the firm has 30 seats"),
    Poison("giant", "25,000 accounts beside 5,000 honest ones: the campaign's template is the commonest of all", (71,)),
)
"""In the order of the table."""


class Poisoned(msgspec.Struct, frozen=True, kw_only=True):
    """One world over its seeds. ``firm``: accounts of the crowd that is copied, and how many are accused."""

    row: Row
    firm: Rate | None


def poisoned(world: Poison, places: Sequence[Path], accuse: float) -> Poisoned:
    """What was found in the judged worlds ``places``. ``accuse``: the setting verdict.accuse_probability."""
    sheet = gather(places)[0]
    copied = [campaign.copies for campaign in scenario.load(world.file).campaign if campaign.copies]
    firm = np.isin(sheet.names("crowd"), copied) & (sheet.numbers("exchanges") > 0)
    counted = rate(int((firm & sheet.flags("accused")).sum()), int(firm.sum())) if copied else None
    return Poisoned(row=row_of(world.name, world.seeds, places, accuse), firm=counted)


def markdown(found: Sequence[Poisoned]) -> str:
    """What each operator does, and who is accused."""
    meant = {world.name: world for world in WORLDS}
    does = [[f"`{each.row.step}`", meant[each.row.step].means, f"{len(each.row.seeds)}"] for each in found]
    cells = [[*detector_cells(each.row), "-" if each.firm is None else of(each.firm)] for each in found]
    seeds = sorted({seed for each in found for seed in each.row.seeds})
    return "\n\n".join(
        [
            f"Made by `python -m iolaus.evaluate.poisoning` with seeds {', '.join(map(str, seeds))}; the same figures"
            " stand in poisoning.json.",
            table(("world", "what the operator does", "worlds"), does).replace("---:", "---"),
            table(HEADER, cells),
        ]
    )


def record(found: Sequence[Poisoned], docs: Path) -> None:
    """Write into ``docs``/poisoning.json and poisoning.md; what the file holds of other worlds stays."""
    names = [world.name for world in WORLDS]
    kept = renewed(found, Poisoned, docs / "poisoning.json", lambda each: each.row.step, names)
    quote_in(docs / "poisoning.md", "poisoning", markdown(kept))


def main(arguments: list[str] | None = None) -> int:
    """Judge the worlds; returns 1 where one could not be judged, 2 for a name that no world has."""
    parser = argparse.ArgumentParser(prog="python -m iolaus.evaluate.poisoning", description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", metavar="WORLD", help="some of the worlds")
    parser.add_argument("--work", type=Path, default=Path("build/poisoning"), help="where judged worlds are kept")
    parser.add_argument("--workers", type=int, default=2, help="worlds that are judged at once")
    parser.add_argument("--record", type=Path, metavar="DOCS", help="folder of poisoning.json and poisoning.md")
    asked = parser.parse_args(arguments)
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 132)
    try:
        worlds = chosen(WORLDS, asked.only, "world")
    except InputError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    tasks = {world.name: [Task(str(world.file), seed, baselines=False) for seed in world.seeds] for world in worlds}
    every = [task for each in tasks.values() for task in each]
    places, failed = judge_tasks(every, asked.work, asked.workers, 1.0, console)
    accuse = judging_settings(None, asked.work).verdict.accuse_probability
    found = [
        poisoned(world, [places[task.name] for task in tasks[world.name]], accuse)
        for world in worlds
        if all(task.name in places for task in tasks[world.name])
    ]
    console.print(markdown(found), soft_wrap=True, markup=False)
    if asked.record is not None:
        record(found, asked.record)
    for name in failed:
        console.print(f"not judged: {name}", soft_wrap=True, markup=False)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
