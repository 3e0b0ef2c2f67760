"""Keyed 64-bit hashes of whole Arrow columns, in one compiled pass.

SipHash-2-4 (Aumasson and Bernstein 2012): without the key nobody can make two texts collide, nor test
whether a guess is among the hashes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numba
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from iolaus.key import Key

Hashes = npt.NDArray[np.int64]


_State = tuple[np.uint64, np.uint64, np.uint64, np.uint64]


@numba.njit(cache=True, nogil=True, inline="always")
def _rotate(x: np.uint64, by: int) -> np.uint64:
    return (x << np.uint64(by)) | (x >> np.uint64(64 - by))


@numba.njit(cache=True, nogil=True, inline="always")
def _round(a: np.uint64, b: np.uint64, c: np.uint64, d: np.uint64) -> _State:
    a += b
    c += d
    b = _rotate(b, 13) ^ a
    d = _rotate(d, 16) ^ c
    a = _rotate(a, 32)
    c += b
    a += d
    b = _rotate(b, 17) ^ c
    d = _rotate(d, 21) ^ a
    c = _rotate(c, 32)
    return a, b, c, d


@numba.njit(cache=True, nogil=True, inline="always")
def _start(k0: np.uint64, k1: np.uint64) -> _State:
    return (
        k0 ^ np.uint64(0x736F6D6570736575),
        k1 ^ np.uint64(0x646F72616E646F6D),
        k0 ^ np.uint64(0x6C7967656E657261),
        k1 ^ np.uint64(0x7465646279746573),
    )


@numba.njit(cache=True, nogil=True, inline="always")
def _take(a: np.uint64, b: np.uint64, c: np.uint64, d: np.uint64, word: np.uint64) -> _State:
    d ^= word
    a, b, c, d = _round(a, b, c, d)
    a, b, c, d = _round(a, b, c, d)
    a ^= word
    return a, b, c, d


@numba.njit(cache=True, nogil=True, inline="always")
def _end(a: np.uint64, b: np.uint64, c: np.uint64, d: np.uint64) -> np.uint64:
    c ^= np.uint64(255)
    for _ in range(4):
        a, b, c, d = _round(a, b, c, d)
    return a ^ b ^ c ^ d


@numba.njit(cache=True, nogil=True)
def _sip(data: npt.NDArray[np.uint8], start: int, end: int, k0: np.uint64, k1: np.uint64) -> np.uint64:
    a, b, c, d = _start(k0, k1)
    size = end - start
    at = start
    for _ in range(size // 8):
        word = np.uint64(0)
        for i in range(8):
            word |= np.uint64(data[at + i]) << np.uint64(8 * i)
        a, b, c, d = _take(a, b, c, d, word)
        at += 8
    word = np.uint64(size & 255) << np.uint64(56)
    for i in range(size % 8):
        word |= np.uint64(data[at + i]) << np.uint64(8 * i)
    a, b, c, d = _take(a, b, c, d, word)
    return _end(a, b, c, d)


@numba.njit(cache=True, nogil=True)
def _sip_each(
    offsets: npt.NDArray[np.int64],
    data: npt.NDArray[np.uint8],
    k0: np.uint64,
    k1: np.uint64,
    out: npt.NDArray[np.uint64],
) -> None:
    for i in range(len(out)):
        out[i] = _sip(data, offsets[i], offsets[i + 1], k0, k1)


@numba.njit(cache=True, nogil=True)
def _sip_pairs(
    first: npt.NDArray[np.uint64],
    second: npt.NDArray[np.uint64],
    k0: np.uint64,
    k1: np.uint64,
    out: npt.NDArray[np.uint64],
) -> None:
    """out[i, j] = the hash of the sixteen bytes of ``first[i]`` and ``second[j]``, as :func:`_sip` would say."""
    for i in range(len(first)):
        for j in range(len(second)):
            a, b, c, d = _start(k0, k1)
            for word in (first[i], second[j], np.uint64(16) << np.uint64(56)):
                a, b, c, d = _take(a, b, c, d, word)
            out[i, j] = _end(a, b, c, d)


class Hasher:
    """Hashes columns under one deployment's key; equal text has equal hashes in every column."""

    def __init__(self, key: Key) -> None:
        self._k0 = np.uint64(key.seed("ingest text hash, low"))
        self._k1 = np.uint64(key.seed("ingest text hash, high"))

    def column(self, column: pa.Array) -> pa.Array:
        """int64 hashes of a column of text; null where the text is null."""
        text = column.cast(pa.large_string())
        out = self._spans(text_offsets(text), text_bytes(text))
        return pa.array(out, mask=np.asarray(text.is_null()) if text.null_count else None)

    def pair(self, first: pa.Array, second: pa.Array) -> pa.Array:
        """int64 hashes of pairs of int64 hashes; null where one of them is null."""
        left, right = (np.asarray(side.fill_null(0), dtype=np.int64) for side in (first, second))
        data = np.column_stack((left, right)).reshape(-1).view(np.uint8)
        out = self._spans(np.arange(len(left) + 1, dtype=np.int64) * 16, data)
        nulls = np.asarray(first.is_null()) | np.asarray(second.is_null())
        return pa.array(out, mask=nulls)

    def pairs(self, first: Hashes, second: Hashes) -> Hashes:
        """int64[n, m]: what :meth:`pair` says of each of ``first`` (int64[n]) with each of ``second`` (int64[m])."""
        out = np.empty((len(first), len(second)), np.uint64)
        _sip_pairs(np.ascontiguousarray(first).view(np.uint64), second.view(np.uint64), self._k0, self._k1, out)
        return out.view(np.int64)

    def texts(self, texts: Sequence[str | None]) -> list[int | None]:
        """Hashes of a few texts; lone surrogates count as U+FFFD."""
        clean = [None if t is None else t.encode("utf-8", "replace").decode() for t in texts]
        hashes: list[int | None] = self.column(pa.array(clean, pa.large_string())).to_pylist()
        return hashes

    def _spans(self, offsets: npt.NDArray[np.int64], data: npt.NDArray[np.uint8]) -> Hashes:
        out = np.empty(len(offsets) - 1, dtype=np.uint64)
        _sip_each(offsets, data, self._k0, self._k1, out)
        return out.view(np.int64)


def text_offsets(column: pa.Array) -> npt.NDArray[np.int64]:
    """int64[n + 1] offsets of a large_string or large_binary column into :func:`text_bytes`."""
    if len(column) == 0:
        return np.zeros(1, dtype=np.int64)
    whole = np.frombuffer(column.buffers()[1], dtype=np.int64)
    return whole[column.offset : column.offset + len(column) + 1]


def text_bytes(column: pa.Array) -> npt.NDArray[np.uint8]:
    """uint8[] data buffer behind a large_string or large_binary column."""
    buffer = column.buffers()[2]
    return np.zeros(0, dtype=np.uint8) if buffer is None else np.frombuffer(buffer, dtype=np.uint8)
