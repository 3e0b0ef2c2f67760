"""What a state keeps of a request in place of its words: its script, and what the content model said of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from iolaus.engine import Engine
from iolaus.link.candidates import Candidate
from iolaus.link.readings import sampled
from iolaus.link.settings import LinkSettings
from iolaus.sketch.content import CAPABILITIES, INTENTS, Content

FOLDER = "scores"
"""Folder of the sketch that holds seq, script and scores of every request that may be asked for; only with a state."""

OUTPUTS = len(INTENTS) + len(CAPABILITIES)
"""Scores of a request."""


@dataclass(frozen=True)
class Scored:
    """n requests. scripts: string[n], as :func:`iolaus.content.matching.script` says; content: what each asks for."""

    scripts: tuple[str, ...]
    content: Content

    def __len__(self) -> int:
        return len(self.scripts)


Asked = Mapping[str, tuple[tuple[int, ...], Scored]]
"""Candidate id -> account numbers of its sampled requests, and their scores."""


def read(sketch: Path, engine: Engine, candidates: Sequence[Candidate], settings: LinkSettings) -> Asked | None:
    """The scores of the requests that would be read of each candidate; '' -> of strangers.

    sketch: the folder of the sketch. None where no state stands behind the scan.
    """
    place = sketch / FOLDER
    if not place.is_dir():
        return None
    engine.view("scores", place / "part-*.parquet")
    return {name: _scored(engine, rows) for name, rows in sampled(engine, candidates, settings).items()}


def _scored(engine: Engine, rows: pa.Table) -> tuple[tuple[int, ...], Scored]:
    """Authors and scores in the order of ``rows`` (seq, account); requests that have none are left out."""
    place = pa.array(np.arange(len(rows)))
    engine.register("sampled_rows", rows.append_column("place", place))
    found = engine.table(
        "SELECT place, account, script, scores FROM sampled_rows JOIN scores USING (seq) ORDER BY place"
    )
    values = np.asarray(found["scores"].combine_chunks().flatten(), np.float32).reshape(-1, OUTPUTS)
    split = len(INTENTS)
    return tuple(found["account"].to_pylist()), Scored(
        tuple(found["script"].to_pylist()), Content(values[:, :split], values[:, split:])
    )
