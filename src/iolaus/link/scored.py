"""What is known of a request in place of its words: its script, and what the content model said of it.

A state keeps that of every request; a keyed sketch brings that of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from iolaus.engine import Engine
from iolaus.link.candidates import Candidate
from iolaus.link.readings import every_seq, sampled
from iolaus.link.settings import LinkSettings
from iolaus.link.uses import Uses
from iolaus.sketch.content import INTENTS, Content
from iolaus.sketch.given import FOLDER as GIVEN
from iolaus.sketch.mask import OUTPUTS

FOLDER = "scores"
"""Folder of the sketch that holds seq, script and scores of every request that may be asked for; only with a state."""


@dataclass(frozen=True)
class Scored:
    """n requests. scripts: string[n], as :func:`iolaus.content.matching.script` says; content: what each asks for."""

    scripts: tuple[str, ...]
    content: Content

    def __len__(self) -> int:
        return len(self.scripts)

    @classmethod
    def joined(cls, one: Scored, other: Scored) -> Scored:
        """The requests of both, one after the other."""
        content = Content(
            np.concatenate([one.content.intents, other.content.intents]),
            np.concatenate([one.content.capability, other.content.capability]),
        )
        return cls((*one.scripts, *other.scripts), content)


Asked = Mapping[str, tuple[tuple[int, ...], Scored]]
"""Candidate id -> account numbers of its sampled requests, and their scores."""


def read(
    sketch: Path, engine: Engine, uses: Uses, candidates: Sequence[Candidate], settings: LinkSettings
) -> Asked | None:
    """The scores of the requests that would be read of each candidate; '' -> of strangers.

    sketch: the folder of the sketch. None where no state stands behind the scan. Requests that have no scores are left
    out.
    """
    return _read(sketch / FOLDER, engine, uses, candidates, settings)


def read_given(
    sketch: Path, engine: Engine, uses: Uses, candidates: Sequence[Candidate], settings: LinkSettings
) -> Asked | None:
    """The same of those requests alone that came as keyed sketches; None where none did."""
    return _read(sketch / GIVEN, engine, uses, candidates, settings)


def _read(
    place: Path, engine: Engine, uses: Uses, candidates: Sequence[Candidate], settings: LinkSettings
) -> Asked | None:
    if not place.is_dir():
        return None
    engine.view("scores", place / "part-*.parquet")
    wanted = sampled(engine, uses, candidates, settings)
    engine.register("wanted", pa.table({"seq": every_seq(wanted)}))
    found = engine.table("SELECT seq, script, scores FROM scores SEMI JOIN wanted USING (seq) ORDER BY seq")
    known = found["seq"].to_numpy()
    values = np.asarray(found["scores"].combine_chunks().flatten(), np.float32).reshape(-1, OUTPUTS)
    scripts = np.array(found["script"].to_pylist(), object)
    split = len(INTENTS)
    asked = {}
    for name, rows in wanted.items():
        place_of = np.searchsorted(known, rows["seq"].to_numpy())
        there = np.append(known, -1)[place_of] == rows["seq"].to_numpy()
        place_of = place_of[there]
        content = Content(values[place_of, :split], values[place_of, split:])
        authors = tuple(rows["account"].to_numpy()[there].tolist())
        asked[name] = (authors, Scored(tuple(scripts[place_of]), content))
    return asked
