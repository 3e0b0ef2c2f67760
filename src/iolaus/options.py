"""What several commands share: groups of commands, and the arguments and options that say what is read, and how."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from iolaus.settings import Settings

Logs = Annotated[list[str], typer.Argument(help="files, folders or globs of request logs", metavar="LOGS...")]
Accounts = Annotated[Path | None, typer.Option(help="the account table (CSV, JSONL or Parquet)")]
Events = Annotated[Path | None, typer.Option(help="what happened to accounts, and when")]
Releases = Annotated[Path | None, typer.Option(help="when models were released")]
Format = Annotated[str | None, typer.Option(help="format of the logs, where it is not recognised")]
Mapping = Annotated[Path | None, typer.Option(help="a TOML file that maps other logs to the normal form")]
Account = Annotated[str | None, typer.Option(help="account of every row, for logs that name none")]
MaxRejects = Annotated[float | None, typer.Option(help="largest share of refused rows in one file")]
MaybeLogs = Annotated[
    list[str] | None, typer.Argument(help="files, folders or globs of request logs", metavar="[LOGS...]")
]
State = Annotated[Path, typer.Option(help="folder of what earlier scans kept")]
MaybeState = Annotated[
    Path | None,
    typer.Option("--state", help="folder of what earlier scans kept, and of what this one keeps; never text"),
]
EngineUrl = Annotated[
    str | None,
    typer.Option("--engine", help="Spark Connect server that does the relational work and reads texts", metavar="URL"),
]
SettingsFile = Annotated[Path | None, typer.Option("--settings", help="a TOML file of settings")]


def group(name: str, help: str) -> typer.Typer:
    """A group of commands: help where none is named, and no traceback where one fails."""
    return typer.Typer(name=name, help=help, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


def chosen_settings(file: Path | None, max_rejects: float | None, engine: str | None = None) -> Settings:
    """The settings of a command that reads logs; a flag that was given goes before the file."""
    from iolaus.settings import load

    flags: dict[str, dict[str, object]] = {}
    if max_rejects is not None:
        flags["ingest"] = {"max_rejects": max_rejects}
    if engine is not None:
        flags["engine"] = {"url": engine}
    return load(file, flags)
