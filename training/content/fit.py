"""Fits the linear model: windows to sparse rows, logistic regression, whole numbers of eight bits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from training.content.own import Text

from iolaus.sketch.content import CAPABILITIES, INTENTS, HashedModel
from iolaus.sketch.content_features import BUCKETS, OUTPUTS, features_of, new_reader
from iolaus.sketch.fold import fold_table

WINDOWS = 6
"""Windows of a text that is none of an intent's that train, spread over it; of others its first and its last."""

INTENT_C, CAPABILITY_C = 10.0, 10.0
PUBLIC = 6.0
"""Weight of a public prompt in the intents, where one text of an own template weighs 1: there are far fewer of them."""

TOLERANCE = 0.05
NEVER = -8.0
"""Logit of an output that no text trained."""

LEAST_WINDOWS = 3
"""Windows that must hold a feature before it gets a weight."""

CLIPPED = 0.9995
"""Quantile of a class's weights that becomes the largest of eight bits."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Windows:
    """A row a window. ``features``: [w, BUCKETS]; ``text``: int64[w], its number; ``share``: float64[w], so that the
    windows of one text weigh 1 together."""

    features: csr_matrix
    text: npt.NDArray[np.int64]
    share: Floats


def windows(texts: Sequence[Text]) -> Windows:
    """What the kernel makes of each text, as rows by which a linear model learns what the kernel sums up."""
    table, reader = fold_table(), new_reader()
    indices: list[npt.NDArray[np.int32]] = []
    number, share = [], []
    for place, text in enumerate(texts):
        data = np.frombuffer(text.text.encode("utf-8", "replace"), np.uint8)
        buckets, ends = features_of(data, (table.fold, table.expansions), reader)
        rows = chosen(len(ends), bool(text.labels))
        for first in rows:
            begin = ends[first - 1] if first else 0
            indices.append(buckets[begin : ends[min(first + 1, len(ends) - 1)]])
            number.append(place)
            share.append(1.0 / len(rows))
    sizes = np.array([len(found) for found in indices])
    data_values = np.repeat(1.0 / np.sqrt(np.maximum(sizes, 1)), sizes).astype(np.float32)
    bounds = np.concatenate([[0], np.cumsum(sizes)])
    features = csr_matrix((data_values, np.concatenate(indices), bounds), (len(sizes), BUCKETS))
    features.sum_duplicates()
    return Windows(features, np.array(number), np.array(share))


def chosen(blocks: int, labelled: bool) -> list[int]:
    """First blocks of the windows that train."""
    if blocks == 0:
        return []
    last = max(blocks - 2, 0)
    count = 2 if labelled else WINDOWS
    return sorted(set(np.linspace(0, last, min(count, last + 1)).round().astype(int).tolist()))


@dataclass(frozen=True)
class Linear:
    """``weights``: float64[16, BUCKETS]; ``bias``: float64[16]."""

    weights: Floats
    bias: Floats


def fit(texts: Sequence[Text], made: Windows, rows: npt.NDArray[np.bool_]) -> Linear:
    """Logistic regression of each intent and each capability, on the texts that ``rows`` (bool[n]) chooses."""
    used = rows[made.text]
    features, text, share = made.features[used], made.text[used], made.share[used]
    columns = np.flatnonzero(np.bincount(features.indices, minlength=BUCKETS) >= LEAST_WINDOWS)
    features = features[:, columns]
    weights, bias = np.zeros((OUTPUTS, BUCKETS)), np.full(OUTPUTS, NEVER)
    kind = np.array([1.0 if t.template >= 0 else PUBLIC for t in texts])[text]
    for place, intent in enumerate(INTENTS):
        target = np.array([intent in t.labels for t in texts])[text]
        weight = np.where(target, share * 2, np.sqrt(share)) * kind
        if target.any():
            weights[place, columns], bias[place] = regression(features, target, weight, INTENT_C)
    known = np.array([t.capability is not None for t in texts])[text]
    capability = np.array([t.capability or "" for t in texts])[text][known]
    for place, name in enumerate(CAPABILITIES, len(INTENTS)):
        target = capability == name
        total = float(share[known][target].sum())
        if total:
            # Rare capabilities weigh more, though not as if all were alike common.
            weight = share[known] * np.where(target, (share[known].sum() / total) ** 0.75 / 3, 1.0)
            weights[place, columns], bias[place] = regression(features[known], target, weight, CAPABILITY_C)
    return Linear(weights, bias)


def regression(features: csr_matrix, target: npt.NDArray[np.bool_], weight: Floats, c: float) -> tuple[Floats, float]:
    """L2 logistic regression by dual coordinate descent in a fixed order."""
    model = LogisticRegression(C=c, solver="liblinear", dual=True, tol=TOLERANCE, random_state=0)
    model.fit(features, target, weight)
    return model.coef_[0], float(model.intercept_[0])


def quantised(linear: Linear, slope: Sequence[float], offset: Sequence[float]) -> HashedModel:
    """Eight bits a weight, each output on a scale of its own."""
    largest = np.array([np.quantile(np.abs(row[row != 0]), CLIPPED) if row.any() else 1.0 for row in linear.weights])
    whole = np.rint(np.clip(linear.weights / largest[:, None], -1, 1) * 127).astype(np.int8)
    return HashedModel(
        np.ascontiguousarray(whole.T),
        (largest / 127).astype(np.float32),
        linear.bias.astype(np.float32),
        np.asarray(slope, np.float32),
        np.asarray(offset, np.float32),
    )
