"""``iolaus content baseline``: learn the provider's own mix, show it, and say how it moved."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from iolaus.options import (
    Account,
    Accounts,
    Events,
    Format,
    Logs,
    Mapping,
    MaxRejects,
    Releases,
    SettingsFile,
    chosen_settings,
    group,
)

if TYPE_CHECKING:
    from rich.console import Console

    from iolaus.content.baseline import Baseline
    from iolaus.content.levels import Level

app = group("baseline", "The provider's own mix of honest traffic, with which cohorts are compared.")


@app.command()
def learn(
    logs: Logs,
    accounts: Accounts = None,
    events: Events = None,
    releases: Releases = None,
    format: Format = None,
    mapping: Mapping = None,
    account: Account = None,
    max_rejects: MaxRejects = None,
    settings: SettingsFile = None,
    cleared: Annotated[
        Path | None, typer.Option(help="ids of accounts and cohorts that a person found honest, one a line")
    ] = None,
    results: Annotated[
        list[Path] | None, typer.Option(help="results of other scans, whose accused accounts stay out")
    ] = None,
    contamination: Annotated[
        float, typer.Option(min=0, max=0.45, help="share of hostile accounts that the mix allows for")
    ] = 0.05,
    people: Annotated[int, typer.Option(min=60, help="accounts that teach at most, one request each")] = 20_000,
    out: Annotated[Path, typer.Option(help="the baseline")] = Path("baseline.json"),
) -> None:
    """Scan logs and keep the mix of the accounts that the scan neither accused nor left unsettled."""
    from rich.console import Console

    from iolaus.ingest.inputs import Inputs
    from iolaus.learn import Lesson
    from iolaus.learn import learn as run
    from iolaus.progress import Progress

    inputs = Inputs(tuple(logs), accounts, events, releases, format, mapping, account)
    lesson = Lesson(contamination, people, cleared, tuple(results or ()))
    found = run(inputs, chosen_settings(settings, max_rejects), lesson, out, Progress())
    console = Console(highlight=False)
    _origin(found, console)
    console.print(f"Baseline: {out}", soft_wrap=True)


@app.command()
def show(file: Annotated[Path, typer.Argument(help="a baseline")]) -> None:
    """Print what a baseline was learnt from, and what each of its cells asks for."""
    from rich.console import Console
    from rich.table import Table

    from iolaus.content.baseline import load

    found, console = load(file), Console(highlight=False)
    _origin(found, console)
    table = Table("cell", "accounts", "median length", "cosine", "intents", "capability", box=None, pad_edge=False)
    for cell in found.cells:
        table.add_row(
            name_of(tuple(cell.place)),
            f"{cell.accounts:,}",
            f"{cell.length[2]:,}",
            f"{cell.cosine.mean:.3f}",
            _highest(cell.intents),
            _highest(cell.capability),
        )
    console.print(table)


@app.command()
def drift(
    files: Annotated[list[Path], typer.Argument(help="two baselines or more", metavar="FILE FILE...")],
    rows: Annotated[int, typer.Option(min=1, help="movements that are printed of each pair")] = 20,
) -> None:
    """Print how the mix moved from each baseline to the next, and from the first to the last."""
    from rich.console import Console

    from iolaus.content.baseline import load
    from iolaus.errors import InputError

    if len(files) < 2:
        raise InputError(f"{files[0]}: one baseline moves nowhere. Give an older and a newer one.")
    loaded = [load(path) for path in files]
    for found, path in zip(loaded, files, strict=True):
        if (found.key_id, found.content_model) != (loaded[0].key_id, loaded[0].content_model):
            raise InputError(f"{path}: another key or content model than the others. Compare baselines of one of each.")
    kept = sorted(loaded, key=lambda found: (found.first, found.last))
    console = Console(highlight=False)
    for before, after in [*pairwise(kept), *([(kept[0], kept[-1])] if len(kept) > 2 else [])]:
        _movements(before, after, rows, console)


def name_of(place: tuple[str, ...]) -> str:
    """A cell in words."""
    return " / ".join(place) if place else "everybody"


def _highest(levels: dict[str, Level]) -> str:
    found = sorted(levels.items(), key=lambda item: (-item[1].trimmed, item[0]))[:2]
    return ", ".join(f"{name.replace('_', ' ')} {level.trimmed:.1%}" for name, level in found)


def _origin(found: Baseline, console: Console) -> None:
    out = ", ".join(f"{count:,} {reason}" for reason, count in found.left_out.items() if count)
    console.print(
        f"{found.accounts:,} accounts, {found.conversations:,} conversations, {found.first} to {found.last};"
        f" {len(found.cells)} cells of at least {found.least} entities. Left out: {out or 'none'}; let in by a person:"
        f" {found.cleared:,}. Allows for {found.contamination:.0%} hostile accounts. iolaus {found.iolaus}, key"
        f" {found.key_id}, content model {found.content_model}.",
        soft_wrap=True,
    )


def _movements(before: Baseline, after: Baseline, rows: int, console: Console) -> None:
    from rich.table import Table

    from iolaus.content.drift import come_and_gone, movements, share_moved

    console.print(
        f"{before.first} to {before.last}, then {after.first} to {after.last}:"
        f" {share_moved(before, after):.1%} of the accounts stand in another cell.",
        soft_wrap=True,
    )
    come, gone = come_and_gone(before, after)
    for word, places in (("New", come), ("Gone", gone)):
        if places:
            console.print(f"{word}: {', '.join(name_of(place) for place in places)}", soft_wrap=True)
    found = movements(before, after)
    moved = [movement for movement in found if movement.moved]
    console.print(f"{len(moved)} of {len(found)} numbers moved by more than chance.")
    table = Table("cell", "number", "before", "after", "the stated contamination could", box=None, pad_edge=False)
    for each in moved[:rows]:
        could = "yes" if each.within else "no"
        table.add_row(name_of(each.place), each.what, f"{each.before:.3f}", f"{each.after:.3f}", could)
    if moved:
        console.print(table)
