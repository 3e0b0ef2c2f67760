"""Models of the user's own in place of the one that ships, from a file: word vectors, or an ONNX graph.

Both answer as :class:`iolaus.sketch.content.ContentModel`. Nothing needs them.
"""

from __future__ import annotations

import hashlib
import importlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from iolaus.errors import InputError
from iolaus.sketch.content import CAPABILITIES, INTENTS, Content, ContentModel, Floats, shipped_model, sigmoid, softmax
from iolaus.workspace import disk_error

OUTPUTS = len(INTENTS) + len(CAPABILITIES)
ARRAYS = ("words", "vectors", "head", "bias")
WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class StaticModel:
    """A static embedding (the mean of a text's word vectors) under a linear head.

    ``places``: word -> row of ``vectors`` (float32[v, d]); ``head``: float32[d, 16]; ``bias``: float32[16]; outputs are
    logits, intents before capabilities.
    """

    places: Mapping[str, int]
    vectors: Floats
    head: Floats
    bias: Floats

    def read(self, texts: pa.Array) -> Content:
        """See :class:`ContentModel`."""
        means = np.zeros((len(texts), self.vectors.shape[1]), np.float32)
        for row, text in enumerate(texts.to_pylist()):
            rows = [self.places[word] for word in WORD.findall((text or "").casefold()) if word in self.places]
            if rows:
                means[row] = self.vectors[rows].mean(0)
        return content_of(means @ self.head + self.bias)


@dataclass(frozen=True)
class GraphModel:
    """An ONNX graph with one input of strings [n] and one output of logits float32[n, 16]."""

    session: Any

    def read(self, texts: pa.Array) -> Content:
        """See :class:`ContentModel`."""
        name = self.session.get_inputs()[0].name
        values = np.array([text or "" for text in texts.to_pylist()], dtype=object)
        return content_of(np.asarray(self.session.run(None, {name: values})[0], np.float32))


def content_of(logits: Floats) -> Content:
    """float32[n, 16] as probabilities. Raises InputError for another width."""
    if logits.ndim != 2 or logits.shape[1] != OUTPUTS:
        raise InputError(
            f"content model: outputs are {logits.shape}, wanted (n, {OUTPUTS}): {', '.join((*INTENTS, *CAPABILITIES))}."
            " Export the model with these outputs."
        )
    return Content(sigmoid(logits[:, : len(INTENTS)]), softmax(logits[:, len(INTENTS) :]))


@cache
def chosen(path: Path | None) -> ContentModel:
    """The user's model where there is one, else the one that ships. Raises as :func:`load`."""
    return shipped_model() if path is None else load(path)


@cache
def model_id(path: Path | None) -> str:
    """Names the model that :func:`chosen` gives by its bytes: 16 hex digits. Raises InputError for no file."""
    try:
        content = (files("iolaus") / "data" / "content.npz").read_bytes() if path is None else path.read_bytes()
    except OSError as error:
        raise disk_error(path or Path("content.npz"), error) from error
    return hashlib.sha256(content).hexdigest()[:16]


def load(path: Path) -> ContentModel:
    """The model in a file: ``.npz`` with words, vectors, head and bias, or ``.onnx``.

    Raises InputError where it cannot be read, is something else, or needs a package that is not installed.
    """
    if not path.is_file():
        raise InputError(f"{path}: no such file. Give the path of an .npz or .onnx file.")
    if path.suffix == ".npz":
        return _static(path)
    if path.suffix == ".onnx":
        return _graph(path)
    raise InputError(f"{path}: '{path.suffix}' is no content model. Give an .npz or .onnx file.")


def _static(path: Path) -> StaticModel:
    try:
        with np.load(path, allow_pickle=False) as arrays:
            words, vectors, head, bias = (arrays[name] for name in ARRAYS)
    except (KeyError, ValueError, OSError):
        raise InputError(
            f"{path}: holds no word vectors. Save the arrays {', '.join(ARRAYS)} with numpy.savez."
        ) from None
    if vectors.shape != (len(words), len(head)) or head.shape[1:] != (OUTPUTS,) or bias.shape != (OUTPUTS,):
        raise InputError(
            f"{path}: shapes do not fit: words {words.shape}, vectors {vectors.shape}, head {head.shape}, bias"
            f" {bias.shape}. Wanted (v,), (v, d), (d, {OUTPUTS}), ({OUTPUTS},)."
        )
    places = {str(word): place for place, word in enumerate(words.tolist())}
    return StaticModel(places, vectors.astype(np.float32), head.astype(np.float32), bias.astype(np.float32))


def _graph(path: Path) -> GraphModel:
    try:
        runtime = importlib.import_module("onnxruntime")
    except ImportError:
        raise InputError(f"{path}: needs the package onnxruntime. Install it: pip install onnxruntime.") from None
    return GraphModel(runtime.InferenceSession(str(path), providers=["CPUExecutionProvider"]))
