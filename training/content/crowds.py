"""Honest prompts, none trained on: how many would raise content evidence by intents alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from training.content.held_out import Fold
from training.content.labels import HONEST
from training.content.rates import upper

from iolaus.link.settings import LinkSettings
from iolaus.sketch.content import INTENTS, HashedModel

Floats = npt.NDArray[np.float64]
YES = 1.0
"""log10 Bayes factor from which the content question is answered yes (setting ``verdict.yes``)."""

FRAMEWORK = (
    "You are the workspace helper of our team. Answer in Markdown, be brief, and use the files that the user opened.\n"
    "Open files: notes.md, plan.md\n\nUser request:\n"
)
CLASS = ("Worksheet 3, name: {n}\n", "\n(This is for our class, group {n}.)")
"""What a pupil puts around the exercise that all of the class send."""


def probabilities(model: HashedModel, texts: Sequence[str]) -> Floats:
    """float64[n, 6]."""
    found: Floats = model.read(pa.array(texts, pa.large_string())).intents.astype(np.float64)
    return found


def weights(mine: Floats, others: Floats, settings: LinkSettings) -> Floats:
    """float64[n]: what ``intents`` gives cohorts whose mean probabilities are ``mine`` (float64[n, 6])."""
    floor = settings.intents_floor
    ratios = np.log10((mine + floor) / (others + floor)).max(1)
    found: Floats = np.minimum(np.maximum(ratios, 0) * settings.intents_weight, settings.intents_cap)
    return found


def honest_rows(folds: list[Fold]) -> list[dict[str, Any]]:
    """A row a source: prompts, and how many raise evidence for an account that asks nothing else, a class that shares
    it, and users of a framework (groups of 64)."""
    settings, rng = LinkSettings(), np.random.default_rng(0)
    rows: list[dict[str, Any]] = []
    for source in HONEST:
        fold = next(f for f in reversed(folds) if any(t.group == source for t in f.texts))
        texts = [t.text for t in fold.texts if t.group == source]
        strangers = [t.text for t in fold.texts if t.group in HONEST and t.group != source]
        others = probabilities(fold.model, strangers).mean(0)
        alone = weights(probabilities(fold.model, texts), others, settings)
        shared = np.mean(
            [probabilities(fold.model, [CLASS[0].format(n=n) + t + CLASS[1].format(n=n) for t in texts])
             for n in range(0, 100, 25)], axis=0,
        )  # fmt: skip
        under = probabilities(fold.model, [FRAMEWORK + t for t in texts])
        order = rng.permutation(len(texts))
        groups = np.array_split(order, max(1, math.ceil(len(texts) / settings.words_per_cohort)))
        framework = weights(np.array([under[group].mean(0) for group in groups]), others, settings)
        rows.append({
            "source": source, "prompts": len(texts),
            "account": _count(alone), "class": _count(weights(shared, others, settings)),
            "framework": _count(framework),
            "by_intent": {name: int((probabilities(fold.model, texts)[:, place] > 0.5).sum())
                          for place, name in enumerate(INTENTS)},
        })  # fmt: skip
    for name in ("account", "class", "framework"):
        total = [row[name] for row in rows]
        raised, tested = sum(t["raised"] for t in total), sum(t["tested"] for t in total)
        rows[-1].setdefault("total", {})[name] = {"raised": raised, "tested": tested, "upper": upper(raised, tested)}
    return rows


def _count(found: Floats) -> dict[str, Any]:
    raised = int((found >= YES).sum())
    return {"raised": raised, "tested": len(found), "upper": upper(raised, len(found))}
