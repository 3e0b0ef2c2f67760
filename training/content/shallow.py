"""The baseline that every table shows: seven shallow features of a prompt, and lists of words."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

Floats = npt.NDArray[np.float64]
WORD_LISTS = {
    "reasoning_elicitation": re.compile(
        r"(step[- ]by[- ]step|chain[- ]of[- ]thought|show (?:all |your |the )?(?:work|reasoning)|"
        r"think (?:aloud|out loud|carefully|through)|reasoning (?:process|trace|steps|behind)|inner monologue|"
        r"explain (?:your|the|each|every) (?:reasoning|thinking|step)|articulate|before (?:giving|answering)|"
        r"逐步|一步一步|思考过程|推理过程|paso a paso|razonamiento|raisonnement|"
        r"schritt für schritt|пошагово|рассуждени)",
        re.IGNORECASE,
    ),
    "grading": re.compile(
        r"(rubric|score (?:the|this|each)|rate (?:the|this|each)|grade (?:the|this)|evaluate the (?:response|answer)|"
        r"which (?:response|answer|assistant)|\[\[[ab]\]\]|from 1 to (?:5|10)|on a scale|preferred|评分|打分|评价)",
        re.IGNORECASE,
    ),
}
"""What the first version of the package went by, before there was a model."""


def seven(texts: Sequence[str]) -> Floats:
    """float64[n, 7]: log10 characters, ends in . ? or !, share of capitals and of letters that are not Latin, line
    breaks, mean word length, commas per 100 characters."""
    return np.array([_row(text) for text in texts]).reshape(len(texts), 7)


def _row(text: str) -> tuple[float, ...]:
    letters = [c for c in text if c.isalpha()]
    count, words = max(len(letters), 1), text.split()
    return (
        float(np.log10(len(text) + 1)),
        float(text.rstrip()[-1:] in (".", "?", "!")),
        sum(c.isupper() for c in letters) / count,
        sum(ord(c) > 0x24F for c in letters) / count,
        float(text.count("\n")),
        sum(map(len, words)) / max(len(words), 1),
        100 * text.count(",") / max(len(text), 1),
    )


def baseline(train: Sequence[str], target: npt.NDArray[np.bool_], test: Sequence[str]) -> Floats:
    """float64[len(test)]: scores of an L2 logistic regression on the seven features."""
    model = make_pipeline(StandardScaler(), LogisticRegression(class_weight="balanced", max_iter=1000))
    found: Floats = model.fit(seven(train), target).decision_function(seven(test))
    return found
