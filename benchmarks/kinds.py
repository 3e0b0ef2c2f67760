"""What one kind of evidence says of the tested cohorts of worlds: of mostly hostile ones, and of all others.

    python -m benchmarks.kinds KIND WORLD... [--crowds] [--all]

WORLD: folders that ``iolaus simulate`` made. A cohort is hostile where at least half of its accounts are by the truth,
of both where some are, else honest; with ``--crowds`` by the crowd of most of its accounts. Only that kind is weighed,
so that a world takes no longer than to read it. ``--all`` prints each cohort that says anything, with its numbers.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from benchmarks.components import assemble
from iolaus.findings import Evidence
from iolaus.link.candidates import find
from iolaus.link.kinds import Kind, kinds
from iolaus.quoted import table
from iolaus.settings import Settings

HEADER = ("world", "cohorts of", "tested", "cannot look", "says 0", "median", "least", "most", "1 or more")
OURS = ("hostile", "both")
STRONG = 1.0
HOSTILE, MIXED = 0.5, 0.02
"""Share of hostile accounts from which a cohort is theirs, and from which it is of both."""


def main() -> None:
    """Weigh, and print a row for each world and crowd."""
    parser = argparse.ArgumentParser(description=__doc__)
    names = {kind.KIND: kind for kind in kinds()}
    parser.add_argument("kind", choices=names)
    parser.add_argument("worlds", type=Path, nargs="+")
    parser.add_argument("--all", action="store_true", help="each cohort that says anything, with its numbers")
    parser.add_argument("--crowds", action="store_true", help="honest cohorts by the crowd of most of their accounts")
    asked = parser.parse_args()
    rows: list[list[object]] = []
    for world in asked.worlds:
        with tempfile.TemporaryDirectory() as folder:
            said = list(weighed(names[asked.kind], world, Path(folder)))
        if not asked.crowds:
            said = [(crowd if crowd in OURS else "honest", found) for crowd, found in said]
        crowds = sorted({crowd for crowd, _ in said}, key=lambda crowd: (crowd not in OURS, crowd))
        rows += [row(world.parent.name if world.name == "world" else world.name, crowd, said) for crowd in crowds]
        for crowd, found in said if asked.all else []:
            if found is not None and found.log10_bf:
                print(crowd, found.log10_bf, found.numbers)
    print(table(HEADER, rows))


def weighed(kind: Kind, world: Path, folder: Path) -> Iterator[tuple[str, Evidence | None]]:
    """Crowd of most of each tested cohort's accounts, ``hostile`` or ``both``; and what the kind says."""
    settings = Settings()
    assembly, engine = assemble(world, folder, settings)
    truth = {row["account_id"]: row for row in pq.read_table(world / "truth" / "accounts.parquet").to_pylist()}
    known = [truth[name] for name in assembly.population.accounts["account_id"].to_pylist()]
    hostile, crowds = np.array([row["hostile"] for row in known]), [row["crowd"] for row in known]
    for candidate in find(engine, settings.link):
        cohort = assembly.cut(candidate)
        if len(cohort.numbers) < 2 or not len(cohort.conversations):
            continue
        most = Counter(crowds[number] for number in cohort.everyone).most_common(1)[0][0]
        share = hostile[cohort.everyone].mean()
        name = "hostile" if share >= HOSTILE else "both" if share >= MIXED else most
        yield name, kind.weigh(cohort, assembly.population, settings.link)
    engine.close()


def row(world: str, crowd: str, said: list[tuple[str, Evidence | None]]) -> list[object]:
    """A row under :data:`HEADER`."""
    mine = [found for name, found in said if name == crowd]
    weights = np.array([found.log10_bf for found in mine if found is not None])
    shown = (
        [f"{value:+.2f}" for value in (np.median(weights), weights.min(), weights.max())] if len(weights) else [""] * 3
    )
    silent, strong = int((weights == 0).sum()), int((weights >= STRONG).sum())
    return [world, crowd, len(mine), len(mine) - len(weights), silent, *shown, strong]


if __name__ == "__main__":
    main()
