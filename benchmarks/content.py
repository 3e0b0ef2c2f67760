"""Raw text to intents and capability, beside the sketch of the same texts and both one after the other.

python -m benchmarks.content [--rows N] [--json PATH]
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from benchmarks.sketch import KEY, Row, compose, median_seconds
from iolaus.sketch.content import shipped_model
from iolaus.sketch.settings import SketchSettings
from iolaus.sketch.shingle import sketch

SHAPES = (("latin", "ASCII", 500, 1), ("latin", "ASCII", 8000, 16), ("chinese", "Chinese", 500, 4))
"""Kind of text, its name, bytes each, and by how much the number of rows is divided."""


def measure(rows: int) -> list[Row]:
    """Content alone, the sketch alone, and the two; ratios are to content alone."""
    model, how, table = shipped_model(), SketchSettings(), []
    for kind, name, size, divisor in SHAPES:
        texts = compose(kind, max(1, rows // divisor), size)
        alone = median_seconds(lambda texts=texts: model.read(texts))  # type: ignore[misc]
        other = median_seconds(lambda texts=texts: sketch(texts, KEY, how))  # type: ignore[misc]
        for what, seconds in (("content", alone), ("sketch", other), ("sketch, then content", alone + other)):
            table.append(
                Row(
                    f"{what}, {name} {size} bytes",
                    len(texts),
                    round(texts.nbytes / len(texts)),
                    seconds,
                    seconds / alone,
                )
            )
    return table


def main() -> None:
    """Prints the table and, if asked, writes it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    table = measure(asked.rows)
    print(f"{'median of 5':<44}{'texts':>9}{'bytes':>8}{'texts/s':>12}{'MB/s':>9}{'x content':>9}")
    for row in table:
        print(row.line)
    if asked.json:
        asked.json.write_text(json.dumps([asdict(row) for row in table], indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
