"""Whole sources held out: four folds, none of whose prompts train, not even as items of own texts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq
from training.content.fit import fit, quantised, windows
from training.content.labels import CAPABILITY, GRADING, HONEST, labelled
from training.content.own import Text
from training.content.public import Prompt, clean
from training.content.rates import auroc, interval, recall_at
from training.content.shallow import WORD_LISTS, baseline
from training.content.train import corpus, scored

from iolaus.sketch.content import CAPABILITIES, INTENTS, HashedModel

FOLDS = (
    ("judge_single", "oasst_zh", "gsm8k_test", "apibench"),
    ("prometheus_hhh", "prometheus_vicuna", "hh_harmless_test", "math500", "toolformer"),
    ("pandalm", "tau_bench", "mbpp", "humaneval", "toolbench"),
    ("act_as", "mt_bench", "bfcl_live_irrelevance", "bfcl_multi_turn", "leetcode", "arena", "arena_hard"),
)
"""arena, arena_hard and leetcode train nowhere; arena and arena_hard are negatives of grading in every fold."""

RATES = (0.05, 0.01, 0.001)
CHINESE = ("oasst_zh", "judge_single")
LONGEST = 16_000


@dataclass(frozen=True)
class Fold:
    """A model and what it says of sources that it never saw. ``scores``: float64[n, 16], as ``train.scored``."""

    model: HashedModel
    train: list[Text]
    texts: list[Text]
    scores: npt.NDArray[np.float64]


def prompts(folder: Path) -> list[Prompt]:
    """Every prompt of a source folder."""
    table = pq.read_table(folder / "prompts.parquet", columns=["source", "text"])
    return [Prompt(row["source"], clean(row["source"], row["text"])) for row in table.to_pylist()]


def opening(text: str) -> str:
    """By what two sets' copies of one prompt are told."""
    return "".join(c for c in text.casefold() if c.isalnum())[:80]


def folds(everything: list[Prompt], shipped: HashedModel) -> list[Fold]:
    """One model a fold; with the shipped model's calibration, so that probabilities mean the same."""
    made = []
    for held in FOLDS:
        test = [p for p in everything if p.source in held or p.source in ("arena", "arena_hard")]
        known = {opening(p.text) for p in test}
        train = [t for t in corpus(frozenset(held)) if t.template >= 0 or opening(t.text) not in known]
        linear = fit(train, windows(train), np.ones(len(train), bool))
        model = quantised(linear, shipped.slope.tolist(), shipped.offset.tolist())
        texts = labelled(test)
        made.append(Fold(model, train, texts, scored(model, texts)))
    return made


def grading_rows(made: list[Fold]) -> list[dict[str, Any]]:
    """Each grading set beside honest prompts of its fold and language."""
    rows = []
    for fold in made:
        for source in GRADING:
            chosen = [t.group == source for t in fold.texts]
            chinese = source in CHINESE
            others = [t.group in HONEST and (t.group in CHINESE) == chinese for t in fold.texts]
            if any(chosen):
                target = np.array(["grading" in t.labels for t in fold.train])
                place = INTENTS.index("grading")
                rows.append(_row("grading", source, fold, np.array(chosen), np.array(others), place, target))
    return rows


def capability_rows(made: list[Fold]) -> list[dict[str, Any]]:
    """Each set of one capability beside the sets of others in its fold, in the same language."""
    rows = []
    for fold in made:
        groups = [t.group for t in fold.texts]
        for source, name in CAPABILITY.items():
            chosen = np.array([g == source for g in groups])
            others = np.array(
                [CAPABILITY.get(g, name) != name and (g in CHINESE) == (source in CHINESE) for g in groups]
            )
            if chosen.any() and others.any():
                target = np.array([t.capability == name for t in fold.train])
                place = len(INTENTS) + CAPABILITIES.index(name)
                rows.append(_row(name, source, fold, chosen, others, place, target))
    return rows


def _row(
    name: str,
    source: str,
    fold: Fold,
    chosen: npt.NDArray[np.bool_],
    others: npt.NDArray[np.bool_],
    place: int,
    target: npt.NDArray[np.bool_],
) -> dict[str, Any]:
    positive, negative = fold.scores[chosen, place], fold.scores[others, place]
    texts = np.array([t.text for t in fold.texts], object)
    plain = baseline([t.text for t in fold.train], target, list(texts[chosen]) + list(texts[others]))
    count = int(chosen.sum())
    found: dict[str, Any] = {
        "class": name,
        "source": source,
        "positives": count,
        "negatives": int(others.sum()),
        "auroc": auroc(positive, negative),
        "interval": interval(positive, negative),
        "shallow": auroc(plain[:count], plain[count:]),
        "shallow_interval": interval(plain[:count], plain[count:]),
        "recall": {f"{rate:g}": recall_at(positive, negative, rate) for rate in RATES},
    }
    if name in WORD_LISTS:
        listed = np.array([WORD_LISTS[name].search(t) is not None for t in texts], float)
        found["word_lists"] = auroc(listed[chosen], listed[others])
    return found
