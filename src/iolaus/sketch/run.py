"""The sketch stage: text is read once, here; shingles, topics and marks go on, text stays behind.

Files of the stage, under the working folder:

- ``accounts.parquet``: account_id by rank; the rank is the account's number from here on
- ``marks/part-N.parquet``: see :mod:`iolaus.sketch.marks`, with conversation and text columns
- ``topics/part-N.npy``: int8[rows, TOPIC_DIMENSIONS], one row an exchange, by ``seq``
- ``given/part-N.parquet``: seq, script, scores of requests that came as keyed sketches; only where some did
- ``uses.parquet``: shingle, account, conversation of every shingle that at least k accounts use; ``users.parquet``: how
  often which account uses it
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from iolaus.engine import Engine
from iolaus.ingest.derive import derived_by, rows_of
from iolaus.ingest.hashing import Hasher
from iolaus.ingest.parts import SKETCHED, sketches_of
from iolaus.key import Key
from iolaus.parallel import abreast
from iolaus.progress import Progress
from iolaus.sketch.bins import write_binned
from iolaus.sketch.given import FOLDER as GIVEN
from iolaus.sketch.given import Given
from iolaus.sketch.groups import Held
from iolaus.sketch.making import load_weights
from iolaus.sketch.marks import READ, hashes, mark, write_marks
from iolaus.sketch.private import keep_private
from iolaus.sketch.settings import SketchSettings
from iolaus.sketch.shingle import Sketch, sketch, topic_weights, word_frequencies
from iolaus.sketch.uses import keep_shared
from iolaus.workspace import Workspace, renamed_into

WEIGHT_ROWS = 20_000
"""Texts from which the weight of words is learnt: enough for the few thousand words that matter."""


def run(work: Workspace, settings: SketchSettings, key: Key, engine: Engine, progress: Progress) -> None:
    """Sketch every part of the ingested exchanges. Resumes at the first part that is not finished."""
    if work.finished("sketch") is not None:
        return
    parts = sorted((work.folder("ingest") / "exchanges").glob("part-*.parquet"))
    place = work.folder("sketch")
    accounts = number_accounts(work, engine)
    weights = chosen_weights(work.folder("ingest"), parts, key, settings)
    for name in ("marks", "topics", "shingles"):
        (place / name).mkdir(exist_ok=True)
    sizes = [rows_of(path) for path in parts]
    rows = derived_by(work.folder("ingest") / "derived.parquet", sizes)

    def finish(item: tuple[int, Path, pa.Table]) -> int:
        number, path, derived = item
        if work.finished(f"sketch-{number}") is None:
            part = _read(path)
            given = Given.of(sketches_of(work.folder("ingest"), path.name), part["seq"].to_numpy())
            _sketch_part(part, given, derived, accounts, place, number, key, settings, weights)
            work.finish(f"sketch-{number}")
        return len(derived)

    with progress.stage("sketch") as tick:
        for size in abreast(finish, zip(range(len(parts)), parts, rows, strict=True)):
            tick(size)
    with progress.stage("shared shingles", "parts") as tick:
        keep_shared(place, len(parts), settings)
        keep_private(place, len(parts), settings)
        tick(len(parts))
    work.drop("sketch/shingles")
    work.finish("sketch", {"exchanges": sum(sizes), "accounts": len(accounts)})


def _read(path: Path) -> pa.Table:
    return pq.read_table(path, columns=[*READ, "system_prompt", "prompt"])


def number_accounts(work: Workspace, engine: Engine) -> pa.Array:
    """Every account of the logs or the account table, sorted; a number is a rank in this list."""
    path = work.folder("sketch") / "accounts.parquet"
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


def _sketch_part(
    part: pa.Table,
    given: Given | None,
    derived: pa.Table,
    accounts: pa.Array,
    place: Path,
    number: int,
    key: Key,
    settings: SketchSettings,
    weights: npt.NDArray[np.float32] | None,
) -> None:
    sketched = sketch(part["prompt"], key, settings, weights)
    if given is not None:
        sketched = given.over(sketched)
        (place / GIVEN).mkdir(exist_ok=True)
        with renamed_into(place / GIVEN / f"part-{number:05}.parquet") as partial:
            pq.write_table(given.scored(Hasher(key)), partial, compression="lz4", use_dictionary=False)
    marks = mark(part, accounts, key)
    for name in DERIVED:
        marks = marks.append_column(name, derived[name])
    for name, column in text_marks(part, sketched, key, given).items():
        marks = marks.append_column(name, column)
    with renamed_into(place / "topics" / f"part-{number:05}.npy") as partial, partial.open("wb") as file:
        np.save(file, sketched.topics)
    said = (marks[name].to_numpy() for name in ("account", "conversation"))
    held = Held(sketched.offsets, sketched.shingles, *said)
    write_binned(held, marks["counted"].to_numpy(), place / "shingles", number)
    write_marks(marks, place / "marks" / f"part-{number:05}.parquet")


DERIVED = ("conversation", "turn", "counted")
"""Columns of the marks that ingest derived."""


def text_marks(part: pa.Table, sketched: Sketch, key: Key, given: Given | None = None) -> dict[str, pa.Array]:
    """The marks that come from the texts of a part or from sketches in their place: system, text, words, readable."""
    there = pc.and_(pc.not_equal(part["text_state"], "not_retained"), pc.is_valid(part["prompt"]))
    system = hashes(part["system_prompt"].combine_chunks(), key)
    if given is not None:
        there, system = pc.or_(there, given.among(len(part))), given.spread("system_hash", system)
    return {
        "system": pa.array(system),
        "text": pa.array(sketched.texts),
        "words": pa.array(sketched.words),
        "readable": pc.and_(there, pa.array(sketched.words > 0)),
    }
