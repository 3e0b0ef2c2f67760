"""Tests the shipped model and writes docs/content.json and the tables of docs/content.md.

    python -m training.content.evaluate SOURCE_DIR

SOURCE_DIR holds ``prompts.parquet`` (source, text) with the public sets, those for tests only too. Some 6 minutes.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from training.content.blind import SETS, blind_table, survival
from training.content.crowds import honest_rows
from training.content.held_out import capability_rows, folds, grading_rows, prompts
from training.content.page import write

from iolaus.sketch.content import shipped_model

DOCS = Path(__file__).parents[2] / "docs"


def measured(folder: Path) -> dict[str, Any]:
    """Every figure of the model card."""
    everything, model = prompts(folder), shipped_model()
    made = folds(everything, model)
    arena = [p.text for p in everything if p.source == "arena"]
    return {
        "held_out": grading_rows(made) + capability_rows(made),
        "honest": honest_rows(made),
        **{name: blind_table(model, folder) for name, folder in SETS.items()},
        "survival": survival(model, SETS["blind"], arena),
    }


def rounded(value: Any) -> Any:
    """Figures to four places, through lists and dictionaries."""
    if isinstance(value, dict):
        return {name: rounded(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(inner) for inner in value]
    return round(value, 4) if isinstance(value, float) else value


def main() -> None:
    """Measure, and write figures and tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, metavar="SOURCE_DIR")
    figures = rounded(measured(parser.parse_args().folder))
    (DOCS / "content.json").write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    write(figures, DOCS / "content.md")


if __name__ == "__main__":
    main()
