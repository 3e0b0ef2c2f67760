"""Can it be seen that items were dealt once each? What the kept sketch knows of equal items, in cohorts and outside.

    python -m benchmarks.shards WORLD... [--write]

An item is the keyed hash of the folded text that opens a conversation: under one template equal texts are equal items.
Items that were dealt are asked by one account each; so are those that people think of by themselves. What tells them
apart is how often people *would* ask the same, which others who use the cohort's words and are not of it must show.
``--write`` puts the table into docs/why/shards.md.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from benchmarks.components import assemble
from benchmarks.kinds import HOSTILE, MIXED
from iolaus.engine import Engine
from iolaus.link.candidates import find
from iolaus.link.cohort import Cohort
from iolaus.quoted import quoted, table
from iolaus.settings import Settings

PAGE = Path(__file__).parents[1] / "docs" / "why" / "shards.md"
HEADER = (
    "world", "cohorts of", "tested", "no item twice", "median of accounts", "of items", "have outsiders",
    "3 or more foretold", "of these fewer than half seen",
)  # fmt: skip
ENOUGH = 3.0
"""Equal items that must be foretold before their absence says anything: none is then seen once in twenty."""

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Items:
    """Of one cohort: accounts, items, pairs of accounts that ask an equal one, outsiders, pairs that these foretell."""

    crowd: str
    accounts: int
    items: int
    equal: int
    outsiders: int
    expected: float


def main() -> None:
    """Measure, print, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("worlds", type=Path, nargs="+")
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    rows: list[list[object]] = []
    for world in asked.worlds:
        with tempfile.TemporaryDirectory() as folder:
            found = list(measured(world, Path(folder)))
        name = world.parent.name if world.name == "world" else world.name
        rows += [row(name, crowd, [items for items in found if items.crowd == crowd]) for crowd in CROWDS]
    body = table(HEADER, [row for row in rows if row[2]])
    print(body)
    if asked.write:
        PAGE.write_text(quoted(PAGE.read_text("utf-8"), "shards", body), "utf-8")


CROWDS = ("hostile", "both", "honest")


def row(world: str, crowd: str, found: list[Items]) -> list[object]:
    """A row under :data:`HEADER`."""
    outside = [items for items in found if items.outsiders]
    able = [items for items in outside if items.expected >= ENOUGH]
    middle = [np.median([getattr(items, name) for items in found] or [0]) for name in ("accounts", "items")]
    return [
        world, crowd, len(found), sum(items.equal == 0 for items in found), *(f"{value:.0f}" for value in middle),
        len(outside), len(able), sum(2 * items.equal < items.expected for items in able),
    ]  # fmt: skip


def measured(world: Path, folder: Path) -> Iterator[Items]:
    """What is known of the items of each tested cohort."""
    settings = Settings()
    assembly, engine = assemble(world, folder, settings)
    hostile = {
        row["account_id"] for row in pq.read_table(world / "truth" / "accounts.parquet").to_pylist() if row["hostile"]
    }
    body = np.array([name in hostile for name in assembly.population.accounts["account_id"].to_pylist()])
    for candidate in find(engine, settings.link):
        cohort = assembly.cut(candidate)
        if len(cohort.numbers) >= 2 and len(cohort.conversations):
            share = body[cohort.everyone].mean()
            crowd = "hostile" if share >= HOSTILE else "both" if share >= MIXED else "honest"
            yield items_of(crowd, cohort, engine)
    engine.close()


def items_of(crowd: str, cohort: Cohort, engine: Engine) -> Items:
    """Equal items within the cohort, and as many as expected by how often outsiders' items equal the cohort's."""
    inside = asked(cohort.column("text"), cohort.column("account"))
    held = ",".join(map(str, cohort.phrases))
    uses = engine.table(f"SELECT DISTINCT text, account FROM phrase_conversations WHERE phrase IN ({held})")
    strange = ~np.isin(uses["account"].to_numpy(), cohort.everyone)
    outside = asked(uses["text"].to_numpy()[strange], uses["account"].to_numpy()[strange])
    counts = [np.unique(pairs[:, 0], return_counts=True) for pairs in (inside, outside)]
    (items, times), (others, theirs) = counts
    both = np.isin(items, others)
    crossing = int((times[both] * theirs[np.isin(others, items)]).sum())
    accounts, outsiders = len(np.unique(inside[:, 1])), len(np.unique(outside[:, 1]))
    expected = crossing * (accounts - 1) / (2 * outsiders) if outsiders else 0.0
    return Items(crowd, accounts, len(items), int((times * (times - 1) // 2).sum()), outsiders, expected)


def asked(text: npt.NDArray[np.integer], account: npt.NDArray[np.integer]) -> Ints:
    """int64[n, 2]: distinct items that can be read, with who asks them."""
    there = text != 0
    found: Ints = np.unique(np.stack([text[there], account[there]], 1).astype(np.int64), axis=0)
    return found


if __name__ == "__main__":
    main()
