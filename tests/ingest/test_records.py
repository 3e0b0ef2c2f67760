"""Bytes of a log become records or refusals, whatever they are."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from iolaus.ingest.records import read_records

pieces = st.one_of(
    st.binary(max_size=12).map(lambda b: b.replace(b"\n", b"")),
    st.sampled_from(
        [b'{"a": 1}', b'{"a": "\xff"}', b'{"a": "\\ud800"}', b"[]", b"12", b"", b"{", b"NaN", b'{"a":1e999}']
    ),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(pieces, max_size=12), st.booleans())
def test_every_line_is_decoded_or_refused_once(lines: list[bytes], ended: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.jsonl"
        path.write_bytes(b'{"first": 0}\n' + b"\n".join(lines) + (b"\n" if ended else b""))
        batches = list(read_records(path, 2**20))
    told = sorted([*(r for b in batches for r in b.rows), *(r.row for b in batches for r in b.refused)])
    wanted = [1, *(i for i, line in enumerate(lines, 2) if line and not line.isspace())]
    assert told == wanted


def test_numbers_beyond_any_type_are_read_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"a": 1' + b"0" * 400 + b'}\n{"a": 1' + b"0" * 5000 + b'}\n{"a": 1e999}\n')
    (batch,) = read_records(path, 2**20)
    assert batch.records[0] == {"a": 10**400}
    assert len(batch.records) + len(batch.refused) == 3
