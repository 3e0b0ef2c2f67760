"""Arrays of different lengths in one file that is mapped and not read: one row, in which each column is a list."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from iolaus.workspace import renamed_into

Array: TypeAlias = "npt.NDArray[np.generic] | pa.Array"


def write_lists(arrays: Mapping[str, Array], path: Path) -> None:
    """Write arrays by name, whole or not at all; nothing is compressed, so that they can be mapped."""
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = {name: _one_list(values) for name, values in arrays.items()}
    table = pa.table(columns)
    with (
        renamed_into(path) as partial,
        pa.OSFile(str(partial), "wb") as sink,
        pa.ipc.new_file(sink, table.schema) as writer,
    ):
        writer.write_table(table)


def read_lists(path: Path) -> dict[str, pa.Array]:
    """What :func:`write_lists` wrote, mapped into memory and not copied."""
    table = pa.ipc.open_file(pa.memory_map(str(path))).read_all()
    return {name: table[name].chunk(0).values for name in table.column_names}


def _one_list(values: Array) -> pa.LargeListArray:
    whole = values if isinstance(values, pa.Array) else pa.array(np.ascontiguousarray(values))
    return pa.LargeListArray.from_arrays(pa.array([0, len(whole)], pa.int64()), whole)
