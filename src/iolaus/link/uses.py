"""Which conversations use which phrases: by place, so that a cohort is cut out without asking an engine.

A conversation's place is its rank by (account, ts, conversation). Places of a phrase's conversations stand side by
side, ascending; columns that evidence and results look at are mapped files, of which only what is asked for is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from iolaus.engine import Engine
from iolaus.link.population import Numbers
from iolaus.workspace import renamed_into

COLUMNS = (
    *("conversation", "account", "ts", "ended", "seq", "text", "readable"),
    *("exchanges", "output_tokens", "top_logprobs", "answers"),
)
"""Columns of a conversation that evidence and results look at."""

FEW = 8
"""Places below this part of all conversations are sorted; of more every conversation is marked."""

_PLACED = """
SELECT u.phrase, p.place FROM (
    SELECT phrase, conversation FROM phrase_uses UNION ALL SELECT phrase, conversation FROM private_uses
) AS u JOIN placed AS p ON p.conversation = u.conversation
"""


@dataclass(frozen=True)
class Uses:
    """m conversations by place, and the places of each phrase.

    columns: name -> [m]. phrases: int64[p], ascending. bounds: int64[p + 1], where places of each begin and end.
    places: int32[u]. whole: places of accounts with all that they ask, in the place of a phrase's.
    """

    columns: dict[str, npt.NDArray[Any]]
    phrases: Numbers
    bounds: Numbers
    places: npt.NDArray[np.int32]
    whole: Mapping[int, npt.NDArray[np.int32]] = field(default_factory=dict)

    @classmethod
    def made(cls, conversations: Path, place: Path, engine: Engine) -> Uses:
        """Write what :meth:`opened` reads into the folder ``place``, and open it.

        Needs the views phrase_uses and private_uses. conversations: the file of the fingerprint, by place.
        """
        for name in COLUMNS:
            _save(pq.read_table(conversations, columns=[name])[name].to_numpy(), place / f"{name}.npy")
        names = np.load(place / "conversation.npy", mmap_mode="r")
        engine.register("placed", pa.table({"conversation": names, "place": np.arange(len(names), dtype=np.int32)}))
        with renamed_into(place / "placed.parquet") as partial:
            engine.write(_PLACED, partial, order="phrase, place")
        engine.drop("placed")
        used = pq.read_table(place / "placed.parquet")
        phrase = used["phrase"].to_numpy()
        bounds = np.append(0, np.flatnonzero(np.diff(phrase)) + 1)[: len(phrase)]
        _save(phrase[bounds], place / "phrases.npy")
        _save(np.append(bounds, len(phrase)), place / "bounds.npy")
        _save(used["place"].to_numpy(), place / "places.npy")
        (place / "placed.parquet").unlink()
        return cls.opened(place)

    @classmethod
    def opened(cls, place: Path) -> Uses:
        """What :meth:`made` wrote into the folder ``place``, mapped."""
        columns = {name: _mapped(place / f"{name}.npy") for name in COLUMNS}
        phrases, bounds, places = (_mapped(place / f"{name}.npy") for name in ("phrases", "bounds", "places"))
        return cls(columns, phrases, bounds, places)

    def each(self, phrase: int) -> npt.NDArray[np.int32]:
        """int32, places of the conversations that use a phrase, ascending; none where it is unknown."""
        if phrase in self.whole:
            return self.whole[phrase]
        low, high = (np.searchsorted(self.phrases, phrase, side) for side in ("left", "right"))
        found: npt.NDArray[np.int32] = self.places[self.bounds[low] : self.bounds[high]]
        return found

    def of(self, accounts: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
        """int32, places of all conversations of accounts, ascending."""
        first, end = (np.searchsorted(self.columns["account"], np.unique(accounts), side) for side in ("left", "right"))
        parts = [np.arange(low, high, dtype=np.int32) for low, high in zip(first, end, strict=True)]
        return np.concatenate([np.zeros(0, np.int32), *parts])

    def every(self, phrases: Iterable[int], accounts: npt.NDArray[np.int32] | None = None) -> npt.NDArray[np.int32]:
        """int32, places of each of the phrases one after the other, so that one of two phrases stands twice.

        accounts: whose conversations are meant; default: everybody's.
        """
        found = np.concatenate([np.zeros(0, np.int32), *(self.each(phrase) for phrase in phrases)])
        if accounts is None or not len(found):
            return found
        whose = self.columns["account"][found]
        chosen = np.zeros(int(max(whose.max(), accounts.max(initial=0))) + 1, bool)
        chosen[accounts] = True
        own: npt.NDArray[np.int32] = found[chosen[whose]]
        return own

    def distinct(self, phrases: Iterable[int], accounts: npt.NDArray[np.int32] | None = None) -> npt.NDArray[np.int32]:
        """int32, ascending: the places of :meth:`every`, each once."""
        asked = tuple(phrases)
        found = self.every(asked, accounts)
        size = len(self.columns["account"])
        if len(asked) < 2:
            return found
        if FEW * len(found) < size:
            found.sort()
            once: npt.NDArray[np.int32] = found[np.diff(found, prepend=-1) != 0]
            return once
        marked = np.zeros(size, bool)
        marked[found] = True
        return np.flatnonzero(marked).astype(np.int32)

    def table(self, places: npt.NDArray[np.int32]) -> pa.Table:
        """All columns of these conversations, in the order of ``places``."""
        return pa.table({name: column[places] for name, column in self.columns.items()})


def _save(values: npt.NDArray[Any], path: Path) -> None:
    with renamed_into(path) as partial, partial.open("wb") as file:
        np.save(file, values)


def _mapped(path: Path) -> npt.NDArray[Any]:
    found: npt.NDArray[Any] = np.load(path, mmap_mode="r")
    return np.asarray(found)
