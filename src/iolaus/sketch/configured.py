"""Which conversations were held with which system prompt and tools, without a row for each exchange."""

from __future__ import annotations

from pathlib import Path

from iolaus.engine import Engine

FOLDER = "configurations"
"""Folder of the sketch, with a state alone: conversation, account, system, tools; 0 where there is none."""


def view(place: Path, engine: Engine) -> None:
    """Give what the sketch in the folder ``place`` says of it the name ``configured``; rows may stand there twice."""
    if (place / FOLDER).is_dir():
        engine.view("configured", place / FOLDER / "part-*.parquet")
        return
    engine.view("marks", place / "marks" / "part-*.parquet")
    engine.define("configured", "SELECT conversation, account, system, tools FROM marks WHERE counted")
