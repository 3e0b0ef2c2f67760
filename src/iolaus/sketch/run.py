"""The sketch stage: text is read once, here; shingles, topics and marks go on, text stays behind.

Files of the stage, under the working folder:

- ``accounts.parquet``: account_id by rank; the rank is the account's number from here on
- ``marks/part-N.parquet``: see :mod:`iolaus.sketch.marks`, with conversation and text columns
- ``topics/part-N.npy``: int8[rows, TOPIC_WIDTH], one row an exchange, by ``seq``
- ``given/part-N.parquet``: seq, script, scores of requests that came as keyed sketches; only where some did
- ``uses.parquet``: shingle, account, conversation of every shingle that at least k accounts use; ``users.parquet``: how
  often which account uses it
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from iolaus.engine import Engine
from iolaus.errors import InputError
from iolaus.ingest.derive import rows_of
from iolaus.ingest.parts import SKETCHED
from iolaus.key import Key
from iolaus.key import place as key_path
from iolaus.progress import Progress
from iolaus.sketch.making import load_weights
from iolaus.sketch.part import ACCOUNTS, UNFINISHED, Part, Sketcher, step
from iolaus.sketch.private import keep_private
from iolaus.sketch.settings import SketchSettings
from iolaus.sketch.shingle import topic_weights, word_frequencies
from iolaus.sketch.uses import keep_shared, read_parts
from iolaus.workspace import Workspace, renamed_into

PATIENCE_S, GLANCE_S = 90.0, 0.2
"""Seconds that a network file system may take to show what another machine wrote, and between two looks."""

WEIGHT_ROWS = 20_000
"""Texts from which the weight of words is learnt: enough for the few thousand words that matter."""


def run(work: Workspace, settings: SketchSettings, key: Key, engine: Engine, progress: Progress) -> None:
    """Sketch every part of the ingested exchanges. Resumes at the first part that is not finished."""
    if work.finished("sketch") is not None:
        return
    paths = sorted((work.folder("ingest") / "exchanges").glob("part-*.parquet"))
    place = work.folder("sketch")
    accounts = number_accounts(work, engine)
    weights = chosen_weights(work.folder("ingest"), paths, key, settings)
    sketcher = Sketcher(work.root.resolve(), settings, key, key_path(settings.key_file).absolute(), accounts, weights)
    parts = parts_of(paths)
    with progress.stage("sketch") as tick:
        for size in sketched(work, sketcher, parts, engine):
            tick(size)
    with progress.stage("shared shingles", "parts") as tick:
        held = read_parts(place, len(parts))
        keep_shared(place, held, settings)
        keep_private(place, held, settings)
        tick(len(parts))
    work.drop("sketch/shingles")
    work.finish("sketch", {"exchanges": sum(part.rows for part in parts), "accounts": len(accounts)})


def parts_of(paths: Sequence[Path]) -> list[Part]:
    """The ingested parts in their order, with where each begins."""
    sizes = [rows_of(path) for path in paths]
    firsts = np.cumsum([0, *sizes]).tolist()
    return [Part(number, first, size) for number, (first, size) in enumerate(zip(firsts, sizes, strict=False))]


def sketched(work: Workspace, sketcher: Sketcher, parts: Sequence[Part], engine: Engine) -> Iterator[int]:
    """Rows of each part, as soon as it is finished."""
    place = work.folder("sketch")
    # What is left here is of tries that were killed; one that goes on in a worker fails without its folder.
    work.drop(f"sketch/{UNFINISHED}")
    (place / UNFINISHED).mkdir(exist_ok=True)
    left = []
    for part in parts:
        if work.finished(step(part)) is None:
            left.append(part)
        else:
            yield part.rows
    yield from engine.each(sketcher, left)
    _see(work, left)
    work.drop(f"sketch/{UNFINISHED}")


def _see(work: Workspace, parts: Sequence[Part]) -> None:
    """Wait until these parts, which are done, are seen to be. Raises InputError where they are not in time."""
    until = time.monotonic() + PATIENCE_S
    while any(work.finished(step(part)) is None for part in parts):
        if time.monotonic() > until:
            raise InputError(
                f"{work.folder('sketch')}: what workers wrote is not seen here. Put --out on a path that both see at"
                " once (mount it with a short actimeo), then run again."
            )
        time.sleep(GLANCE_S)


def number_accounts(work: Workspace, engine: Engine) -> pa.Array:
    """Every account of the logs or the account table, sorted; a number is a rank in this list."""
    path = work.folder("sketch") / ACCOUNTS
    if not path.exists():
        ingest = work.folder("ingest")
        engine.view("ingested", ingest / "exchanges" / "part-*.parquet")
        engine.view("known", ingest / "accounts.parquet")
        with renamed_into(path) as partial:
            engine.write(
                "SELECT account_id FROM (SELECT account_id FROM ingested UNION SELECT account_id FROM known) AS either",
                partial,
                order="account_id",
            )
    return pq.read_table(path)["account_id"].combine_chunks()


def chosen_weights(
    ingest: Path, parts: list[Path], key: Key, settings: SketchSettings
) -> npt.NDArray[np.float32] | None:
    """The weights of words that are set; else those that the logs teach, and none where keyed sketches are among them.

    ingest: its folder; parts: its exchanges. A sketch cannot be weighed anew, and its maker saw no other logs.
    """
    if settings.weights is not None or any((ingest / SKETCHED).glob("part-*.parquet")):
        return load_weights(settings.weights)
    return learnt_weights(parts, key)


def learnt_weights(parts: list[Path], key: Key) -> npt.NDArray[np.float32]:
    """Weights of words (smoothed inverse document frequency) from an even sample of the parts' first rows."""
    if not parts:
        return topic_weights(np.zeros(65_536, np.int64), 0)
    step = max(1, len(parts) // 16)
    chosen = parts[::step]
    rows = max(1, WEIGHT_ROWS // len(chosen))
    texts = [next(pq.ParquetFile(path).iter_batches(rows, columns=["prompt"]), None) for path in chosen]
    sample = pa.chunked_array([batch.column(0) for batch in texts if batch is not None], pa.large_string())
    return topic_weights(word_frequencies(sample, key), len(sample) - sample.null_count)
