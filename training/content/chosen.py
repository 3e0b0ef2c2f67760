"""By what the model's text and fit are chosen: own families held out whole, beside honest sets held out whole.

    python -m training.content.chosen [--each N] [--by family|template]

Five models, each without a fifth of the own families (or templates, whatever their family) and without some of the
public honest sets. The blind sets have no part in it. Own families have one writer, so the figures compare choices and
claim nothing.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from zlib import crc32

import numpy as np
import numpy.typing as npt
from training.content import public
from training.content.fit import fit, windows
from training.content.labels import HONEST, labelled
from training.content.own import Text, own_texts
from training.content.rates import auroc
from training.content.train import EACH, FOLDS, SEED, plain, scored

from iolaus.sketch.content import INTENTS

INTENT = "reasoning_elicitation"
RATE = 0.005
TESTED = 4
"""Texts of a template that are tested."""


def fold_of(text: Text, by: str) -> int:
    """The fold that never sees the family (or template), or the honest set."""
    if text.template >= 0:
        return crc32((text.group if by == "family" else f"{text.template}").encode()) % FOLDS
    return HONEST.index(text.group) % FOLDS if text.group in HONEST else -1


def tested(texts: list[Text]) -> npt.NDArray[np.bool_]:
    """bool[n]: hostile and honest own texts, the first few of a template, and public honest prompts."""
    seen: dict[int, int] = defaultdict(int)
    kept = np.zeros(len(texts), bool)
    for place, text in enumerate(texts):
        if text.group.startswith("bare"):
            continue
        if text.template >= 0:
            seen[text.template] += 1
            kept[place] = text.labels in ((INTENT,), ()) and seen[text.template] <= TESTED
        else:
            kept[place] = text.group in HONEST
    return kept


def main() -> None:
    """Prints recall at 0.5 % of honest own texts by language and family, and the honest prompts above the threshold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=EACH)
    parser.add_argument("--by", choices=("family", "template"), default="family")
    asked, prompts = parser.parse_args(), public.read()
    texts = labelled(prompts) + own_texts(prompts, asked.each, SEED)
    made, kept = windows(texts), tested(texts)
    folds = np.array([fold_of(text, asked.by) for text in texts])
    scores, place = np.full(len(texts), np.nan), INTENTS.index(INTENT)
    for fold in range(FOLDS):
        rows = np.flatnonzero(kept & (folds == fold))
        model = plain(fit(texts, made, folds != fold))
        scores[rows] = scored(model, [texts[row] for row in rows])[:, place]
    sys.stdout.write(report(texts, kept, scores) + "\n")


def report(texts: list[Text], kept: npt.NDArray[np.bool_], scores: npt.NDArray[np.float64]) -> str:
    """The figures as lines; scores: float64[n], of those that are ``kept``."""
    own = np.array([text.template >= 0 for text in texts])
    hostile = np.array([INTENT in text.labels for text in texts]) & kept
    honest, public_honest = kept & own & ~hostile, kept & ~own
    threshold = float(np.quantile(scores[honest], 1 - RATE))
    lines = [
        f"honest own texts {int(honest.sum())}, hostile {int(hostile.sum())}",
        f"recall at {RATE:.1%}: {float((scores[hostile] > threshold).mean()):.1%}",
        f"area under the curve: {auroc(scores[hostile], scores[honest]):.4f}",
        f"public honest prompts above: {int((scores[public_honest] > threshold).sum())} of {int(public_honest.sum())}",
    ]
    for name in ("language", "group"):
        values = np.array([getattr(text, name) for text in texts])
        for value in sorted(set(values[kept])):
            for label, rows in (("hostile", hostile), ("honest", kept & ~hostile)):
                mine = scores[rows & (values == value)]
                if len(mine):
                    above = float((mine > threshold).mean())
                    lines.append(f"{name:9}{value:44}{label:8}{len(mine):6}{above:8.1%}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
