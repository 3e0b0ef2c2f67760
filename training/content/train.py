"""Trains src/iolaus/data/content.npz from what lies under training/content, and from nothing else.

    python -m training.content.train [--out FILE]

Intents are calibrated on texts whose source, or own template, the calibrating model had not seen (five folds).
"""

from __future__ import annotations

import argparse
import ast
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from zlib import crc32

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from sklearn.linear_model import LogisticRegression
from training.content import public
from training.content.fit import Linear, Windows, fit, quantised, windows
from training.content.labels import labelled, source_of
from training.content.own import FOLDER, Text, own_texts

from iolaus.sketch.content import INTENTS, HashedModel

TARGET = Path(__file__).parents[2] / "src" / "iolaus" / "data" / "content.npz"
EACH, SEED, FOLDS = 40, 4, 5
PRIOR = 0.08
"""Largest share of texts with an intent for which its probability is calibrated, however many were written."""


def corpus(without: frozenset[str] = frozenset(), seed: int = SEED, each: int = EACH) -> list[Text]:
    """Public and own texts; of a source in ``without`` nothing, not even as an item of own texts."""
    prompts = public.read()
    kept = [prompt for prompt in prompts if prompt.source not in without]
    return labelled(kept) + own_texts(kept, each, seed)


def digest() -> str:
    """Checksum of all that the model is made from: texts, and code whatever its layout."""
    made = sha256()
    for path in sorted([public.COPY, *FOLDER.glob("*.txt")]):
        made.update(path.name.encode() + path.read_bytes())
    for name in ("fit", "labels", "own"):
        made.update(ast.dump(ast.parse((Path(__file__).parent / f"{name}.py").read_text("utf-8"))).encode())
    return made.hexdigest()[:16]


def fold_of(texts: Sequence[Text]) -> npt.NDArray[np.int64]:
    """int64[n]: the fold in which a text's source, or its own template, is held out."""
    names = [source_of(text.group) if text.template < 0 else f"{text.template}" for text in texts]
    return np.array([crc32(name.encode()) % FOLDS for name in names])


def scored(model: HashedModel, texts: Sequence[Text]) -> npt.NDArray[np.float64]:
    """float64[n, 16]: what the kernel says of whole texts, intents by their strongest window."""
    best, mean = model.logits(pa.array([text.text for text in texts], pa.large_string()))
    count = len(INTENTS)
    return np.concatenate([best[:, :count], mean[:, count:]], 1).astype(np.float64)


def calibrated(texts: Sequence[Text], made: Windows) -> tuple[list[float], list[float]]:
    """Slope and offset of each intent (Platt 1999), from scores of folds that were held out, as if no more than
    ``PRIOR`` of the texts had it."""
    folds, scores = fold_of(texts), np.zeros((len(texts), 16))
    for fold in range(FOLDS):
        held = folds == fold
        model = plain(fit(texts, made, ~held))
        scores[held] = scored(model, [text for text, out in zip(texts, held, strict=True) if out])
    slope, offset = [], []
    for place, intent in enumerate(INTENTS):
        target = np.array([intent in text.labels for text in texts])
        prior = min(PRIOR, float(target.mean()))
        weight = np.where(target, prior / target.mean(), (1 - prior) / (1 - target.mean()))
        platt = LogisticRegression(C=1e3).fit(scores[:, [place]], target, weight)
        slope.append(float(platt.coef_[0, 0]))
        offset.append(float(platt.intercept_[0]))
    return slope, offset


def plain(linear: Linear) -> HashedModel:
    """Quantised, with logits that are left as they are."""
    return quantised(linear, [1.0] * len(INTENTS), [0.0] * len(INTENTS))


def train() -> HashedModel:
    """The model that ships."""
    texts = corpus()
    made = windows(texts)
    slope, offset = calibrated(texts, made)
    return quantised(fit(texts, made, np.ones(len(texts), bool)), slope, offset)


def save(model: HashedModel, path: Path) -> None:
    """As :meth:`HashedModel.load` reads it, with a checksum of the training texts."""
    np.savez_compressed(
        path, weights=model.weights, scale=model.scale, bias=model.bias, slope=model.slope, offset=model.offset,
        trained_on=np.array(digest()),
    )  # fmt: skip


def main() -> None:
    """Train and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=TARGET)
    save(train(), parser.parse_args().out)


if __name__ == "__main__":
    main()
