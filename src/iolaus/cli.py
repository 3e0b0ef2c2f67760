"""The commands: one a stage or a question."""

from __future__ import annotations

import logging
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from iolaus.content.cli import app as content
from iolaus.errors import InputError, TooManyRejectsError
from iolaus.evaluate.cli import app as evaluate
from iolaus.options import (
    Account,
    Accounts,
    EngineUrl,
    Events,
    Format,
    Logs,
    Mapping,
    MaxRejects,
    MaybeLogs,
    MaybeState,
    Releases,
    SettingsFile,
    State,
    chosen_settings,
    group,
)

app = group("iolaus", "Finds, explains and helps to stop distillation attacks on language-model APIs.")

app.add_typer(content)
app.add_typer(evaluate)

Out = Annotated[Path, typer.Option(help="folder for the results")]
Verbose = Annotated[bool, typer.Option("-v", "--verbose", help="log each stage with counts and seconds")]


@app.command()
def scan(
    logs: MaybeLogs = None,
    accounts: Accounts = None,
    events: Events = None,
    releases: Releases = None,
    format: Format = None,
    mapping: Mapping = None,
    account: Account = None,
    max_rejects: MaxRejects = None,
    settings: SettingsFile = None,
    state: MaybeState = None,
    engine: EngineUrl = None,
    out: Out = Path("iolaus-out"),
    verbose: Verbose = False,
) -> None:
    """Find campaigns in request logs and write results, evidence and a report.

    With --state the logs are scanned on top of what earlier scans kept; without LOGS that alone is judged again.
    """
    from iolaus.ingest.inputs import Inputs
    from iolaus.progress import Progress
    from iolaus.report.results import load
    from iolaus.scan import scan as run

    _log(verbose)
    inputs = Inputs(tuple(logs or ()), accounts, events, releases, format, mapping, account)
    found = run(inputs, chosen_settings(settings, max_rejects, engine), out, Progress(), state)
    console = Console(highlight=False)
    campaigns = len(found.campaigns)
    console.print(f"{campaigns} campaign{'' if campaigns == 1 else 's'} found among {found.tested} tested cohorts.")
    read = load(out).run
    if refused := sum(read.rejects.values()):
        rows = "row was" if refused == 1 else "rows were"
        console.print(f"{refused:,} {rows} rejected: see {out / 'rejects.parquet'}", soft_wrap=True)
    for warning in read.warnings:
        console.print(f"Warning: {warning}", soft_wrap=True, markup=False)
    console.print(f"Report: {out / 'report.html'}", soft_wrap=True)


@app.command()
def ingest(
    logs: Logs,
    accounts: Accounts = None,
    events: Events = None,
    releases: Releases = None,
    format: Format = None,
    mapping: Mapping = None,
    account: Account = None,
    max_rejects: MaxRejects = None,
    settings: SettingsFile = None,
    engine: EngineUrl = None,
    out: Out = Path("iolaus-in"),
    verbose: Verbose = False,
) -> None:
    """Read logs and write them in the normal form."""
    from iolaus.ingest.inputs import Inputs
    from iolaus.progress import Progress
    from iolaus.scan import normalise

    _log(verbose)
    inputs = Inputs(tuple(logs), accounts, events, releases, format, mapping, account)
    read = normalise(inputs, chosen_settings(settings, max_rejects, engine), out, Progress())
    Console(highlight=False).print(
        f"{read.exchanges:,} exchanges, {sum(read.rejects.values()):,} rejects: {out}", soft_wrap=True
    )


@app.command()
def sketch(
    logs: MaybeLogs = None,
    stream: Annotated[bool, typer.Option("--stream", help="a line out for each line in, flushed as they come")] = False,
    out: Annotated[Path | None, typer.Option(help="write sketches to this file: Parquet, or lines (.jsonl)")] = None,
    learn: Annotated[Path | None, typer.Option(help="write weights of words to this file instead of sketches")] = None,
    format: Format = None,
    mapping: Mapping = None,
    account: Account = None,
    max_rejects: MaxRejects = None,
    settings: SettingsFile = None,
) -> None:
    """Put keyed sketches in the place of texts, for a provider that keeps no text; a scan reads them like logs.

    One of --stream, --out and --learn. Without LOGS, --stream and --learn read standard input.
    """
    from iolaus.ingest.inputs import Inputs
    from iolaus.textless import run

    if sum((stream, out is not None, learn is not None)) != 1:
        raise InputError("sketch: give one of --stream, --out FILE and --learn FILE.")
    inputs = Inputs(tuple(logs or ()), None, None, None, format, mapping, account)
    chosen = chosen_settings(settings, max_rejects)
    console = Console(stderr=True, highlight=False)
    if stream:
        told = run.stream(inputs, chosen, sys.stdout.buffer)
        console.print(f"{told.rows:,} sketches, {told.refused.total():,} refused.", soft_wrap=True)
    elif out is not None:
        if not logs:
            raise InputError("sketch: no LOGS. Give files, folders or globs, or --stream for standard input.")
        told = run.batch(inputs, chosen, out)
        console.print(f"{told.rows:,} sketches, {told.refused.total():,} refused: {out}", soft_wrap=True)
    elif learn is not None:
        texts = run.learn(inputs, chosen, learn)
        console.print(f"Weights of words from {texts:,} texts: {learn}", soft_wrap=True)


@app.command()
def explain(
    campaign: Annotated[str | None, typer.Argument(help="id of a campaign or cohort")] = None,
    account: Annotated[str | None, typer.Option(help="an account instead")] = None,
    results: Annotated[Path, typer.Option(help="folder of the results")] = Path("iolaus-out"),
) -> None:
    """Say in the terminal what a scan found, and why."""
    from iolaus.report.terminal import explain as run

    run(results, campaign, account, Console(highlight=False))


@app.command()
def dismiss(
    campaign: Annotated[str, typer.Argument(help="id of a campaign that a person found honest")],
    cleared: Annotated[Path, typer.Option(help="list of cleared accounts, one id a line; made where there is none")],
    reason: Annotated[str, typer.Option(help="why, in one line, for whoever reads the list")] = "",
    account: Annotated[str | None, typer.Option(help="one account of it, instead of all that it accuses")] = None,
    results: Annotated[Path, typer.Option(help="folder of the results")] = Path("iolaus-out"),
) -> None:
    """Put the accounts of a campaign on the list of those that a person found honest (campaign.cleared)."""
    from iolaus.report.dismissal import dismiss as run

    added = run(results, campaign, account, cleared, reason)
    Console(highlight=False).print(
        f"{added:,} accounts added. Scan with campaign.cleared = '{cleared}' to have it respected.",
        soft_wrap=True,
        markup=False,
    )


@app.command()
def forget(
    account: Annotated[str, typer.Argument(help="the account whose every trace is removed")],
    state: State,
) -> None:
    """Remove every trace of one account from what scans kept, and say what was removed."""
    from iolaus.state.forget import forget as run

    Console(highlight=False).print(f"Forgotten: {run(account, state).sentence}.", soft_wrap=True, markup=False)


@app.command()
def simulate(
    scenario: Annotated[str, typer.Argument(help="name of a scenario, or a scenario file")],
    out: Annotated[Path, typer.Option(help="folder for the world")],
    scale: Annotated[float, typer.Option(help="multiplies every size")] = 1.0,
    seed: Annotated[int, typer.Option(help="equal seeds give equal bytes")] = 0,
    into: Annotated[list[str] | None, typer.Option(help="plant the campaign into these logs in normal form")] = None,
) -> None:
    """Make a world: simulated traffic with ground truth."""
    from iolaus.simulate import simulate as run

    run(scenario, out, scale, seed, tuple(into or ()))
    Console(highlight=False).print(f"World: {out}", soft_wrap=True)


@app.command(name="settings")
def settings_command(
    settings: SettingsFile = None,
) -> None:
    """Print every setting with its value and meaning."""
    from iolaus.settings import describe, load

    table = Table("setting", "value", "meaning", box=None, pad_edge=False)
    for name, value, meaning in describe(load(settings)):
        table.add_row(name, str(value), meaning)
    Console(highlight=False).print(table)


class Exit(StrEnum):
    """What the exit statuses mean, for the documents."""

    DONE = "0: done, campaigns or none"
    BAD_INPUT = "2: bad input or usage"
    TOO_MANY_REJECTS = "3: too many rejects in one file"


def _log(verbose: bool) -> None:
    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING,
        format="%(levelname)s %(message)s",
        stream=sys.stderr,
    )


def main() -> None:
    """Run a command; what a user can mend is one line on standard error."""
    try:
        app()
    except TooManyRejectsError as error:
        sys.exit(_complain(error, 3))
    except InputError as error:
        sys.exit(_complain(error, 2))


def _complain(error: InputError, status: int) -> int:
    sys.stderr.write(f"iolaus: {error}\n")
    return status
