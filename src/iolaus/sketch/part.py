"""One part of the exchanges: its texts read, and the files made that go on.

A part is sketched by whichever process has it: this one, or a worker of a server that sees the same files. Each try
writes into a folder of its own and then renames every file into place, the marker last. So a part that is killed is
done again, and one that is done twice at once, as servers do, ends as the same bytes.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from iolaus import key as keys
from iolaus.errors import InputError
from iolaus.ingest.derive import derived_at
from iolaus.ingest.hashing import Hasher
from iolaus.ingest.parts import sketches_of
from iolaus.key import Key
from iolaus.sketch.bins import write_binned
from iolaus.sketch.given import FOLDER as GIVEN
from iolaus.sketch.given import Given
from iolaus.sketch.groups import Held
from iolaus.sketch.making import load_weights, save_weights
from iolaus.sketch.marks import READ, hashes, mark, write_marks
from iolaus.sketch.settings import SketchSettings
from iolaus.sketch.shingle import Sketch, sketch
from iolaus.workspace import NO_NOTE, marker

INGEST, SKETCH = "ingest", "sketch"
"""Stages whose folders in the working folder hold the parts, and what is made of them."""

ACCOUNTS, WEIGHTS = "accounts.parquet", "weights.npy"
"""Files of the sketch stage that every part needs; the second is written for workers alone."""

UNFINISHED = "unfinished"
"""Folder of the sketch stage in which each try of a part has one of its own."""

DERIVED = ("conversation", "turn", "counted")
"""Columns of the marks that ingest derived."""


@dataclass(frozen=True)
class Part:
    """``exchanges/part-NUMBER.parquet`` of the ingest. first: its first row among all exchanges; rows: how many."""

    number: int
    first: int
    rows: int

    @property
    def name(self) -> str:
        """The name of its Parquet files."""
        return f"{self}.parquet"

    def __str__(self) -> str:
        return f"part-{self.number:05}"


@dataclass(frozen=True)
class Sketcher:
    """Sketches parts of the working folder ``root``.

    accounts: the sorted ids. weights: float32[65536] of words; None: all weigh alike. key_file: where the key lies.
    threads: that read one part; 0: one a core.
    """

    root: Path
    settings: SketchSettings
    key: Key
    key_file: Path
    accounts: pa.Array
    weights: npt.NDArray[np.float32] | None
    threads: int = 0

    def __call__(self, part: Part) -> int:
        """Write the files of a part and its marker, and return its rows."""
        place = self.root / SKETCH
        with tempfile.TemporaryDirectory(prefix=f"{part.number}-", dir=place / UNFINISHED) as folder:
            made = Path(folder)
            self._write(part, made)
            for file in sorted(made.glob("*/*.*")):
                name = place / file.relative_to(made)
                name.parent.mkdir(exist_ok=True)
                file.replace(name)
            (made / "done").write_bytes(NO_NOTE)
            (made / "done").replace(marker(self.root, step(part)))
        return part.rows

    def sent(self) -> SentSketcher:
        """What a worker is given: paths, and the key's id."""
        if self.weights is not None:
            save_weights(self.weights, self.root / SKETCH / WEIGHTS)
        return SentSketcher(self.root, self.settings, self.key_file, self.key.id, self.weights is not None)

    def _write(self, part: Part, place: Path) -> None:
        """The files of a part, under folders that are made in ``place``."""
        ingest = self.root / INGEST
        exchanges = pq.read_table(ingest / "exchanges" / part.name, columns=[*READ, "system_prompt", "prompt"])
        derived = derived_at(ingest / "derived.parquet", part.first, part.rows, DERIVED)
        given = Given.of(sketches_of(ingest, part.name), exchanges["seq"].to_numpy())
        sketched = sketch(exchanges["prompt"], self.key, self.settings, self.weights, self.threads)
        if given is not None:
            sketched = given.over(sketched)
            scored = given.scored(Hasher(self.key))
            pq.write_table(scored, _file(place, GIVEN, part.name), compression="lz4", use_dictionary=False)
        marks = mark(exchanges, self.accounts, self.key)
        columns = {name: derived[name] for name in DERIVED} | text_marks(exchanges, sketched, self.key, given)
        for name, column in columns.items():
            marks = marks.append_column(name, column)
        np.save(_file(place, "topics", f"{part}.npy"), sketched.topics)
        said = (marks[name].to_numpy() for name in ("account", "conversation"))
        held = Held(sketched.offsets, sketched.shingles, *said)
        (place / "shingles").mkdir()
        write_binned(held, marks["counted"].to_numpy(), place / "shingles", part.number)
        write_marks(marks, _file(place, "marks", part.name))


@dataclass(frozen=True)
class SentSketcher:
    """A :class:`Sketcher` as it travels: the key stays in its file, which the worker must be able to read."""

    root: Path
    settings: SketchSettings
    key_file: Path
    key_id: str
    weighed: bool

    def opened(self) -> Sketcher:
        """The sketcher on a worker, which reads a part in as many threads as its server grants (:func:`granted`).

        Raises InputError where the key or the working folder is not there.
        """
        key = keys.read(self.key_file)
        if key.id != self.key_id:
            raise InputError(f"{self.key_file}: another key lies there. Put the scan's key in its place.")
        place = self.root / SKETCH
        if not os.access(place / UNFINISHED, os.W_OK | os.X_OK):
            raise InputError(f"{place}: cannot be written. Give it to the user that workers run as.")
        weights = load_weights(place / WEIGHTS) if self.weighed else None
        accounts = numbered_accounts(place / ACCOUNTS)
        return Sketcher(self.root, self.settings, key, self.key_file, accounts, weights, granted())


def granted() -> int:
    """Threads that this process may use, as Spark tells its workers (``spark.task.cpus``); 0: one a core."""
    told = os.environ.get("OMP_NUM_THREADS", "")
    return int(told) if told.isdecimal() else 0


def step(part: Part) -> str:
    """The name under which a part is marked as finished."""
    return f"sketch-{part.number}"


@lru_cache(maxsize=1)
def numbered_accounts(path: Path) -> pa.Array:
    """The account ids in the order of their numbers; a worker that is used again need not read them anew."""
    return pq.read_table(path)["account_id"].combine_chunks()


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


def _file(place: Path, folder: str, name: str) -> Path:
    """A file of a try; its folder is made."""
    (place / folder).mkdir()
    return place / folder / name
