"""``iolaus sketch``: line by line in a request path, whole logs into a file, or weights of words from a sample."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import numpy as np

from iolaus.errors import InputError, TooManyRejectsError
from iolaus.ingest.chunk import Coerced
from iolaus.ingest.inputs import Inputs
from iolaus.key import load as load_key
from iolaus.settings import Settings
from iolaus.sketch.making import save_weights
from iolaus.sketch.shingle import topic_weights, word_frequencies
from iolaus.sketch.topic import BUCKETS
from iolaus.textless.lines import lines
from iolaus.textless.reading import Reader
from iolaus.textless.rows import Sketcher
from iolaus.textless.writing import Writer
from iolaus.workspace import renamed_into

LINES = ".jsonl"
"""Suffix of a file that takes lines; any other is Parquet."""

MOST_TEXTS = 200_000
"""Texts after which weights of words are learnt: ten times as many as a scan takes."""


@dataclass
class Sketched:
    """What was sketched: rows that were written, and refused ones by reason."""

    rows: int = 0
    refused: Counter[str] = field(default_factory=Counter)

    def add(self, coerced: Coerced) -> None:
        """Count one batch."""
        self.rows += len(coerced.table)
        self.refused.update(row.reason for row in coerced.refused)


def stream(inputs: Inputs, settings: Settings, out: BinaryIO) -> Sketched:
    """Write one line for each line that comes in, and flush whenever there is nothing more to read at once.

    Reads standard input where there are no logs. Raises InputError where these cannot be read, or nobody reads ``out``.
    """
    key = load_key(settings.sketch.key_file)
    sketcher, reader, told = Sketcher(key, settings), Reader(inputs, settings, key), Sketched()
    try:
        for coerced in _batches(reader, inputs):
            out.writelines(lines(sketcher.rows(coerced), coerced))
            out.flush()
            told.add(coerced)
    except BrokenPipeError:
        raise InputError("standard output: closed before the end. Run again with a reader that stays.") from None
    return told


def batch(inputs: Inputs, settings: Settings, out: Path) -> Sketched:
    """Sketch whole logs into one Parquet file, or into JSON lines where its name ends so.

    Raises InputError where they cannot be read, TooManyRejectsError where one file has too many refused rows; then
    nothing is written.
    """
    key = load_key(settings.sketch.key_file)
    sketcher, reader, told = Sketcher(key, settings), Reader(inputs, settings, key), Sketched()
    out.parent.mkdir(parents=True, exist_ok=True)
    with renamed_into(out) as partial, Writer(partial, out.suffix == LINES) as writer:
        for source, batches in reader.files():
            own = Sketched()
            for coerced in batches:
                writer.write(sketcher.rows(coerced), coerced)
                own.add(coerced)
            _refuse_too_many(own, source.name, settings.ingest.max_rejects)
            told.rows, told.refused = told.rows + own.rows, told.refused + own.refused
    return told


def learn(inputs: Inputs, settings: Settings, out: Path) -> int:
    """Learn how rare words are and write their weights; returns how many texts taught. Nothing of a text is kept.

    Reads standard input where there are no logs. Raises InputError where these cannot be read, or hold no text.
    """
    key = load_key(settings.sketch.key_file)
    reader, total, texts = Reader(inputs, settings, key), np.zeros(BUCKETS, np.int64), 0
    for coerced in _batches(reader, inputs):
        prompts = coerced.table["prompt"]
        total += word_frequencies(prompts, key)
        texts += len(prompts) - prompts.null_count
        if texts >= MOST_TEXTS:
            break
    if not texts:
        raise InputError("LOGS: hold no text, so nothing tells how rare words are. Give logs with texts.")
    out.parent.mkdir(parents=True, exist_ok=True)
    save_weights(topic_weights(total, texts), out)
    return texts


def _batches(reader: Reader, inputs: Inputs) -> Iterator[Coerced]:
    if not inputs.logs:
        yield from reader.stream(sys.stdin.fileno())
        return
    for _, batches in reader.files():
        yield from batches


def _refuse_too_many(own: Sketched, name: str, share: float) -> None:
    refused = own.refused.total()
    if refused > share * (own.rows + refused):
        reason, _ = own.refused.most_common(1)[0]
        raise TooManyRejectsError(
            f"{name}: {refused} of {own.rows + refused} rows were refused (most: {reason}). --max-rejects allows more."
        )
