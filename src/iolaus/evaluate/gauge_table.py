"""The gauge as a table in the terminal and as JSON."""

from __future__ import annotations

from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from iolaus.evaluate.gauge import Reading, judged
from iolaus.evaluate.gauge_read import read

MOST = 3
"""Readings printed of one check, where several do not hold; JSON holds them all."""


def judge_world(world: Path, out: Path | None, page: Path | None, everything: bool, console: Console) -> bool:
    """Gauge a world, print what fails and why, write JSON to ``out`` and a page; returns whether every bound holds."""
    held = read(world)
    found = judged(held)
    shown = [r for r in found.readings if everything or _telling(r, found.readings)]
    table = Table("campaign", "against", "check", "what", "figure", "bound", "verdict", box=None, pad_edge=False)
    for reading in shown:
        figure = "-" if reading.figure is None else f"{reading.figure:.3f}"
        verdict = f"{reading.verdict}: {reading.reason}" if reading.reason else reading.verdict
        table.add_row(
            reading.campaign, reading.against, reading.check, reading.what, figure, reading.bound, verdict
        )  # fmt: skip
    console.print(table)
    failures = found.failures
    many = f"{len(failures)} readings are over their bounds" if len(failures) != 1 else "1 reading is over its bound"
    console.print(f"{found.world}: {many}." if failures else f"{found.world}: every bound holds.")
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
    if page is not None:
        from iolaus.evaluate.gauge_report import write_page

        write_page(found, [(whole.label, whole.tenants) for whole in held.wholes], page)
    return not failures


def _telling(reading: Reading, readings: list[Reading]) -> bool:
    """Whether it is among the first three of its check that do not hold, or the largest of its check."""
    same = [
        r for r in readings if (r.campaign, r.against, r.check) == (reading.campaign, reading.against, reading.check)
    ]
    open_ = [r for r in same if r.verdict != "holds"]
    return reading.check in ("tenants", "tokens") or any(reading is r for r in (*open_[:MOST], same[0]))
