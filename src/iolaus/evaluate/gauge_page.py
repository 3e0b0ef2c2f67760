"""``make gauge``: gauge every shipped scenario, and write what came out beside the page that quotes it."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

import msgspec

from iolaus.evaluate.gauge import Gauge, Reading, judged
from iolaus.evaluate.gauge_read import Read, lacks, together
from iolaus.evaluate.gauge_read import read as read_world
from iolaus.evaluate.gauge_report import TENANTS_HEADER, tenant_rows
from iolaus.quoted import quote_in, table
from iolaus.simulate import simulate

SCALES = {
    **{f"S{number}": 1.0 for number in range(1, 16)},
    "demo": 1.0, "rare": 0.5, "february": 0.03, "june": 0.03,
}  # fmt: skip
"""Scenario -> scale at which it is gauged."""

MOST_SEEDS = 8
"""Worlds of one scenario, of seeds 0 and up, that are put together where one has too few accounts to compare."""

TENANTS = Path(__file__).with_name("tenants.toml")
"""A world of nothing but tenants and a few persons, enough to be compared with real tenants."""

HEADER = (
    "scenario", "scale", "seeds", "trees, all honest", "trees, look-alike", "prompts", "common words", "declared",
    "over their bounds",
)  # fmt: skip


class Row(msgspec.Struct, frozen=True):
    """One scenario: the highest figure of each check over its campaigns, and what is over its bound.

    ``seeds``: worlds, of seeds 0 and up, that were read together. A figure is None where too few accounts or prompts
    make it not measurable.
    """

    scenario: str
    scale: float
    trees_all: float | None
    trees_alike: float | None
    prompts: float | None
    common: float | None
    declared: int
    over: list[str]
    seeds: int = 1


def row_of(scenario: str, scale: float, found: Gauge, seeds: int = 1) -> Row:
    """The row of a scenario whose worlds of so many seeds were gauged together."""
    whole = [r for r in found.readings if r.check == "boosted trees" and r.against == "all honest"]
    alike = [r for r in found.readings if r.check == "boosted trees" and r.against != "all honest"]
    over = [f"{r.campaign} against {r.against}: {r.check}, {r.what} ({r.figure:.2f})" for r in found.failures]
    return Row(
        scenario, scale, _highest(whole), _highest(alike),
        _highest([r for r in found.readings if r.check == "prompts"]),
        _highest([r for r in found.readings if r.check == "common words"]),
        len(found.declared), over, seeds,
    )  # fmt: skip


def _highest(readings: list[Reading]) -> float | None:
    figures = [r.figure for r in readings if r.figure is not None and r.verdict != "declared"]
    return round(max(figures), 4) if figures else None


def cells(row: Row) -> list[str]:
    """The row as ``docs/worlds.md`` quotes it, under :data:`HEADER`."""
    figures = [
        "-" if each is None else f"{each:.2f}" for each in (row.trees_all, row.trees_alike, row.prompts, row.common)
    ]
    over = "<br>".join(row.over) or "none"
    return [f"`{row.scenario}`", f"{row.scale:g}", f"{row.seeds}", *figures, f"{row.declared}", over]


def record(rows: list[Row], folder: Path) -> None:
    """Write ``gauge.json`` and put its table into ``worlds.md`` of a docs folder, in place of the one there.

    Rows of other scenarios that the file holds stay.
    """
    held = {row.scenario: row for row in read(folder)} | {row.scenario: row for row in rows}
    rows = [held[name] for name in SCALES if name in held]
    (folder / "gauge.json").write_bytes(msgspec.json.format(msgspec.json.encode(rows), indent=1) + b"\n")
    _quote(folder, "gauge", table(HEADER, map(cells, rows)))


def record_tenants(folder: Path) -> None:
    """Put the tenants of :data:`TENANTS` beside ServeGen's into ``worlds.md`` of a docs folder."""
    place = Path(tempfile.mkdtemp(prefix="iolaus-gauge-"))
    try:
        (whole,) = read_world(simulate(TENANTS, place, 1.0, seed=0).path).wholes
    finally:
        shutil.rmtree(place, ignore_errors=True)
    _quote(folder, "tenants", table(TENANTS_HEADER, tenant_rows(whole.tenants, whole.label)))


def _quote(folder: Path, section: str, body: str) -> None:
    page = folder / "worlds.md"
    quote_in(page, section, body)


def read(folder: Path) -> list[Row]:
    """What ``gauge.json`` of a docs folder holds; nothing where there is none."""
    path = folder / "gauge.json"
    return msgspec.json.decode(path.read_bytes(), type=list[Row]) if path.is_file() else []


def gauged(scenario: str, scale: float) -> Row:
    """Simulate a scenario with seed 0, and with more seeds until every comparison has accounts enough; gauge them."""
    held: list[Read] = []
    while True:
        place = Path(tempfile.mkdtemp(prefix="iolaus-gauge-"))
        try:
            held.append(read_world(simulate(scenario, place, scale, seed=len(held)).path))
        finally:
            shutil.rmtree(place, ignore_errors=True)
        whole = together(held)
        if len(held) == MOST_SEEDS or not lacks(whole):
            return row_of(scenario, scale, judged(whole), len(held))


def main() -> None:
    """Gauge every shipped scenario, one after the other; ``--only`` takes some of them."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--only", nargs="*", default=list(SCALES), choices=list(SCALES), help="scenarios")
    parser.add_argument("--record", type=Path, help="docs folder that gets gauge.json and its table")
    asked = parser.parse_args()
    for scenario in asked.only:
        row = gauged(scenario, SCALES[scenario])
        sys.stdout.write(f"| {' | '.join(cells(row))} |\n")
        sys.stdout.flush()
        if asked.record:
            record([row], asked.record)
    if asked.record:
        record_tenants(asked.record)


if __name__ == "__main__":
    main()
