"""Marks: one narrow, numeric row for each exchange. From here on nothing holds text.

Strings become keyed 64-bit hashes once, so that later stages compare integers; 0 stands for 'not there'.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from iolaus.ingest.hashing import Hasher
from iolaus.key import Key
from iolaus.networks import lookup
from iolaus.workspace import renamed_into

HASHED = {
    "model": "model",
    "pathway": "pathway",
    "user_agent": "agent",
    "tls_fingerprint": "tls",
    "key_id": "key",
    "client_user": "end_user",
    "response_format": "format",
}
"""Column of the exchanges -> column of the marks that holds its keyed hash."""

NUMBERS = {
    "status": 0,
    "duration_ms": -1,
    "max_tokens": -1,
    "n": 1,
    "top_logprobs": 0,
    "thinking_budget": 0,
    "input_tokens": -1,
    "output_tokens": -1,
    "reasoning_tokens": 0,
    "reasoning_ref": 0,
    "tool_result_hash": 0,
}
"""Numeric columns that go through, with the value that stands for null."""

READ = (
    "seq",
    "ts",
    "account_id",
    "ip",
    "tools",
    "temperature",
    "text_state",
    "exchange_id",
    *HASHED,
    *NUMBERS,
)
"""Columns that marks are made from, beside the two texts."""


RANDOM = ("seq", "ts", "conversation", "text", "reasoning_ref", "tool_result_hash")
"""Marks that hardly repeat: to look for repeats among them costs as much as all the rest of the writing."""


def write_marks(marks: pa.Table, path: Path) -> None:
    """Write the marks of one part, whole or not at all; they are read a few times, and by all rows."""
    repeated = [name for name in marks.column_names if name not in RANDOM]
    with renamed_into(path) as partial:
        pq.write_table(marks, partial, compression="lz4", use_dictionary=repeated, write_statistics=False)


def mark(part: pa.Table, accounts: pa.Array, key: Key) -> pa.Table:
    """The marks of one part, without those that come from its text.

    part: exchanges with ``seq``. accounts: the sorted ids, whose rank is the account's number.
    """
    network = lookup(pc.cast(part["ip"].combine_chunks(), pa.string()))
    columns: dict[str, pa.Array | npt.NDArray[np.generic]] = {
        "seq": part["seq"],
        "ts": pc.cast(part["ts"], pa.int64()),
        "account": pc.cast(pc.index_in(part["account_id"], value_set=accounts), pa.int32()),
        "address": hidden(network.address, key),
        "block": hidden(network.block, key),
        "asn": network.asn,
        "network": network.kind,
        "tools": hashes(_joined(part["tools"]), key),
        "temperature": pc.fill_null(part["temperature"], -1.0),
    }
    for name, short in HASHED.items():
        columns[short] = hashes(part[name].combine_chunks(), key)
    for name, missing in NUMBERS.items():
        columns[name] = pc.fill_null(part[name], missing)
    return pa.table(columns)


def hashes(strings: pa.Array, key: Key) -> npt.NDArray[np.int64]:
    """[n] keyed hash of each string, 0 where null; each distinct string is hashed once."""
    encoded = strings.dictionary_encode()
    distinct: npt.NDArray[np.int64] = np.array(
        [key.hash(value.encode()) for value in encoded.dictionary.to_pylist()] + [0], np.int64
    )
    places: npt.NDArray[np.int64] = pc.fill_null(encoded.indices, len(distinct) - 1).to_numpy(zero_copy_only=False)
    return distinct[places]


def hidden(numbers: npt.NDArray[np.int64], key: Key) -> npt.NDArray[np.int64]:
    """int64[n], the keyed hash of each number of a network, which tells who somebody is; 0 stays 0."""
    encoded = pa.array(numbers).dictionary_encode()
    distinct = encoded.dictionary.to_numpy()
    hashed = Hasher(key).pair(encoded.dictionary, pa.array(np.zeros(len(distinct), np.int64)))
    found: npt.NDArray[np.int64] = np.where(distinct == 0, 0, hashed.to_numpy())[encoded.indices.to_numpy()]
    return found


def _joined(lists: pa.ChunkedArray) -> pa.Array:
    """Lists of names as one string each, null where there is no list or none in it."""
    one = lists.combine_chunks()
    joined = pc.binary_join(one, "\x1f")
    return pc.if_else(pc.equal(pc.fill_null(pc.list_value_length(one), 0), 0), None, joined)
