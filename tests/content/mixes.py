"""Samples and baselines made from arrays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from iolaus.content.baseline import FORMAT, Baseline, Kind
from iolaus.content.mix import Sample, cells
from iolaus.sketch.content import CAPABILITIES, INTENTS, Content

DIMENSIONS = 128
WEB, API = ("latin", "standard", "web"), ("latin", "standard", "api")


def sample(kinds: Sequence[Kind], eliciting: float = 0.02, seed: int = 1, alike: float = 0.0) -> Sample:
    """A request of each kind; ``eliciting``: mean of the first intent; ``alike``: weight of a topic that all share."""
    rng, count = np.random.default_rng(seed), len(kinds)
    intents = np.full((count, len(INTENTS)), 0.01, np.float32)
    intents[:, 0] = np.clip(rng.normal(eliciting, 0.01, count), 0, 1)
    capability = np.full((count, len(CAPABILITIES)), 1 / len(CAPABILITIES), np.float32)
    topics = rng.normal(0, 1, (count, DIMENSIONS)) + alike
    topics = np.round(127 * topics / np.linalg.norm(topics, axis=1, keepdims=True)).astype(np.int8)
    return Sample(np.arange(count), list(kinds), rng.integers(20, 2_000, count), Content(intents, capability), topics)


def baseline(found: Sample, contamination: float = 0.05, least: int = 10, first: str = "2026-03-02") -> Baseline:
    """The baseline of a sample, under the key ``k`` and the content model ``m``."""
    return Baseline(
        format=FORMAT, iolaus="0.1.0", key_id="k", content_model="m", first=first, last="2026-03-08",
        contamination=contamination, least=least, accounts=len(found), conversations=3 * len(found),
        left_out={"accused": 2}, cleared=1, cells=cells(found, contamination, least),
    )  # fmt: skip
