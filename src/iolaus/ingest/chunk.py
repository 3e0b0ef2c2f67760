"""A few thousand exchanges on their way: raw columns in, coerced columns and refusals out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

RawColumn: TypeAlias = pa.Array | list[Any]

CHUNK_ROWS = 8192
CHUNK_BYTES = 16_777_216


@dataclass(slots=True)
class RefusedRow:
    """One row of rejects before its value is masked. ``value`` None: nothing was there."""

    row: int
    field: str
    value: Any
    reason: str
    account: str | None = None


@dataclass(slots=True)
class Chunk:
    """Raw columns by normal-form name, all of length n.

    rows: int64[n], row or line in the source, from 1. ordinals: which exchange of that row (0 for the first).
    root_texts, context_turns: what a format knows of the conversation, or None.
    refused: records that never became exchanges. unknown: names that the normal form has not.
    """

    rows: npt.NDArray[np.int64]
    columns: dict[str, RawColumn]
    ordinals: npt.NDArray[np.int64] | None = None
    root_texts: Sequence[str | None] | None = None
    context_turns: Sequence[int | None] | None = None
    refused: list[RefusedRow] = field(default_factory=list)
    unknown: frozenset[str] = frozenset()


@dataclass(slots=True)
class Coerced:
    """Accepted rows of one chunk.

    table: EXCHANGES columns, n rows. rows: int64[n] in the source. context_turn: int32[n], context_root:
    int64[n], what a format saw of the conversation. defects: counts by kind. naive_times: times without zone.
    sketches: keyed sketches in place of texts, and in ``place`` the row of ``table`` each belongs to; None of none.
    """

    table: pa.Table
    rows: npt.NDArray[np.int64]
    context_turn: pa.Array
    context_root: pa.Array
    refused: list[RefusedRow]
    defects: Counter[str]
    naive_times: int
    sketches: pa.Table | None = None
