"""Do a cohort's requests differ from honest ones of the same script, length, programme and pathway?

One request an account, since what one account asks is no independent draw. The null draws matched controls in the
cohort's place, one for each of its requests; the reference was learnt from other honest accounts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from iolaus.content.reference import CELLS, Read, Reference, learn
from iolaus.content.two_sample import Null, parts

SEED = 20260605


@dataclass(frozen=True)
class Difference:
    """``p``: share of matched honest windows that differ as much; ``surplus``: share of requests that fall where
    matched ones do not, less what chance gives; ``texts``: requests compared; ``windows``: honest windows."""

    p: float
    surplus: float
    texts: int
    windows: int


@dataclass(frozen=True)
class Honest:
    """A reference, and honest texts that it has not seen: ``rows`` are their places among the texts given."""

    reference: Reference
    read: Read
    rows: npt.NDArray[np.int64]

    @classmethod
    def of(cls, texts: Sequence[str]) -> Honest:
        """Learns from every second text. Raises ValueError where they are too few (see :func:`learn`)."""
        reference = learn(texts[::2])
        return cls(reference, reference.read(texts[1::2]), np.arange(1, len(texts), 2))


def compare(
    honest: Honest, texts: Sequence[str], controls: Sequence[npt.NDArray[np.int64]], windows: int
) -> Difference:
    """Test ``texts`` against ``windows`` draws of ``controls`` (places in ``honest.read`` that may stand for each)."""
    rng = np.random.default_rng(SEED)
    sizes = np.array([len(rows) for rows in controls])
    starts = np.cumsum(sizes) - sizes
    chosen = np.concatenate(controls)[starts + (rng.random((windows, len(sizes))) * sizes).astype(np.int64)]
    drawn = list(chosen)
    null = Null.of(parts(honest.reference, honest.read, drawn))
    mine = honest.reference.read(texts)
    score = null.scored(parts(honest.reference, mine, [np.arange(len(texts))]))[0]
    expected = np.bincount(honest.read.cells[chosen.ravel()], minlength=CELLS) / (windows * len(texts))
    chance = np.mean([_surplus(honest.read.cells[rows], expected) for rows in drawn])
    surplus = max(0.0, _surplus(mine.cells, expected) - float(chance))
    return Difference(null.p_value(float(score)), surplus, len(texts), windows)


def _surplus(cells: npt.NDArray[np.int64], expected: npt.NDArray[np.float64]) -> float:
    seen = np.bincount(cells, minlength=CELLS) / len(cells)
    return float(np.maximum(seen - expected, 0).sum())
