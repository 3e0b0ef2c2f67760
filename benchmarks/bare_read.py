"""The bare read: the engine sums the bytes of prompt and system_prompt of Parquet files, warm, median of five.

    python -m benchmarks.bare_read FOLDER

No scan can be faster than reading what it scans, so a scan's seconds are stated as a multiple of this.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from iolaus.engine import EngineSettings, sql_text
from iolaus.engine.embedded import Embedded

RUNS = 5


def seconds(folder: Path) -> float:
    """Median of five reads after one that warms up, in seconds."""
    query = (
        "SELECT sum(coalesce(strlen(prompt), 0) + coalesce(strlen(system_prompt), 0))"
        f" FROM read_parquet('{sql_text(folder / '*.parquet')}')"
    )
    with tempfile.TemporaryDirectory() as scratch:
        engine = Embedded(EngineSettings(), Path(scratch))
        engine.value(query)
        taken = []
        for _ in range(RUNS):
            began = time.perf_counter()
            engine.value(query)
            taken.append(time.perf_counter() - began)
        engine.close()
    return statistics.median(taken)


def main() -> None:
    """Print the seconds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    print(seconds(parser.parse_args().folder))


if __name__ == "__main__":
    main()
