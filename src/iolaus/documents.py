"""Pages of ``docs/`` that are generated, so that they cannot disagree with the code.

``python -m iolaus.documents`` writes them into a checkout; ``--check`` says which are stale and exits 1.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import typer.main
from pydantic import BaseModel

from iolaus import cli, tables
from iolaus.errors import InputError
from iolaus.findings import Campaigns, Cohorts, RunRecord
from iolaus.settings import Settings
from iolaus.state.tables import STATE

DOCS = Path(__file__).parents[2] / "docs"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
WRITTEN = "<!-- Written by `make docs`; change the code, not this page. -->"


def pages() -> dict[str, str]:
    """File name under docs/ and content of each generated page."""
    return {
        "tables.md": tables_page(),
        "settings.md": settings_page(),
        "campaigns.schema.json": schema(Campaigns, "campaigns.json", accusations_only=True),
        "cohorts.schema.json": schema(Cohorts, "cohorts.json"),
        "run.schema.json": schema(RunRecord, "run.json"),
        "cli.md": commands_page(),
    }


def tables_page() -> str:
    """Every table of the contract with its columns."""
    parts = [
        "# Tables",
        WRITTEN,
        "Times are UTC microseconds from 2000-01-01 to 2100-01-01. A column that is not required may hold "
        "nulls or be missing altogether.",
    ]
    groups = (
        ("What a scan reads", tables.INPUTS),
        ("What a scan writes", tables.RESULTS),
        ("What a state keeps", STATE),
        ("What is true in a simulated world", tables.TRUTHS),
    )
    for heading, group in groups:
        parts.append(f"## {heading}")
        for table in group:
            parts += [f"### {table.name}", table.meaning, _table_of_columns(table)]
    return "\n\n".join(parts) + "\n"


def _table_of_columns(table: tables.Table) -> str:
    lines = ["| column | type | required | unit | meaning |", "|---|---|---|---|---|"]
    for column in table.columns:
        meaning = _cell(column.meaning)
        if column.values:
            meaning += " (" + ", ".join(f"`{value}`" for value in column.values) + ")"
        required = "yes" if column.required else ""
        lines.append(f"| `{column.name}` | {column.type} | {required} | {_cell(column.unit)} | {meaning} |")
    return "\n".join(lines)


def settings_page() -> str:
    """Every setting with its type, default, bounds and meaning."""
    parts = [
        "# Settings",
        WRITTEN,
        "In rising order: the defaults below, a TOML file (`--settings F.toml`, one section a stage), the "
        "environment (`IOLAUS_STAGE__NAME`, for instance `IOLAUS_SKETCH__K=12`), flags. `iolaus settings` "
        "prints what holds.",
    ]
    for name, section in Settings.model_fields.items():
        parts += [f"## {name}", _sentence(section.description or ""), _table_of_settings(section.default)]
    return "\n\n".join(parts) + "\n"


def _table_of_settings(model: BaseModel) -> str:
    lines = ["| setting | default | allowed | meaning |", "|---|---|---|---|"]
    properties: dict[str, dict[str, Any]] = type(model).model_json_schema()["properties"]
    for name in type(model).model_fields:
        default = msgspec.json.encode(model.model_dump(mode="json")[name]).decode()
        allowed = _cell(_allowed(properties[name]))
        meaning = _cell(type(model).model_fields[name].description or "")
        lines.append(f"| `{name}` | `{_cell(default)}` | {allowed} | {meaning} |")
    return "\n".join(lines)


def _allowed(field: dict[str, Any]) -> str:
    """Type and bounds of one setting, in words."""
    if "anyOf" in field:
        return " or ".join(_allowed(kind) for kind in field["anyOf"])
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    kind = str(field.get("type", "object"))
    if kind == "array":
        return f"list of {_allowed(field.get('items', {}))}"
    signs = (
        ("minimum", "at least"),
        ("exclusiveMinimum", "above"),
        ("maximum", "at most"),
        ("exclusiveMaximum", "below"),
    )
    bounds = [f"{words} {field[key]:g}" for key, words in signs if key in field]
    return ", ".join([kind, *bounds])


def schema(kind: type[msgspec.Struct], file: str, accusations_only: bool = False) -> str:
    """The JSON Schema (draft 2020-12) of one result file."""
    made = {"$schema": DIALECT, "title": file, **msgspec.json.schema(kind, schema_hook=_any)}
    for definition in made["$defs"].values():
        if "description" in definition:
            definition["description"] = " ".join(str(definition["description"]).split())
    if accusations_only:
        made["$defs"]["Campaign"]["properties"]["verdict"] = {"const": "campaign"}
    return msgspec.json.format(msgspec.json.encode(made), indent=2).decode() + "\n"


def _any(kind: type) -> dict[str, Any]:
    """The schema of ``object``, which msgspec leaves open: a value of a setting may be any JSON."""
    if kind is not object:
        raise NotImplementedError(f"no JSON Schema for {kind}")
    return {"description": "any JSON value"}


def commands_page() -> str:
    """Every command with its arguments and options, and what the exit statuses mean."""
    parts = ["# Commands", WRITTEN]
    for path, command in _commands(typer.main.get_command(cli.app), "iolaus"):
        parts += [f"## {path}", _sentence(" ".join((command.help or "").split()))]
        if rows := [_parameter(parameter) for parameter in command.params]:
            parts.append("\n".join(["| argument or option | default | meaning |", "|---|---|---|", *rows]))
    parts += ["## Exit statuses", "\n".join(f"- {status.value}" for status in cli.Exit)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _commands(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Path and command of a tree of commands; their classes moved between releases of typer, so no type."""
    yield path, command
    for name, each in sorted(getattr(command, "commands", {}).items()):
        if not each.hidden:
            yield from _commands(each, f"{path} {name}")


def _parameter(parameter: Any) -> str:
    named = parameter.param_type_name == "argument"
    names = [(parameter.metavar or parameter.name).upper()] if named else parameter.opts
    default = "required" if parameter.required else parameter.default
    shown = "" if default is None or default is False or callable(default) else f"`{default}`"
    meaning = _cell(getattr(parameter, "help", None) or "")
    return f"| {', '.join(f'`{name}`' for name in names)} | {_cell(shown)} | {meaning} |"


def stale(folder: Path) -> list[str]:
    """Names of generated pages that are missing or differ from what the code says."""
    return [
        name
        for name, text in pages().items()
        if not (folder / name).is_file() or (folder / name).read_text("utf-8") != text
    ]


def write(folder: Path) -> None:
    """Write every generated page. Raises InputError outside a checkout."""
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder. Run this in a checkout of the repository.")
    for name, text in pages().items():
        (folder / name).write_text(text, "utf-8")


def main(arguments: list[str] | None = None) -> int:
    """Write the pages, or with ``--check`` name the stale ones; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m iolaus.documents", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a page is stale")
    if not parser.parse_args(arguments).check:
        write(DOCS)
        return 0
    old = stale(DOCS)
    for name in old:
        sys.stderr.write(f"docs/{name}: differs from what the code says. Run 'make docs'.\n")
    return 1 if old else 0


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}." if text else ""


if __name__ == "__main__":
    sys.exit(main())
