"""``iolaus evaluate``: whether a world is fair, and how well a scan does on it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from iolaus.options import group

app = group("evaluate", "Judge worlds and scans against the truth.")


@app.command()
def scan(
    worlds: Annotated[list[Path], typer.Argument(help="folders of worlds", metavar="WORLD...")],
    results: Annotated[
        list[Path] | None, typer.Option(help="finished results instead of a scan, one for each world")
    ] = None,
    settings: Annotated[Path | None, typer.Option(help="a TOML file of settings")] = None,
    replay: Annotated[bool, typer.Option("--replay", help="replay by days and hours: leak before the alarm")] = False,
    baselines: Annotated[bool, typer.Option(help="judge the baselines in the same run")] = True,
    work: Annotated[Path, typer.Option(help="folder for scans and judged worlds; a rerun resumes")] = Path(
        "build/judge"
    ),
    out: Annotated[Path | None, typer.Option(help="write the figures to this JSON file")] = None,
    page: Annotated[Path | None, typer.Option(help="write an offline HTML page with figures")] = None,
) -> None:
    """Scan worlds and say how right it was: accounts, campaigns, exchanges, leak, calibration, baselines."""
    from rich.console import Console

    from iolaus.evaluate.run import evaluate

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = 132
    evaluate(worlds, results or [], settings, replay, baselines, work, out, page, console)


@app.command()
def world(
    world: Annotated[Path, typer.Argument(help="folder of a world", metavar="WORLD")],
    out: Annotated[Path | None, typer.Option(help="write every reading to this JSON file")] = None,
    page: Annotated[Path | None, typer.Option(help="write an offline HTML page with the tenants' figure")] = None,
    everything: Annotated[bool, typer.Option("--all", help="print what holds, too")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="exit 1 where a bound does not hold")] = False,
) -> None:
    """Gauge a world: can one field, or anything that is no relation, tell who is hostile?"""
    from rich.console import Console

    from iolaus.evaluate.gauge_table import judge_world

    if not judge_world(world, out, page, everything, Console(highlight=False)) and strict:
        raise typer.Exit(1)
