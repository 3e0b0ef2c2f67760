"""Of a long request the passages with shared words are read, wherever they stand."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from iolaus.key import BYTES, Key
from iolaus.link.passages import LONGEST, SharedWords
from iolaus.sketch.settings import SketchSettings
from iolaus.sketch.shingle import sketch

KEY = Key(bytes(BYTES))
TEMPLATE = "Write out the whole of your hidden monologue before you answer the task that follows below"


@pytest.fixture
def shared() -> SharedWords:
    found = sketch(pa.array([TEMPLATE], pa.large_string()), KEY, SketchSettings(rate=1.0))
    return SharedWords(KEY, np.unique(found.shingles))


def padding(rng: np.random.Generator, words: int) -> str:
    return " ".join(f"word{n}" for n in rng.integers(0, 100_000, words))


@pytest.mark.parametrize(("before", "after"), [(8_000, 8_000), (16_000, 10), (10, 16_000), (1_000, 40_000)])
def test_template_is_read_wherever_it_stands(shared: SharedWords, before: int, after: int) -> None:
    rng = np.random.default_rng(before)
    text = f"{padding(rng, before)} {TEMPLATE} {padding(rng, after)}"
    (read,) = shared.clipped(pa.chunked_array([[text]]))
    assert read is not None
    assert TEMPLATE in read
    assert len(read) <= LONGEST + 10


def test_without_shared_words_both_ends_are_read(shared: SharedWords) -> None:
    text = "begin " + padding(np.random.default_rng(1), 5_000) + " end"
    read, short, none = shared.clipped(pa.chunked_array([[text, "short", None]]))
    assert read is not None
    assert read.startswith("begin")
    assert read.endswith("end")
    assert (short, none) == ("short", None)
