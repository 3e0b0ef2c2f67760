"""Logs by hand, as baselines see them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from iolaus.evaluate.baselines.log import Log


def unit(vectors: np.ndarray) -> np.ndarray:
    """float32[n, d] of unit length."""
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def log(accounts: int, openings: int = 0, **given: Any) -> Log:
    """``accounts`` accounts with ``openings`` each of strangers' topics; what is given replaces a field."""
    draws = np.random.default_rng(11)
    count = accounts * openings
    fields: dict[str, Any] = {
        "ids": pa.array([f"a{n:05}" for n in range(accounts)]),
        "pairs": {},
        "exchanges": np.full(accounts, 10),
        "active_days": np.ones(accounts, np.int64),
        "account": np.repeat(np.arange(accounts), openings),
        "length": draws.integers(20, 400, count),
        "features": np.zeros((count, 7)),
        "topics": unit(draws.standard_normal((count, 16))) if count else np.zeros((0, 16), np.float32),
        "phrase_windows": [],
    }
    return Log(**(fields | given))
