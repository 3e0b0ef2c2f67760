"""Seconds that the cohort test takes, by requests of the cohort, and what learning its reference takes.

python -m benchmarks.two_sample
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from benchmarks.sketch import compose
from iolaus.content.cohort_test import Honest, compare

SIZES = (50, 64, 500, 5000)
STRANGERS, WINDOWS, REPEATS = 2000, 99, 3


def main() -> None:
    """Prints the table."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    texts = [str(text) for text in compose("latin", STRANGERS + max(SIZES), 500).to_pylist()]
    begun = time.perf_counter()
    honest = Honest.of(texts[:STRANGERS])
    print(f"reference of {STRANGERS} requests: {time.perf_counter() - begun:.2f} s, once a scan")
    for size in SIZES:
        controls = [np.arange(len(honest.read))] * size
        seconds = []
        for _ in range(REPEATS):
            begun = time.perf_counter()
            compare(honest, texts[STRANGERS : STRANGERS + size], controls, WINDOWS)
            seconds.append(time.perf_counter() - begun)
        print(f"cohort of {size} requests, {WINDOWS} windows: {np.median(seconds):.3f} s")


if __name__ == "__main__":
    main()
