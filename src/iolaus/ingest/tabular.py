"""Rows of CSV and Parquet files, in batches bounded by rows and bytes."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from iolaus.errors import InputError
from iolaus.ingest.chunk import CHUNK_BYTES, CHUNK_ROWS, RawColumn, RefusedRow
from iolaus.ingest.opening import BLOCK, Stream, damaged, opened
from iolaus.workspace import disk_error

WRONG_WIDTH = "more fields than the header names"
BROKEN_CSV = "no CSV record"


@dataclass(slots=True)
class Rows:
    """Columns of some rows as the file has them, and rows that could not be split into fields."""

    rows: npt.NDArray[np.int64]
    columns: dict[str, RawColumn]
    refused: list[RefusedRow] = field(default_factory=list)


def read_parquet(path: Path) -> Iterator[Rows]:
    """Batches of a Parquet file. Raises InputError where it cannot be read."""
    try:
        with pq.ParquetFile(path) as file:
            size = max(1, file.metadata.num_rows)
            width = sum(file.metadata.row_group(g).total_byte_size for g in range(file.num_row_groups)) // size
            rows = max(1, min(CHUNK_ROWS * 4, CHUNK_BYTES * 2 // max(1, width)))
            done = 0
            for batch in file.iter_batches(batch_size=rows):
                numbers = np.arange(done + 1, done + 1 + len(batch), dtype=np.int64)
                yield Rows(numbers, dict(zip(batch.schema.names, batch.columns, strict=True)))
                done += len(batch)
    except OSError as error:
        raise (disk_error(path, error) if error.errno else damaged(path)) from error
    except pa.ArrowException as error:
        raise damaged(path) from error


def read_csv(path: Path, longest: int) -> Iterator[Rows]:
    """Batches of a CSV (or, by its name, tab-separated) file with a header; empty fields are null.

    Raises InputError where the file cannot be read or has no header.
    """
    csv.field_size_limit(longest)
    with opened(path) as stream:
        text = _Text(stream)
        comma = "\t" if ".tsv" in (s.lower() for s in path.suffixes) else ","
        reader = csv.reader(text, delimiter=comma)
        try:
            header = next(reader, None)
        except csv.Error:
            header = None
        if not header:
            raise InputError(f"{path}: no header line. The first line must name the columns.")
        yield from _batches(reader, [name.strip() for name in header], text)


def _batches(reader: Iterator[list[str]], header: list[str], text: _Text) -> Iterator[Rows]:
    row, begun = 0, text.read_chars
    numbers: list[int] = []
    fields: list[list[str]] = []
    refused: list[RefusedRow] = []
    while True:
        row += 1
        try:
            found = next(reader, None)
        except csv.Error:
            refused.append(RefusedRow(row, "record", None, BROKEN_CSV))
            continue
        if found is not None and len(found) > len(header):
            refused.append(RefusedRow(row, "record", None, WRONG_WIDTH))
        elif found:
            numbers.append(row)
            fields.append(found)
        elif found is not None:
            row -= 1  # an empty line is no record
        if found is None or len(fields) >= CHUNK_ROWS or text.read_chars - begun >= CHUNK_BYTES:
            yield Rows(np.array(numbers, dtype=np.int64), _columns(header, fields), refused)
            numbers, fields, refused, begun = [], [], [], text.read_chars
        if found is None:
            return


def _columns(header: list[str], fields: list[list[str]]) -> dict[str, RawColumn]:
    width = len(header)
    padded = [f if len(f) == width else [*f, *[""] * (width - len(f))] for f in fields]
    columns = zip(*padded, strict=True) if padded else ([] for _ in header)
    return {name: [value or None for value in column] for name, column in zip(header, columns, strict=True)}


class _Text:
    """Lines of a byte stream as text; bytes that are not UTF-8 become lone surrogates."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self.read_chars = 0

    def __iter__(self) -> Iterator[str]:
        rest: list[str] = []
        for block in chain(iter(lambda: self._stream.read(BLOCK), b""), [b""]):
            text = self._decoder.decode(block, final=not block)
            text = text.removeprefix("\ufeff") if self.read_chars == 0 else text
            self.read_chars += len(text)
            *lines, last = text.split("\n")
            if lines:
                yield "".join([*rest, lines[0], "\n"])
                yield from (f"{line}\n" for line in lines[1:])
                rest = []
            rest.append(last)
        if any(rest):
            yield "".join(rest)
