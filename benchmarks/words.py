"""How many strangers are counted among the users of each word of a large world, beside how many there are.

    python -m benchmarks.size --scales 1 --kept DIR            # makes such a world, once
    python -m benchmarks.words DIR/1 [--least 3000] [--key FILE]

A scan up to its joined cohorts; then those with so many accounts are compared with everybody who uses their words, as a
campaign's are before its members are named. Prints the rows behind the table of docs/why/same-words.md.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterable
from pathlib import Path
from unittest.mock import patch

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq
from threadpoolctl import threadpool_limits

from benchmarks.strangers import staged
from iolaus.campaign import run
from iolaus.campaign.fits import fits_of
from iolaus.campaign.join import Pair
from iolaus.campaign.judged import Judged
from iolaus.campaign.measured import Measuring
from iolaus.evaluate.scanning import judging_settings
from iolaus.evaluate.worlds import open_world
from iolaus.quoted import table

HEADER = (
    "accounts of the cohort",
    "come back to its words",
    "strangers, truly",
    "strangers, as counted",
    "by ties",
    "its own",
)


def main() -> None:
    """Scan and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("world", type=Path)
    parser.add_argument("--least", type=int, default=3_000)
    parser.add_argument("--key", type=Path)
    parser.add_argument("--work", type=Path)
    asked = parser.parse_args()
    if asked.work is not None:
        asked.work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=asked.work) as work, threadpool_limits(1, "blas"):
        print(table(HEADER, counted(asked.world, asked.least, asked.key, Path(work))))


def counted(place: Path, least: int, key_file: Path | None, work: Path) -> list[list[object]]:
    """A row under :data:`HEADER` for each cohort of ``least`` accounts."""
    rows = pq.read_table(place / "truth" / "accounts.parquet", columns=["account_id", "hostile"]).to_pylist()
    hostile = {row["account_id"] for row in rows if row["hostile"]}
    found: list[list[object]] = []

    class Counting(Measuring):
        """Looks at the words of cohorts, and measures nobody."""

        def of(self, judged: Iterable[Pair]) -> list[Judged]:
            names = self.assembly.population.accounts["account_id"].to_pylist()
            guilty = np.array([name in hostile for name in names])
            large = [pair for pair in judged if len(pair[0].candidate.accounts) >= least]
            found.extend(_row(self, pair, guilty) for pair in large)
            return []

    settings = judging_settings(None, work)
    if key_file is not None:
        settings = settings.model_copy(update={"sketch": settings.sketch.model_copy(update={"key_file": key_file})})
    with patch.object(run, "Measuring", Counting):
        staged(open_world(place), settings, work)
    return sorted(found, key=lambda row: str(row[2]))


def _row(by: Measuring, pair: Pair, hostile: npt.NDArray[np.bool_]) -> list[object]:
    """One cohort under :data:`HEADER`."""
    candidate, settings = pair[0].candidate, by.settings
    fits = fits_of(candidate, by.assembly, by.engine, settings.link, settings.verdict, by.known)
    told, back = fits.by_account.strangers, fits.numbers[fits.tested]
    truly = f"{1 - hostile[back].mean():.3f}" if len(back) else ""
    return [
        len(candidate.accounts), len(back), truly,
        "" if told is None else f"{told.share:.3f}", "yes" if fits.counted_by_ties else "no",
        "yes" if fits.exclusive(settings.verdict) else "no",
    ]  # fmt: skip


if __name__ == "__main__":
    main()
