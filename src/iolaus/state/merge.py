"""Kept parts and new ones, put together as a scan of all their logs would have left its ingest and its sketch.

Whatever hangs on more than one exchange is made anew from keyed hashes, or is known to be what it was: retries,
conversations, the numbers of accounts, shared shingles. So it does not matter how the logs were cut.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from iolaus.engine import Engine
from iolaus.fingerprint.conversations import FILE as CONVERSATIONS
from iolaus.ingest.derive import derive, derived_by, rows_of
from iolaus.ingest.hashing import Hasher
from iolaus.key import Key
from iolaus.parallel import abreast
from iolaus.progress import Progress
from iolaus.settings import Settings
from iolaus.sketch.bins import Binned
from iolaus.sketch.private import keep_private
from iolaus.sketch.uses import keep_shared
from iolaus.state.plain import Own, Ties
from iolaus.state.putting import SKETCHED, TIED, Placed, derived_file, number_accounts, write_tied
from iolaus.state.tables import KEPT_EXCHANGES
from iolaus.state.talks import Columns, together
from iolaus.state.worked import Worked, narrow_of, own_of, work_out
from iolaus.workspace import Workspace, renamed_into

Places = npt.NDArray[np.int64]

ROW_GROUP = 1 << 17
"""Conversations that one thread of the engine reads at once."""


@dataclass(frozen=True)
class Source:
    """One part: its file, the file of its prompts where they are at hand, and what was worked out of it before.

    made: where what is worked out of it is written, if that is anything else.
    """

    path: Path
    made: Path
    prompts: Path | None = None
    worked: Path | None = None


def merge(
    sources: Sequence[Source], work: Workspace, settings: Settings, key: Key, engine: Engine, progress: Progress
) -> None:
    """Write ``ingest`` and ``sketch`` of ``work`` from parts, and the conversations that come of them. The side tables
    must stand in ``ingest`` already."""
    if work.finished("merged") is not None:
        return
    merging = _Merging.of(sources or [_nothing(work)], work, key)
    with progress.stage("conversations") as tick:
        merging.derive(settings.ingest.retry_window_s, engine)
        tick(sum(merging.sizes))
    with progress.stage("kept sketches") as tick:
        held, talks = merging.sketch(tick)
    with progress.stage("shared shingles", "parts") as tick:
        place, own = work.folder("sketch"), settings.sketch
        conversations = work.folder("fingerprint") / CONVERSATIONS
        # Neither looks at what another makes, and each but the last is of one thread.
        each = [
            lambda: _write_conversations(talks, conversations),
            lambda: keep_private(place, held, own),
            lambda: keep_shared(place, held, own),
        ]
        list(abreast(lambda write: write(), each))
        tick(len(held))
    work.drop(f"ingest/{TIED}")
    work.finish("sketch", {"exchanges": sum(merging.sizes), "accounts": merging.accounts})
    work.finish("merged")


def _write_conversations(talks: Sequence[Columns], path: Path) -> None:
    """Write the conversations of all parts."""
    with renamed_into(path) as partial:
        pq.write_table(together(talks), partial, compression="lz4", use_dictionary=False, row_group_size=ROW_GROUP)


def _nothing(work: Workspace) -> Source:
    """A part without rows: later stages want one."""
    path = work.root / "nothing.parquet"
    with renamed_into(path) as partial:
        pq.write_table(KEPT_EXCHANGES.schema.empty_table(), partial)
    return Source(path, work.root / "nothing.arrow")


@dataclass
class _Merging:
    """Parts on their way, and how many rows each has, of which the first is numbered ``firsts``.

    known: what was worked out of each before, if it was; owns: what it says itself; tied: which of its rows must be
    looked at beside others. accounts: how many there are.
    """

    sources: Sequence[Source]
    work: Workspace
    key: Key
    hasher: Hasher
    sizes: list[int]
    firsts: list[int]
    known: list[Worked | None]
    owns: list[Own]
    tied: list[Places]
    accounts: int = 0

    @classmethod
    def of(cls, sources: Sequence[Source], work: Workspace, key: Key) -> _Merging:
        sizes = [rows_of(source.path) for source in sources]
        firsts = np.cumsum([0, *sizes]).tolist()
        return cls(sources, work, key, Hasher(key), sizes, firsts, [], [], [])

    def derive(self, retry_window_s: int, engine: Engine) -> None:
        """Derive what the rows do not say themselves, all parts together, into the folder :data:`TIED`."""
        place = self.work.folder("ingest") / TIED
        (place / "narrow").mkdir(exist_ok=True, parents=True)
        self.known = [None if source.worked is None else Worked.opened(source.worked) for source in self.sources]
        numbers = range(len(self.sources))
        self.owns = [*abreast(self._own, numbers)]
        ties = Ties.of(self.owns)
        self.tied = [*abreast(lambda number: self._write_tied(number, ties, place / "narrow"), numbers)]
        derive(place, retry_window_s, engine, ties.answering)

    def sketch(self, tick: Callable[[int], None]) -> tuple[list[Binned], list[Columns]]:
        """Write what later stages read of the parts; returns the shingles of each, and its conversations."""
        ingest, place = self.work.folder("ingest"), self.work.folder("sketch")
        for folder in (ingest / "exchanges", *(place / name for name in SKETCHED)):
            folder.mkdir(exist_ok=True)
        accounts = number_accounts(self.owns, ingest, place)
        self.accounts = len(accounts)
        derived = derived_by(ingest / TIED / "derived.parquet", [len(rows) for rows in self.tied])
        held, talks = [], []

        def put(number: int, derived: pa.Table) -> tuple[Placed, pa.Table]:
            worked, source = self._worked(number, derived), self.sources[number]
            found = Placed(number, self.firsts[number], source.path, source.prompts, worked, accounts)
            return found, found.write(ingest, place, self.hasher)

        with derived_file(ingest / "derived.parquet") as out:
            for placed, rows in abreast(lambda each: put(*each), zip(range(len(self.sources)), derived, strict=True)):
                out.write_table(rows)
                held.append(placed.binned)
                talks.append(placed.talks)
                tick(len(rows))
        return held, talks

    def _own(self, number: int) -> Own:
        known = self.known[number]
        return own_of(self.sources[number].path, self.hasher) if known is None else known.own

    def _write_tied(self, number: int, ties: Ties, folder: Path) -> Places:
        """Write narrow columns of the rows of a part that must be looked at beside others; returns which they are."""
        own = self.owns[number]
        rows = np.flatnonzero(~ties.plain(own))
        write_tied(number, rows, self.firsts[number], own, self._narrow(number, rows), folder)
        return rows

    def _narrow(self, number: int, rows: Places) -> dict[str, pa.Array]:
        known = self.known[number]
        narrow = None if known is None else known.narrow(rows)
        return narrow or narrow_of(self.sources[number].path, self.owns[number], rows, self.hasher)

    def _worked(self, number: int, derived: pa.Table) -> Worked:
        """What was worked out of a part before, if that still holds; else it is made anew, and is mapped too."""
        known, source, first = self.known[number], self.sources[number], self.firsts[number]
        if known is not None and known.told_by(derived, first):
            return known
        narrow = self._narrow(number, self.tied[number])
        found = work_out(source.path, self.owns[number], narrow, derived, first, self.key)
        found.write(source.made)
        return Worked.opened(source.made)
