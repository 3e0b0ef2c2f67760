"""How many strangers are counted among the users of a campaign's words, beside how many there are.

    python -m benchmarks.strangers [--scenarios S4 S7] [--seeds 33 51]

Whole scans of simulated worlds; of each campaign the last look at the users of its words, before its members are named.
Writes the table of docs/why/strangers.md.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pyarrow.parquet as pq
from threadpoolctl import threadpool_limits

from benchmarks.baseline_worlds import accused_of
from iolaus import scan
from iolaus.campaign import grown, rest
from iolaus.campaign.fits import Fits, fits_of
from iolaus.campaign.judged import Outcome
from iolaus.engine import open_engine
from iolaus.evaluate.scanning import judging_settings
from iolaus.evaluate.worlds import World, open_world
from iolaus.key import load as load_key
from iolaus.progress import Progress
from iolaus.quoted import quote_in, table
from iolaus.settings import Settings
from iolaus.simulate import simulate

PAGE = Path(__file__).parents[1] / "docs" / "why" / "strangers.md"
HEADER = (
    "world", "users of the words", "strangers, truly", "strangers, as counted", "of them ask much the same, at most",
    "the words are its own", "reach", "accused", "honest accused", "without names",
)  # fmt: skip


def main() -> None:
    """Make the worlds, scan, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenarios", nargs="+", default=["S3", "S4", "S7", "S13"])
    parser.add_argument("--seeds", nargs="+", type=int, default=[33, 51])
    asked = parser.parse_args()
    rows: list[list[object]] = []
    for name in asked.scenarios:
        for seed in asked.seeds:
            with tempfile.TemporaryDirectory() as folder, threadpool_limits(1, "blas"):
                rows += measured(name, seed, Path(folder))
    body = table(HEADER, rows)
    print(body)
    quote_in(PAGE, "strangers", body)


def measured(scenario: str, seed: int, folder: Path) -> list[list[object]]:
    """A row under :data:`HEADER`; none where no campaign is found."""
    simulate(scenario, folder / "world", 1.0, seed)
    settings = judging_settings(None, folder)
    found, looks, reached = scanned(open_world(folder / "world"), settings, folder / "work")
    if not looks:
        return []
    nameless = settings.model_copy(
        update={"link": settings.link.model_copy(update={"names_cap": 0.0, "nameless_cap": 0.0})}
    )
    without = scanned(open_world(folder / "world"), nameless, folder / "nameless")[0]
    rows = pq.read_table(folder / "world" / "truth" / "accounts.parquet").to_pylist()
    truth = {row["account_id"]: bool(row["hostile"]) for row in rows}
    hostile = np.array([truth[name] for name in found.population.accounts["account_id"].to_pylist()])
    accused, before = (accused_of(each, settings.verdict.accuse_membership) for each in (found, without))
    last, told = looks[-1], looks[-1].by_account.strangers
    return [[
        f"{scenario}, seed {seed}", len(last.numbers), f"{1 - hostile[last.numbers].mean():.1%}",
        "not told" if told is None else f"{told.of_users:.1%}", "" if told is None else f"{told.alike:.0%}",
        "yes" if last.exclusive(settings.verdict) else "no", f"{reached[-1]:.2f}" if reached else "",
        f"{int((accused & hostile).sum())} of {int(hostile.sum())}", int((accused & ~hostile).sum()),
        f"{int((before & hostile).sum())} and {int((before & ~hostile).sum())}",
    ]]  # fmt: skip


def scanned(world: World, settings: Settings, work: Path) -> tuple[Outcome, list[Fits], list[float]]:
    """What a scan finds, every look at the users of a campaign's words, and every reach that was measured."""
    looks: list[Fits] = []
    reached: list[float] = []
    reach = rest.reach

    def look(*given: Any) -> Fits:
        looks.append(fits_of(*given))
        return looks[-1]

    def reaching(*given: Any) -> float:
        reached.append(reach(*given))
        return reached[-1]

    with patch.object(grown, "fits_of", look), patch.object(rest, "reach", reaching):
        return staged(world, settings, work), looks, reached


def staged(world: World, settings: Settings, work: Path) -> Outcome:
    """What every stage of a scan comes to; nothing is written but in ``work``."""
    key = load_key(settings.sketch.key_file)
    engine = open_engine(settings.engine, work / "scratch")
    try:
        state = scan.open_workspace(world.inputs, settings, key, work)
        return scan.stages(world.inputs, settings, key, state, engine, Progress(shown=False), work)[1]
    finally:
        engine.close()


if __name__ == "__main__":
    main()
