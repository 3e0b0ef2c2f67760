"""Columns of ids and addresses as text, without a Python object a row."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from numba import njit, uint64


def hexadecimal(values: npt.NDArray[np.uint64], prefix: str = "") -> pa.StringArray:
    """Each number as ``prefix`` and 16 hex digits."""
    lead = np.frombuffer(prefix.encode(), np.uint8)
    wide = np.empty((len(values), len(lead) + 16), np.uint8)
    _hex(values.astype(np.uint64), lead, wide)
    offsets = np.arange(len(values) + 1, dtype=np.int32) * wide.shape[1]
    return pa.StringArray.from_buffers(len(values), pa.py_buffer(offsets), pa.py_buffer(wide.reshape(-1)))


def dotted(values: npt.NDArray[np.uint32]) -> pa.StringArray:
    """Each IPv4 address in dotted form."""
    offsets = np.zeros(len(values) + 1, np.int32)
    buffer = np.empty(len(values) * 15, np.uint8)
    _dotted(values, offsets, buffer)
    return pa.StringArray.from_buffers(len(values), pa.py_buffer(offsets), pa.py_buffer(buffer[: offsets[-1]]))


@njit(nogil=True, cache=True)
def _hex(values, lead, wide):  # type: ignore[no-untyped-def]
    for row in range(len(values)):
        for place in range(len(lead)):
            wide[row, place] = lead[place]
        value = values[row]
        for place in range(16):
            digit = (value >> uint64(60 - 4 * place)) & uint64(15)
            wide[row, len(lead) + place] = digit + (48 if digit < 10 else 87)


@njit(nogil=True, cache=True)
def _dotted(values, offsets, buffer):  # type: ignore[no-untyped-def]
    at = 0
    for row in range(len(values)):
        for part in range(4):
            octet = (int(values[row]) >> (24 - 8 * part)) & 255
            if octet >= 100:
                buffer[at] = 48 + octet // 100
                at += 1
            if octet >= 10:
                buffer[at] = 48 + octet // 10 % 10
                at += 1
            buffer[at] = 48 + octet % 10
            at += 1
            if part < 3:
                buffer[at] = 46
                at += 1
        offsets[row + 1] = at
