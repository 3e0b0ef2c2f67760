"""How often accounts meet a campaign's: by accounts met, by places, by both, and what chance foretells of strangers.

    python -m benchmarks.meetings [--scenarios S7 S13] [--seed 61]

The campaign's accounts are those of the truth, so that this measures the count and no guess of who they are. Writes the
table of docs/why/meetings.md.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from benchmarks.components import assemble
from iolaus.link.ties import Meetings, meetings_of
from iolaus.quoted import quote_in, table
from iolaus.settings import Settings
from iolaus.simulate import simulate

PAGE = Path(__file__).parents[1] / "docs" / "why" / "meetings.md"
MOST = 5
"""Meetings from which counts stand in one column."""

Counts = npt.NDArray[np.int64]


def main() -> None:
    """Make the worlds, count, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenarios", nargs="+", default=["S1", "S7", "S13"])
    parser.add_argument("--seed", type=int, default=61)
    asked = parser.parse_args()
    rows: list[list[object]] = []
    for name in asked.scenarios:
        with tempfile.TemporaryDirectory() as folder:
            rows += measured(name, asked.seed, Path(folder))
    body = table(["accounts", "counted by", *map(str, range(MOST)), f"{MOST} or more"], rows)
    print(body)
    quote_in(PAGE, "meetings", body)


def measured(scenario: str, seed: int, folder: Path) -> list[list[object]]:
    """Rows of the table: how many of the hostile and of the honest meet so often, and how many strangers should."""
    simulate(scenario, folder / "world", 1.0, seed)
    settings = Settings()
    assembly, engine = assemble(folder / "world", folder / "work", settings)
    names = assembly.population.accounts["account_id"].to_pylist()
    truth = pq.read_table(folder / "world" / "truth" / "accounts.parquet").to_pylist()
    hostile = {row["account_id"] for row in truth if row["hostile"]}
    body = np.array([name in hostile for name in names])
    everyone = np.arange(len(names), dtype=np.int32)
    found = meetings_of(everyone, assembly.population, settings.link, body)
    engine.close()
    return [
        [f"{scenario}, hostile", "accounts met", *counted(found.people[body])],
        ["", "places", *counted(found.places[body])],
        ["", "the smaller", *counted(found.met[body])],
        [f"{scenario}, honest", "accounts met", *counted(found.people[~body])],
        ["", "places", *counted(found.places[~body])],
        ["", "the smaller", *counted(found.met[~body])],
        ["", "foretold by chance", *foretold(found, ~body, 0.0)],
        ["", "with related people", *foretold(found, ~body, settings.link.related_share)],
    ]


def counted(met: Counts) -> list[int]:
    """How many accounts meet 0, 1, ... and ``MOST`` or more."""
    return [int(count) for count in np.bincount(np.minimum(met, MOST), minlength=MOST + 1)]


def foretold(found: Meetings, strangers: npt.NDArray[np.bool_], related: float) -> list[str]:
    """The same of strangers, as expected."""
    chances = [found.of_stranger(count, related)[strangers].sum() for count in range(MOST)]
    return [f"{value:.1f}" for value in [*chances, strangers.sum() - sum(chances)]]


if __name__ == "__main__":
    main()
