"""Arrays of different lengths in one mapped file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from iolaus.state.lists import read_lists, write_lists


def test_what_was_written_is_mapped_as_it_was(tmp_path: Path) -> None:
    arrays = {
        "numbers": np.arange(5),
        "small": np.array([3, -1], np.int8),
        "none": np.zeros(0, np.int64),
        "flags": pa.array([True, None, False]),
        "nulls": pa.array([1, None], pa.int32()),
        "names": pa.array(["a", "bc"], pa.string()),
    }
    write_lists(arrays, tmp_path / "deep" / "file.arrow")
    found = read_lists(tmp_path / "deep" / "file.arrow")
    assert found.keys() == arrays.keys()
    for name, values in arrays.items():
        assert found[name].to_pylist() == values.tolist() if isinstance(values, np.ndarray) else values.to_pylist()
        assert len(found[name]) == len(values)
    assert found["numbers"].to_numpy().base is not None, "numbers are mapped, not copied"
