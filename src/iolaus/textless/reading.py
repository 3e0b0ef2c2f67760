"""Logs on their way to being sketched: a batch at a time, accepted rows beside those that were refused."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from iolaus.errors import InputError
from iolaus.ingest import mapping as mappings
from iolaus.ingest.chunk import Chunk, Coerced
from iolaus.ingest.columns import Coercer, derived_ids
from iolaus.ingest.formats import named
from iolaus.ingest.hashing import Hasher
from iolaus.ingest.inputs import Inputs, Source, find_sources
from iolaus.ingest.reading import Way, choose, chunks_of, fitting, read_chunks
from iolaus.ingest.records import Records
from iolaus.key import Key
from iolaus.settings import Settings
from iolaus.textless.arriving import arriving

STREAM = "standard input"


class Reader:
    """Reads logs in the way that ``inputs`` say. Raises InputError where they say two ways, or name none that is."""

    def __init__(self, inputs: Inputs, settings: Settings, key: Key) -> None:
        if inputs.format is not None and inputs.mapping is not None:
            raise InputError("--format and --mapping: both say how logs are read. Give one of them.")
        self._inputs, self._longest = inputs, settings.ingest.max_record_bytes
        self._format = named(inputs.format) if inputs.format else None
        self._mapping = mappings.load(inputs.mapping) if inputs.mapping else None
        limits = (settings.ingest.max_text_bytes, settings.ingest.max_field_bytes)
        self._coercer = Coercer(Hasher(key), *limits, inputs.account, self._mapping.times if self._mapping else None)

    def files(self) -> Iterator[tuple[Source, Iterator[Coerced]]]:
        """Each file of the logs, and its exchanges in batches. Raises InputError where one cannot be read."""
        for source in find_sources(self._inputs.logs).files:
            way = choose(source, self._format, self._mapping, self._longest)
            chunks = read_chunks(source, way, self._longest)
            yield source, (self._coercer.exchanges(chunk, source.name) for chunk in chunks)

    def stream(self, descriptor: int) -> Iterator[Coerced]:
        """What comes in line by line, as it comes. Ids that a log does not give are left out: rows of a stream that
        begins again have the numbers of others."""
        for chunk in self._arriving(arriving(descriptor, self._longest)):
            coerced = self._coercer.exchanges(chunk, STREAM)
            coerced.table = _without_made_ids(coerced.table)
            yield coerced

    def _arriving(self, batches: Iterator[Records]) -> Iterator[Chunk]:
        """Chunks of the batches; what is refused before a record tells the format is handed on at once."""
        if self._format is not None:
            return chunks_of(batches, Way(None, self._format))
        return self._recognised(batches)

    def _recognised(self, batches: Iterator[Records]) -> Iterator[Chunk]:
        for batch in batches:
            if batch.records:
                way = fitting(batch.records[:1], STREAM, self._mapping)
                yield from chunks_of(itertools.chain([batch], batches), way)
                return
            yield from chunks_of([batch], fitting([], STREAM, self._mapping))


_MARK = derived_ids(STREAM, pa.array([0])).to_pylist()[0].removesuffix("0")


def _without_made_ids(table: pa.Table) -> pa.Table:
    place = table.schema.get_field_index("exchange_id")
    ids = table["exchange_id"]
    given = pc.if_else(pc.starts_with(ids, _MARK), pa.scalar(None, pa.string()), ids)
    return table.set_column(place, pa.field("exchange_id", pa.string()), given)
