"""Raw text to sketch, beside rensa and datasketch from the same raw text.

    python -m benchmarks.sketch [--rows N] [--json PATH]

The libraries get what their users give them (text split at spaces) and, apart, our hashes of all shingles ready
made. Ratios compare seconds of the same run. Both are optional: ``pip install iolaus[bench]``.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import itertools
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from iolaus.key import Key
from iolaus.sketch.settings import SketchSettings
from iolaus.sketch.shingle import sketch, topic_weights, word_frequencies

KEY = Key(bytes(range(32)))
RUNS = 5
PERMUTATIONS = 128
SYLLABLES = {
    "latin": [first + second for first in "bcdfghlmnprstvw" for second in ("a", "e", "i", "o", "u", "an", "er", "st")],
    "cyrillic": [first + second for first in "бвгдзклмнпрст" for second in ("а", "е", "и", "о", "ы", "ан", "ел", "ст")],
}
FREQUENT_HAN = [chr(0x4E00 + 7 * step) for step in range(2500)]


@dataclass(frozen=True)
class Row:
    """One line of the table; ``ratio`` is its seconds over those of our sketch of the same texts."""

    what: str
    texts: int
    bytes_each: int
    seconds: float
    ratio: float

    @property
    def line(self) -> str:
        """Texts and megabytes a second, for people."""
        rate, volume = self.texts / self.seconds, self.texts * self.bytes_each / self.seconds / 1e6
        return f"{self.what:<44}{self.texts:>9,}{self.bytes_each:>8,}{rate:>12,.0f}{volume:>9.1f}{self.ratio:>9.1f}"


def compose(kind: str, rows: int, size: int, seed: int = 7) -> pa.Array:
    """``rows`` texts of about ``size`` bytes: words (letters, in Chinese) drawn by Zipf's law."""
    rng = np.random.default_rng(seed)
    if kind == "chinese":
        vocabulary, joint, each = FREQUENT_HAN, "", 3.0
    else:
        parts = SYLLABLES[kind]
        vocabulary = ["".join(rng.choice(parts, rng.integers(1, 5))) for _ in range(20_000)]
        joint, each = " ", 0.0
    odds = 1.0 / np.arange(1, len(vocabulary) + 1)
    odds /= odds.sum()
    if joint:
        each = float(sum(p * (len(word.encode()) + 1) for p, word in zip(odds, vocabulary, strict=True)))
    draws = rng.choice(len(vocabulary), (rows, max(1, round(size / each))), p=odds)
    words = np.array(vocabulary, dtype=object)
    return pa.array([joint.join(words[row]) for row in draws], pa.large_string())


def median_seconds(job: Callable[[], object]) -> float:
    """Median of five, after one run that warms up."""
    job()
    seconds = []
    for _ in range(RUNS):
        start = time.perf_counter()
        job()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def ours(name: str, texts: pa.Array) -> list[Row]:
    """Our sketch, topics weighed, on all cores and on one."""
    how = SketchSettings()
    weights = topic_weights(word_frequencies(texts, KEY), len(texts))
    size = round(texts.nbytes / len(texts)) - 8
    all_cores = median_seconds(lambda: sketch(texts, KEY, how, weights))
    one_core = median_seconds(lambda: sketch(texts, KEY, how, weights, threads=1))
    return [
        Row(f"iolaus, {name}", len(texts), size, all_cores, 1.0),
        Row(f"iolaus, {name}, one thread", len(texts), size, one_core, one_core / all_cores),
    ]


def rensa_jobs(texts: list[str], hashes: list[list[int]]) -> dict[str, Callable[[], object]]:
    """rensa one by one, by its matrix, and by its matrix from ready hashes."""
    minhash = importlib.import_module("rensa").RMinHash
    flat = np.array([value for row in hashes for value in row], np.uint64)
    bounds = np.cumsum([0, *map(len, hashes)]).astype(np.uint64)

    def one_by_one() -> None:
        for text in texts:
            signature = minhash(num_perm=PERMUTATIONS, seed=1)
            signature.update(text.split())
            signature.digest()

    return {
        "rensa RMinHash, split at spaces": one_by_one,
        "rensa matrix, split at spaces": lambda: minhash.digest_matrix_from_token_sets(
            [text.split() for text in texts], PERMUTATIONS, 1
        ),
        "rensa matrix, our hashes (not from text)": lambda: minhash.digest_matrix_from_flat_token_hashes(
            flat, bounds, PERMUTATIONS, 1
        ),
    }


def datasketch_jobs(texts: list[str], hashes: list[list[int]]) -> dict[str, Callable[[], object]]:
    """datasketch's MinHash-128, from words and from ready hashes."""
    minhash = importlib.import_module("datasketch").MinHash

    def from_words() -> None:
        for text in texts:
            minhash(num_perm=PERMUTATIONS).update_batch([word.encode() for word in text.split()])

    def from_hashes() -> None:
        for row in hashes:
            minhash(num_perm=PERMUTATIONS, hashfunc=_low_half).update_batch(row)

    return {
        "datasketch MinHash, split at spaces": from_words,
        "datasketch MinHash, our hashes (not from text)": from_hashes,
    }


def _low_half(value: int) -> int:
    return value & 0xFFFFFFFF


def peers(texts: pa.Array, seconds_each: float) -> list[Row]:
    """Each library that is installed, on the first texts; datasketch on a twentieth of them."""
    rows: list[Row] = []
    everything = sketch(texts, KEY, SketchSettings(rate=1.0))
    size = round(texts.nbytes / len(texts)) - 8
    for library, jobs, part in (("rensa", rensa_jobs, 1), ("datasketch", datasketch_jobs, 20)):
        if importlib.util.find_spec(library) is None:
            continue
        count = max(1, len(texts) // part)
        plain: list[str] = texts[:count].to_pylist()
        unsigned = everything.shingles.view(np.uint64)
        bounds = everything.offsets[: count + 1]
        hashes = [unsigned[a:b].tolist() for a, b in itertools.pairwise(bounds)]
        for name, job in jobs(plain, hashes).items():
            seconds = median_seconds(job)
            rows.append(Row(name, count, size, seconds, seconds / count / seconds_each))
    return rows


def measure(rows: int) -> list[Row]:
    """Every line of the table."""
    short = compose("latin", rows, 500)
    table = ours("ASCII 500 bytes", short)
    table += peers(short[: max(1, rows // 4)], table[0].seconds / rows)
    long_rows = max(1, rows // 16)
    table += ours("ASCII 8 kB", compose("latin", long_rows, 8000))
    table += ours("Russian 500 bytes", compose("cyrillic", max(1, rows // 4), 500))
    table += ours("Chinese 500 bytes", compose("chinese", max(1, rows // 4), 500))
    return table


def main() -> None:
    """Prints the table and, if asked, writes it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    table = measure(asked.rows)
    print(f"{'median of 5':<44}{'texts':>9}{'bytes':>8}{'texts/s':>12}{'MB/s':>9}{'x ours':>9}")
    for row in table:
        print(row.line)
    if asked.json:
        asked.json.write_text(json.dumps([asdict(row) for row in table], indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
