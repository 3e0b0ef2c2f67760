"""Models of the user's own: a file of word vectors works, and what is missing or wrong is said."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from iolaus.errors import InputError
from iolaus.sketch.content import CAPABILITIES, INTENTS, pooled
from iolaus.sketch.content_backends import OUTPUTS, GraphModel, load


def static(path: Path, **changed: Any) -> Path:
    """Two words: 'rubric' means grading, 'python' means coding."""
    head = np.zeros((2, OUTPUTS), np.float32)
    head[0, INTENTS.index("grading")] = 12
    head[1, len(INTENTS) + CAPABILITIES.index("coding")] = 12
    bias = np.concatenate([np.full(len(INTENTS), -6), np.zeros(len(CAPABILITIES))]).astype(np.float32)
    arrays = {
        "words": np.array(["rubric", "python"]),
        "vectors": np.eye(2, dtype=np.float32),
        "head": head,
        "bias": bias,
    }
    np.savez(path, **(arrays | changed))
    return path


def test_word_vectors_read_texts(tmp_path: Path) -> None:
    found = load(static(tmp_path / "own.npz")).read(pa.array(["The Rubric!", "python", "zyx", None], pa.large_string()))
    assert found.intents[0, INTENTS.index("grading")] > 0.99
    assert found.capability[1, CAPABILITIES.index("coding")] > 0.99
    assert found.intents[2:].max() < 0.01


def test_own_models_pool_as_the_shipped_one_does(tmp_path: Path) -> None:
    intents, _ = pooled(load(static(tmp_path / "own.npz")), ["rubric", "python"])
    assert intents["grading"] == pytest.approx(0.5, abs=0.01)


def test_graphs_get_strings_and_give_logits() -> None:
    class Input:
        name = "text"

    class Session:
        def get_inputs(self) -> list[Input]:
            return [Input()]

        def run(self, outputs: None, given: dict[str, Any]) -> list[Any]:
            assert given["text"].tolist() == ["a", ""]
            return [np.full((2, OUTPUTS), 2.0)]

    found = GraphModel(Session()).read(pa.array(["a", None], pa.large_string()))
    assert found.intents[0, 0] == pytest.approx(1 / (1 + np.exp(-2)), abs=1e-5)


def test_a_missing_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "own.onnx"
    path.write_bytes(b"x")

    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(
        InputError, match=r"own.onnx: needs the package onnxruntime. Install it: pip install onnxruntime."
    ):
        load(path)


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"bias": np.zeros(3)}, "shapes do not fit"), ({"head": np.zeros((2, 4))}, "shapes do not fit")],
)
def test_wrong_shapes_are_said(tmp_path: Path, changed: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        load(static(tmp_path / "own.npz", **changed))


def test_other_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "own.txt").write_text("x")
    (tmp_path / "own.npz").write_text("x")
    for name, said in (("own.txt", "is no content model"), ("own.npz", "holds no word"), ("none.npz", "no such file")):
        with pytest.raises(InputError, match=said):
            load(tmp_path / name)
