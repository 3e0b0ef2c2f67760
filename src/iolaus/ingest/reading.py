"""One source becomes chunks of raw columns: recognise its format, then read it in that format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from iolaus.errors import InputError
from iolaus.ingest import mapping as mappings
from iolaus.ingest.chunk import CHUNK_ROWS, Chunk, RefusedRow
from iolaus.ingest.draft import Draft, Format, FormatReader, Refused
from iolaus.ingest.formats import formats, native
from iolaus.ingest.inputs import Source
from iolaus.ingest.mapping import Mapping
from iolaus.ingest.opening import container
from iolaus.ingest.records import Records, read_records
from iolaus.ingest.tabular import Rows, read_csv, read_parquet
from iolaus.tables import ACCOUNTS, EXCHANGES, closest

HEAD = 50
"""Records by which a format is recognised."""

LONGEST_REASON = 64
"""Characters of a reason that another command told."""

SURE = 0.5
"""Least score of a recognised format."""


@dataclass(frozen=True, slots=True)
class Way:
    """How a source is read: by a mapping, or by a format."""

    mapping: Mapping | None
    format: Format | None
    warnings: tuple[str, ...] = ()


def head_of(source: Source, longest: int) -> list[dict[str, Any]]:
    """The first decoded records of a source, at most HEAD."""
    kind = container(source.path)
    if kind == "json":
        records = next(read_records(source.path, longest), Records()).records
        return records[:HEAD]
    rows = next(read_parquet(source.path) if kind == "parquet" else read_csv(source.path, longest), None)
    if rows is None:
        return []
    return _as_records(Rows(rows.rows[:HEAD], {n: c[:HEAD] for n, c in rows.columns.items()}))


def choose(source: Source, named: Format | None, mapping: Mapping | None, longest: int) -> Way:
    """The way to read ``source``. Raises InputError where no format fits, with the closest names."""
    if named is not None:
        return Way(None, named)
    return fitting(head_of(source, longest), source.name, mapping)


def fitting(head: list[dict[str, Any]], name: str, mapping: Mapping | None) -> Way:
    """The way to read what begins with the records ``head``; raises as :func:`choose`. name: of the source."""
    if mapping is not None:
        return Way(mapping, None, tuple(mapping.missing(head)) if head else ())
    if not head:
        return Way(None, formats()[native.NAME])
    scores = {name: f.recognise(head) for name, f in formats().items()}
    best = max(scores, key=lambda name: (scores[name], name == native.NAME))
    if scores[best] < SURE:
        raise InputError(_nothing_fits(name, head))
    return Way(None, formats()[best])


def _nothing_fits(name: str, head: list[dict[str, Any]]) -> str:
    names = Counter(field for record in head for field in record if isinstance(field, str))
    if len({*names} & {*ACCOUNTS.names}) > len(names) / 2:
        return f"{name}: its fields are those of the account table. Give it with --accounts, apart from the logs."
    shown = ", ".join(f"'{field[:40]}'" for field, _ in names.most_common(12))
    near = [f"{want}:{closest(want, names)}" for want in ("ts", "account_id", "prompt") if want not in names]
    hints = " ".join(hint for hint in near if not hint.endswith(":"))
    return (
        f"{name}: no format fits its fields ({shown}). {hints}{' ' if hints else ''}"
        f"Name one of {', '.join(formats())} with --format, or describe the log with --mapping (docs/ingest.md)."
    )


def read_chunks(source: Source, way: Way, longest: int) -> Iterator[Chunk]:
    """The exchanges of one source in order, a few thousand at a time."""
    kind = container(source.path)
    if kind == "json":
        yield from chunks_of(read_records(source.path, longest), way)
        return
    tables = read_parquet(source.path) if kind == "parquet" else read_csv(source.path, longest)
    if way.mapping is not None:
        yield from (_mapped(rows, way.mapping) for rows in tables)
    elif way.format is None or way.format.NAME == native.NAME:
        yield from map(_native_rows, tables)
    else:
        yield from _drafted(map(_rows_to_records, tables), way.format.Reader())


def chunks_of(batches: Iterable[Records], way: Way) -> Iterator[Chunk]:
    """The exchanges of JSON records, a batch at a time; at the end those that waited for more."""
    if way.mapping is not None:
        yield from (_mapped_records(batch, way.mapping) for batch in batches)
    elif way.format is None or way.format.NAME == native.NAME:
        yield from map(_native_records, batches)
    else:
        yield from _drafted(batches, way.format.Reader())


def _native_records(batch: Records) -> Chunk:
    told = [native.refusal(record) for record in batch.records]
    kept = [place for place, refusal in enumerate(told) if refusal is None]
    refused = list(batch.refused)
    refused += [_refused_before(row, said) for row, said in zip(batch.rows, told, strict=True) if said is not None]
    columns, unknown = native.columns_of([batch.records[place] for place in kept])
    rows = np.array(batch.rows, dtype=np.int64)[kept]
    return Chunk(rows, dict(columns), refused=refused, unknown=unknown)


def _refused_before(row: int, told: dict[str, Any]) -> RefusedRow:
    """A row that was refused in the request path already, with the field and the reason that were told there."""
    name, reason, account = (told.get(key) for key in ("field", "reason", "account_id"))
    return RefusedRow(
        row,
        name if isinstance(name, str) and name in EXCHANGES.names else "record",
        None,
        reason if isinstance(reason, str) and len(reason) <= LONGEST_REASON else "refused before",
        account if isinstance(account, str) else None,
    )


def _native_rows(batch: Rows) -> Chunk:
    known = {name: column for name, column in batch.columns.items() if name in native.KNOWN}
    return Chunk(batch.rows, known, refused=batch.refused, unknown=frozenset(batch.columns.keys() - known))


def _mapped_records(batch: Records, mapping: Mapping) -> Chunk:
    rows = np.array(batch.rows, dtype=np.int64)
    return _mapped(Rows(rows, mappings.columns_of(batch.records), batch.refused), mapping)


def _mapped(batch: Rows, mapping: Mapping) -> Chunk:
    size = len(batch.rows)
    roots = mapping.context_column(batch.columns, "root_text", size)
    turns = mapping.context_column(batch.columns, "turn", size)
    return Chunk(
        batch.rows,
        mapping.columns(batch.columns, size),
        root_texts=None if roots is None else [r if isinstance(r, str) else None for r in roots],
        context_turns=None if turns is None else [_small(t) for t in turns],
        refused=batch.refused,
    )


def _small(value: Any) -> int | None:
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if 0 <= number < 2**31 else None


def _as_records(rows: Rows) -> list[dict[str, Any]]:
    columns = {name: mappings.as_text(column) for name, column in rows.columns.items()}
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def _rows_to_records(rows: Rows) -> Records:
    return Records(rows.rows.tolist(), _as_records(rows), rows.refused)


@dataclass(slots=True)
class _Gathered:
    drafts: list[Draft]
    ordinals: list[int]
    refused: list[RefusedRow]

    def take(self, drafts: Iterable[Draft], row: int) -> None:
        """Take what one record gave; a record that the format refuses becomes a reject."""
        seen: Counter[int] = Counter()
        try:
            for draft in drafts:
                self.drafts.append(draft)
                self.ordinals.append(seen[draft.row])
                seen[draft.row] += 1
        except Refused as refusal:
            self.refused.append(RefusedRow(row, refusal.field, refusal.value, refusal.reason))
        except (TypeError, ValueError, LookupError, AttributeError):  # a shape that no version of the format has
            self.refused.append(RefusedRow(row, "record", None, "not as the format says"))
        except RecursionError:
            self.refused.append(RefusedRow(row, "record", None, "nested too deeply"))


def _drafted(batches: Iterable[Records], reader: FormatReader) -> Iterator[Chunk]:
    for batch in batches:
        got = _Gathered([], [], list(batch.refused))
        for row, record in zip(batch.rows, batch.records, strict=True):
            got.take(reader.read(record, row), row)
        yield from _chunks(got)
    got = _Gathered([], [], [])
    got.take(reader.close(), 0)
    yield from _chunks(got)


def _chunks(got: _Gathered) -> Iterator[Chunk]:
    """Slices of the drafts, so that a record with many exchanges cannot swell a chunk."""
    for start in range(0, max(1, len(got.drafts)), CHUNK_ROWS):
        drafts = got.drafts[start : start + CHUNK_ROWS]
        names = set().union(*(d.values for d in drafts))
        yield Chunk(
            np.array([d.row for d in drafts], dtype=np.int64),
            {n: [d.values.get(n) for d in drafts] for n in EXCHANGES.names if n in names},
            ordinals=np.array(got.ordinals[start : start + CHUNK_ROWS], dtype=np.int64),
            root_texts=[d.root_text for d in drafts],
            context_turns=[d.context_turn for d in drafts],
            refused=got.refused if start == 0 else [],
            unknown=frozenset(names - set(EXCHANGES.names)),
        )
