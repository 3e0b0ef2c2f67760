"""A scan on top of a state: new logs are read and sketched alone, and everything after looks at all that is kept."""

from __future__ import annotations

import contextlib
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from iolaus.campaign import exposure
from iolaus.campaign.identity import Identity
from iolaus.campaign.levels import Look, again
from iolaus.engine import Engine
from iolaus.errors import InputError
from iolaus.fingerprint.conversations import FILE as CONVERSATIONS
from iolaus.ingest.derive import rows_of
from iolaus.ingest.inputs import Inputs
from iolaus.ingest.summary import Summary
from iolaus.ingest.tally import DUPLICATE
from iolaus.key import Key
from iolaus.parallel import abreast
from iolaus.progress import Progress
from iolaus.settings import Settings
from iolaus.state import campaigns, sides
from iolaus.state.expire import oldest_kept
from iolaus.state.folder import TABLES, WORKED, State, opened
from iolaus.state.foreign import FILE as REJECTED
from iolaus.state.increment import PROMPTS, WEIGHTS, Increment, prepare
from iolaus.state.manifest import FORMAT, Made, Manifest, Part
from iolaus.state.merge import Source, merge
from iolaus.state.parts import accounts_of
from iolaus.state.worked import Worked
from iolaus.tables import REJECTS
from iolaus.workspace import Workspace, write_table

Reader = Callable[[Workspace], Summary]
"""Ingests the new logs into a working folder of their own."""

NEW = "increment"


@dataclass
class Behind:
    """The state behind one scan, and what the scan adds to it."""

    state: State
    inputs: Inputs
    settings: Settings
    key: Key
    new: Workspace | None = None
    increment: Increment = field(default_factory=lambda: Increment(parts=[], oldest=""))
    read: Summary | None = None
    accounts: pa.Array = field(default_factory=lambda: pa.array([], pa.string()))
    """Ids of all accounts that have exchanges in :attr:`parts`, once they are gathered."""
    active: list[pa.Array] = field(default_factory=list)
    """The same of each of the parts."""

    @property
    def parts(self) -> list[Part]:
        """Every part that is kept after this scan, by day, then increment."""
        both = [*self.state.manifest.parts, *self.increment.parts]
        return sorted(
            (part for part in both if part.day >= self.increment.oldest),
            key=lambda part: (part.day, part.increment, part.file),
        )

    def gather(self, read: Reader, work: Workspace, engine: Engine, progress: Progress) -> Summary:
        """Ingest and sketch of all that is kept after this scan, in ``work``; only the new logs are read.

        Raises InputError where there is nothing to look at, TooManyRejectsError where too many rows were refused; their
        list stands in ``work`` then.
        """
        given = (self.inputs.logs, self.inputs.accounts, self.inputs.events, self.inputs.releases)
        if not self.inputs.logs and not self.state.manifest.parts:
            raise InputError(f"{self.state.place}: nothing is kept yet. Give LOGS.")
        ingest = work.folder("ingest")
        if any(given):
            self.new = Workspace(work.folder(NEW), "new")
            self.read = read(self.new)
            try:
                self.increment = prepare(self.state, self.new, self.read, self.settings, self.key, engine, progress)
            finally:
                if (self.new.root / REJECTED).exists():
                    shutil.copyfile(self.new.root / REJECTED, ingest / REJECTED)
        else:
            days = self.state.manifest.days
            oldest = oldest_kept(days, self.settings.state)
            old = sum(count for day, count in days.items() if day < oldest)
            self.increment = Increment(parts=[], oldest=oldest, old=old)
            write_table(REJECTS.schema.empty_table(), ingest / REJECTED)
        sources = self._sources(work)
        self.active = [*abreast(_accounts_of, sources)]
        self.accounts = pc.unique(pa.concat_arrays([pa.array([], pa.string()), *self.active]))
        if work.finished("merged") is None:
            folder = None if self.new is None else self.new.folder("ingest")
            sides.merge(self.state, folder, self.accounts, self.increment.oldest, ingest)
        merge(sources, work, self.settings, self.key, engine, progress)
        return self._summary(work)

    def _sources(self, work: Workspace) -> list[Source]:
        fresh = {part.file for part in self.increment.parts}
        found = []
        for part in self.parts:
            made = work.root / self._file(part)
            if self.new is not None and part.file in fresh:
                found.append(Source(self.new.root / part.file, made, self.new.root / PROMPTS / part.file))
            else:
                worked = self.state.place / part.worked
                found.append(Source(self.state.place / part.file, made, worked=worked if part.worked else None))
        return found

    def _file(self, part: Part) -> str:
        """Where what this scan works out of a part stands, in the working folder and then in the state."""
        name = Path(part.file).name.removesuffix(".parquet")
        return f"{WORKED}/{part.day}/{name}-{self.state.manifest.generation + 1:06}.arrow"

    def _summary(self, work: Workspace) -> Summary:
        """What the new logs told, with counts of all that is kept."""
        counted = pq.read_table(work.folder("ingest") / "derived.parquet", columns=["counted"])["counted"]
        manifest, read = self.state.manifest, self.read
        return Summary(
            inputs=[] if read is None else read.inputs,
            formats={} if read is None else read.formats,
            exchanges=len(counted),
            conversations=rows_of(work.folder("fingerprint") / CONVERSATIONS),
            collapsed=len(counted) - (pc.sum(counted).as_py() or 0),
            accounts=len(self.accounts),
            rejects=dict(sorted(self._rejects().items())),
            defects={} if read is None else read.defects,
            warnings=[*([] if read is None else read.warnings), *self._warnings()],
            has_account_table=manifest.has_account_table or bool(read and read.has_account_table),
            has_events=manifest.has_events or bool(read and read.has_events),
        )

    def _rejects(self) -> Counter[str]:
        """Rejects of the new logs by reason."""
        return Counter({} if self.read is None else self.read.rejects) + Counter({DUPLICATE: self.increment.foreign})

    def _warnings(self) -> Iterator[str]:
        if self.increment.again:
            yield f"{self.increment.again} exchanges were kept already and count once"
        if self.increment.old:
            yield f"{self.increment.old} exchanges are older than {self.increment.oldest} and were left out"
        first = sum(part.rows for part in self.increment.parts)
        if "weights" not in self.state.manifest.tables and first < self.settings.state.least_first:
            yield (
                f"the state begins with {first} exchanges, which tell little of how rare words are: begin it with more"
            )

    def record(self) -> dict[str, int | str]:
        """What run.json says of the state: days, and exchanges that were kept, added, known and too old."""
        parts = self.parts
        return {
            "first_day": min((part.day for part in parts), default=""),
            "last_day": max((part.day for part in parts), default=""),
            "kept": sum(part.rows for part in parts),
            "added": sum(part.rows for part in self.increment.parts),
            "again": self.increment.again,
            "old": self.increment.old,
        }

    @property
    def weeks_from(self) -> str:
        """The UTC day on which weeks begin: the first that this state ever held; '' where it holds nothing yet."""
        return self.state.manifest.weeks_from or min((part.day for part in self.parts), default="")

    def look(self) -> Look:
        """What this scan may spend, in account-weeks: of those that are new, and of what earlier scans left."""
        fresh = {part.file for part in self.increment.parts}
        days = ((part.day, part.file in fresh, seen) for part, seen in zip(self.parts, self.active, strict=True))
        weeks, new = exposure.of_days(days, self.weeks_from, self.increment.oldest)
        return again(weeks, new, self.state.manifest.unspent, self.settings.verdict.look_share)

    def commit(self, work: Workspace, known: Sequence[Identity], look: Look) -> None:
        """Make the state what this scan saw, with campaigns as they are known now. The last thing that a scan does."""
        before = self.state.manifest
        generation = before.generation + 1
        tables = {
            name: self.state.write_table(name, pq.read_table(work.folder("ingest") / file), generation)
            for name, file, _ in sides.FILES
        }
        tables |= campaigns.write(known, set(self.accounts.to_pylist()), self.state, generation)
        if (weights := self._weights(generation)) is not None:
            tables["weights"] = weights
        if self.new is not None:
            for part in self.increment.parts:
                if part.day >= self.increment.oldest:
                    self.state.take(self.new.root / part.file, part.file)
        parts = [self._with_worked(part, work) for part in self.parts]
        self.state.commit(
            Manifest(
                format=FORMAT,
                made=before.made,
                generation=generation,
                increments=before.increments + bool(self.increment.parts),
                has_account_table=before.has_account_table or bool(self.read and self.read.has_account_table),
                has_events=before.has_events or bool(self.read and self.read.has_events),
                parts=parts,
                tables=tables,
                weeks_from=self.weeks_from,
                unspent=look.left,
            )
        )

    def _with_worked(self, part: Part, work: Workspace) -> Part:
        """The part with what this scan worked out of it, which becomes part of the state, if it is anything new."""
        file = self._file(part)
        if not (work.root / file).exists():
            return part
        self.state.take(work.root / file, file)
        return msgspec.structs.replace(part, worked=file)

    def _weights(self, generation: int) -> str | None:
        """The file of the weights of words; they are learnt once, from the first increment that holds anything."""
        if (kept := self.state.manifest.tables.get("weights")) is not None:
            return kept
        if self.new is None or not self.increment.parts:
            return None
        file = f"{TABLES}/weights-{generation:06}.npy"
        self.state.take(self.new.root / WEIGHTS, file)
        return file


@contextlib.contextmanager
def behind(place: Path | None, inputs: Inputs, settings: Settings, key: Key) -> Iterator[Behind | None]:
    """The state in ``place`` for one scan, which is begun where there is none; None without a place."""
    if place is None:
        yield None
        return
    with opened(place, Made.by(settings, key)) as state:
        yield Behind(state, inputs, settings, key)


def _accounts_of(source: Source) -> pa.Array:
    """string[a], the accounts that have exchanges in a part, each once."""
    return accounts_of(source.path) if source.worked is None else Worked.opened(source.worked).arrays["names"]
