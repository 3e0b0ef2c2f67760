"""What a request asks for: intents (several at once) and capability (one), by a small linear model that ships.

The model reads windows of some 200 words; an intent of a text is that of its strongest window, its capability that of
all of them together. Scores are probabilities, calibrated on sources that the model had not seen. Where it
comes from, what it was tested on and where it fails: docs/content.md.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from iolaus.sketch.content_decode import decoded
from iolaus.sketch.content_features import BUCKETS, OUTPUTS, new_reader
from iolaus.sketch.content_kernel import score_rows
from iolaus.sketch.fold import fold_table
from iolaus.sketch.shingle import arrow_buffers, plain_arrays, row_pieces

INTENTS = (
    "reasoning_elicitation",
    "grading",
    "sensitive_rewriting",
    "data_generation",
    "technique_sweep",
    "classifier_directed",
)
CAPABILITIES = (
    "reasoning",
    "agentic_planning",
    "tool_use",
    "coding",
    "data_analysis",
    "computer_use",
    "vision",
    "translation",
    "chat",
    "other",
)
Floats = npt.NDArray[np.float32]
NEAR = 4.0
"""Logits by which a window lacks the strongest when it counts as 1/e of a rival."""


@dataclass(frozen=True)
class Content:
    """What n texts ask for. ``intents``: float32[n, 6], probability of each; ``capability``: float32[n, 10], rows sum
    to 1, or are 0 where a text holds nothing to read."""

    intents: Floats
    capability: Floats

    def __len__(self) -> int:
        return len(self.intents)

    def of(self, rows: npt.NDArray[np.bool_]) -> Content:
        """The texts that are true in ``rows`` (bool[n])."""
        return Content(self.intents[rows], self.capability[rows])

    def means(self) -> tuple[dict[str, float], dict[str, float]]:
        """Mean probability of each intent and each capability, one text a conversation; 0 of none."""
        count = max(len(self), 1)
        intents = self.intents.astype(np.float64).sum(0) / count
        capability = self.capability.astype(np.float64).sum(0) / count
        return (
            dict(zip(INTENTS, intents.tolist(), strict=True)),
            dict(zip(CAPABILITIES, capability.tolist(), strict=True)),
        )


class ContentModel(Protocol):
    """Anything that tells what texts ask for: the model that ships, or one of the user's own."""

    def read(self, texts: pa.Array) -> Content:
        """texts: strings, nulls allowed. One row a text, in its order."""
        ...


@dataclass(frozen=True)
class HashedModel:
    """Linear weights of hashed features, see :mod:`iolaus.sketch.content_kernel`.

    weights: int8[BUCKETS, 16], intents before capabilities. scale, bias: float32[16]: logit = scale * score + bias.
    slope, offset: float32[6], by which an intent's logit becomes a probability (Platt 1999).
    """

    weights: npt.NDArray[np.int8]
    scale: Floats
    bias: Floats
    slope: Floats
    offset: Floats
    threads: int = 0

    @classmethod
    def load(cls, path: Path) -> HashedModel:
        """From an npz that ``python -m training.content.train`` wrote. Raises ValueError for another shape."""
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            weights = arrays["weights"]
            if weights.shape != (BUCKETS, OUTPUTS):
                raise ValueError(f"{path.name}: weights are {weights.shape}, wanted {(BUCKETS, OUTPUTS)}")
            return cls(weights, *(arrays[name] for name in ("scale", "bias", "slope", "offset")))

    def logits(self, texts: pa.Array | pa.ChunkedArray) -> tuple[Floats, Floats]:
        """float32[n, 16] twice: the largest and the mean over the windows of each text; zeros for nulls.

        The largest of many is large by chance: it loses the logarithm of how many come near it, so that padding which
        is nothing of the kind costs nothing.
        """
        parts = [self._array_logits(decoded(chunk)) for chunk in plain_arrays(texts)]
        best = np.concatenate([np.zeros((0, OUTPUTS), np.float32), *(part[0] for part in parts)])
        mean = np.concatenate([np.zeros((0, OUTPUTS), np.float32), *(part[1] for part in parts)])
        rivals = np.concatenate([np.ones((0, OUTPUTS), np.float32), *(part[2] for part in parts)])
        return best * self.scale + self.bias - np.log(rivals), mean * self.scale + self.bias

    def _array_logits(self, array: pa.Array) -> tuple[Floats, Floats, Floats]:
        buffers, table = arrow_buffers(array), fold_table()
        best = np.zeros((len(array), OUTPUTS), np.float32)
        mean = np.zeros((len(array), OUTPUTS), np.float32)
        rivals = np.ones((len(array), OUTPUTS), np.float32)
        narrow = (self.scale / NEAR).astype(np.float32)

        def score(bounds: tuple[int, int]) -> None:
            tables = (table.fold, table.expansions)
            score_rows(buffers, *bounds, tables, self.weights, narrow, best, mean, rivals, new_reader())

        with ThreadPoolExecutor(self.threads or os.cpu_count() or 1) as pool:
            list(pool.map(score, row_pieces(buffers)))
        return best, mean, rivals

    def read(self, texts: pa.Array | pa.ChunkedArray) -> Content:
        """Calibrated intents and capability of each text; the same whatever the number of threads."""
        best, mean = self.logits(texts)
        count = len(INTENTS)
        intents = sigmoid(best[:, :count] * self.slope + self.offset)
        return Content(intents, softmax(mean[:, count:]))


def sigmoid(logits: Floats) -> Floats:
    """1 / (1 + exp(-x)), without overflow."""
    found: Floats = (0.5 * (1.0 + np.tanh(0.5 * logits))).astype(np.float32)
    return found


def softmax(logits: Floats) -> Floats:
    """Rows of ``logits`` as probabilities."""
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    found: Floats = (raised / raised.sum(axis=1, keepdims=True)).astype(np.float32)
    return found


@cache
def shipped_model() -> HashedModel:
    """The model that ships with the package."""
    with (files("iolaus") / "data" / "content.npz").open("rb") as file, np.load(file) as arrays:
        names = ("weights", "scale", "bias", "slope", "offset")
        return HashedModel(*(arrays[name] for name in names))


def pooled(model: ContentModel, texts: Sequence[str]) -> tuple[dict[str, float], dict[str, float]]:
    """Mean probability of each intent and each capability over ``texts``, one a conversation; 0 of none."""
    return model.read(pa.array(texts, pa.large_string())).means()
