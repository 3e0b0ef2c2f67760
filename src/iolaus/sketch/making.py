"""What this deployment sketches with: the weights of words from a file, and the make that follows from the settings."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from iolaus.errors import InputError
from iolaus.key import Key
from iolaus.make import ALIKE, SETTINGS, VERSION, Make, parse, refuse_other
from iolaus.sketch.content_backends import model_id
from iolaus.sketch.settings import SketchSettings
from iolaus.sketch.topic import BUCKETS
from iolaus.workspace import disk_error, renamed_into

Weights = npt.NDArray[np.float32]


def load_weights(path: Path | None) -> Weights | None:
    """float32[65536] from a file that :func:`save_weights` or a state wrote; None without one: all words weigh alike.

    Raises InputError where the file is missing or is something else.
    """
    if path is None:
        return None
    try:
        found = np.load(path, allow_pickle=False)
    except OSError as error:
        raise disk_error(path, error) from error
    except (ValueError, EOFError):
        found = None
    if not isinstance(found, np.ndarray) or found.shape != (BUCKETS,) or found.dtype != np.float32:
        raise InputError(f"{path}: no weights of words. Write them with 'iolaus sketch LOGS --learn FILE'.")
    return found


def save_weights(weights: Weights, path: Path) -> None:
    """Write float32[65536]. Raises InputError where the disk does not allow it."""
    with renamed_into(path) as partial, partial.open("wb") as file:
        np.save(file, weights)


def weights_id(weights: Weights | None) -> str:
    """Names weights by their bytes, 16 hex digits; ``alike`` where every word weighs the same."""
    if weights is None or bool((weights == 1).all()):
        return ALIKE
    return hashlib.sha256(np.ascontiguousarray(weights, np.float32).tobytes()).hexdigest()[:16]


def make_of(key: Key, settings: SketchSettings, content_model: Path | None, weights: Weights | None) -> Make:
    """The make of what is sketched with these. Raises InputError where the content model cannot be read."""
    values = tuple(float(getattr(settings, name)) for name in SETTINGS)
    return Make(VERSION, key.id, values, model_id(content_model), weights_id(weights))


def refuse_foreign(found: Iterable[str], wanted: Make) -> None:
    """Raise InputError for the first of the makes ``found`` in logs that is not ``wanted``."""
    for text in found:
        make = parse(text)
        if make is not None:
            refuse_other(make, wanted, "LOGS")
