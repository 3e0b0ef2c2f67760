"""Arguments and options that several commands share: what is read, and how."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Logs = Annotated[list[str], typer.Argument(help="files, folders or globs of request logs", metavar="LOGS...")]
Accounts = Annotated[Path | None, typer.Option(help="the account table (CSV, JSONL or Parquet)")]
Events = Annotated[Path | None, typer.Option(help="what happened to accounts, and when")]
Releases = Annotated[Path | None, typer.Option(help="when models were released")]
Format = Annotated[str | None, typer.Option(help="format of the logs, where it is not recognised")]
Mapping = Annotated[Path | None, typer.Option(help="a TOML file that maps other logs to the normal form")]
Account = Annotated[str | None, typer.Option(help="account of every row, for logs that name none")]
MaxRejects = Annotated[float | None, typer.Option(help="largest share of refused rows in one file")]
SettingsFile = Annotated[Path | None, typer.Option("--settings", help="a TOML file of settings")]
