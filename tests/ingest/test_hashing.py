"""Hashes are keyed, equal for equal text wherever it stands, and those of the published function."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from iolaus.ingest.hashing import Hasher, _sip
from iolaus.key import BYTES, Key

from .scanning import KEY

HASHER = Hasher(KEY)


def test_siphash_of_the_authors_example() -> None:
    """Aumasson and Bernstein 2012, appendix A: key 00..0f, input 00..0e."""
    k0, k1 = np.frombuffer(bytes(range(16)), dtype=np.uint64)
    assert int(_sip(np.arange(15, dtype=np.uint8), 0, 15, k0, k1)) == 0xA129CA6149BE45E5


@given(st.lists(st.one_of(st.none(), st.text()), max_size=10), st.integers(0, 4))
def test_equal_text_has_equal_hashes_in_any_column(texts: list[str | None], skip: int) -> None:
    hashes = HASHER.texts(texts)
    assert [h is None for h in hashes] == [t is None for t in texts]
    for kind in (pa.string(), pa.large_string()):
        assert HASHER.column(pa.array(texts, kind).slice(skip)).to_pylist() == hashes[skip:]
    for text, found in zip(texts, hashes, strict=True):
        assert HASHER.texts([text]) == [found]


def test_another_key_gives_other_hashes() -> None:
    other = Hasher(Key(bytes(BYTES)))
    assert HASHER.texts(["a", "b", ""]) != other.texts(["a", "b", ""])


def test_pairs_differ_by_order_and_are_null_with_either() -> None:
    first, second = pa.array([1, 2, None, 1]), pa.array([2, 1, 1, 2])
    found = HASHER.pair(first, second).to_pylist()
    assert found[0] == found[3] != found[1] and found[2] is None


def test_all_pairs_at_once_are_the_pairs_one_by_one() -> None:
    first, second = np.array([0, 1, -7, 2**62]), np.arange(8)
    found = HASHER.pairs(first, second)
    for place in range(len(second)):
        alone = HASHER.pair(pa.array(first), pa.array(np.full(len(first), second[place])))
        assert found[:, place].tolist() == alone.to_pylist()
