"""An index of public corpora: which evaluation and instruction sets a set of requests comes from.

Of each item the smallest hashes of its shingles are kept, keyed with a secret of the index's own, so that nobody can
tell which words are compared. A request holds an item where most of these stand in it, whatever is written around it.
Source: bottom-k sketches and containment, Broder 1997.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from iolaus.errors import InputError
from iolaus.key import BYTES, Key
from iolaus.sketch.settings import SketchSettings
from iolaus.sketch.shingle import sketch
from iolaus.workspace import disk_error

EACH = 12
"""Shingles of an item that are kept."""

LEAST = 4
"""Shingles below which an item is too short to be told."""

HELD = 0.7
"""Share of an item's shingles that a request must hold."""

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Held:
    """What n requests hold of one corpus: ``requests`` with an item of it, ``items`` different ones, of ``size``."""

    corpus: str
    requests: int
    items: int
    size: int


@dataclass(frozen=True)
class Index:
    """secret: 32 bytes; names: of corpora; corpus: int64[items]; shingles: int64[s], ascending; item: int64[s]."""

    secret: bytes
    names: tuple[str, ...]
    corpus: Numbers
    shingles: Numbers
    item: Numbers

    @classmethod
    def empty(cls) -> Index:
        """An index of nothing, with a new secret."""
        none = np.zeros(0, np.int64)
        return cls(os.urandom(BYTES), (), none, none, none)

    def extended(self, name: str, texts: Sequence[str]) -> Index:
        """With the items of one more corpus, or more items of a known one; texts that are too short are left out."""
        found = sketch(pa.array(texts, pa.large_string()), Key(self.secret), SketchSettings(rate=1.0))
        bounds = zip(found.offsets[:-1], found.offsets[1:], strict=True)
        kept = [np.sort(_smallest(found.shingles[first:last])) for first, last in bounds]
        names = self.names if name in self.names else (*self.names, name)
        known = self._rows(names.index(name))
        fresh = [
            row for key, row in {row.tobytes(): row for row in kept if len(row) >= LEAST}.items() if key not in known
        ]
        numbers = np.repeat(np.arange(len(fresh)) + len(self.corpus), [len(row) for row in fresh])
        shingles = np.concatenate([self.shingles, *fresh])
        item = np.concatenate([self.item, numbers]).astype(np.int64)
        order = np.lexsort((item, shingles))
        corpus = np.concatenate([self.corpus, np.full(len(fresh), names.index(name), np.int64)])
        return Index(self.secret, names, corpus, shingles[order], item[order])

    def _rows(self, corpus: int) -> set[bytes]:
        """Shingles of every item of a corpus, ascending."""
        order = np.argsort(self.item, kind="stable")
        bounds = np.searchsorted(self.item[order], np.arange(len(self.corpus) + 1))
        return {
            self.shingles[order[bounds[item] : bounds[item + 1]]].tobytes()
            for item in np.flatnonzero(self.corpus == corpus)
        }

    def held(self, texts: Sequence[str]) -> list[Held]:
        """What ``texts`` hold of each corpus, in the order of ``names``."""
        found = sketch(pa.array(texts, pa.large_string()), Key(self.secret), SketchSettings(rate=1.0))
        sizes = np.bincount(self.item, minlength=len(self.corpus))
        requests = np.zeros(len(self.names), np.int64)
        items: list[set[int]] = [set() for _ in self.names]
        for first, last in zip(found.offsets[:-1], found.offsets[1:], strict=True):
            whole = self._items(found.shingles[first:last], sizes)
            for corpus in np.unique(self.corpus[whole]):
                requests[corpus] += 1
                items[corpus].update(whole[self.corpus[whole] == corpus].tolist())
        totals = np.bincount(self.corpus, minlength=len(self.names))
        return [
            Held(name, int(requests[place]), len(items[place]), int(totals[place]))
            for place, name in enumerate(self.names)
        ]

    def _items(self, shingles: Numbers, sizes: Numbers) -> Numbers:
        """Items that a text of these shingles holds."""
        low, high = np.searchsorted(self.shingles, shingles, "left"), np.searchsorted(self.shingles, shingles, "right")
        met = [self.item[a:b] for a, b in zip(low, high, strict=True) if a < b]
        if not met:
            return np.zeros(0, np.int64)
        item, count = np.unique(np.concatenate(met), return_counts=True)
        found: Numbers = item[count >= HELD * sizes[item]]
        return found

    def save(self, path: Path) -> None:
        """Write the index, readable by its owner alone. Raises InputError where the disk does not allow it."""
        partial = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                np.savez_compressed(
                    file,
                    secret=np.frombuffer(self.secret, np.uint8),
                    names=np.array(self.names, np.str_),
                    corpus=self.corpus,
                    shingles=self.shingles,
                    item=self.item,
                )
            partial.replace(path)
        except OSError as error:
            raise disk_error(path, error) from error


def _smallest(shingles: Numbers) -> Numbers:
    """The same shingles of an item in whatever text it stands: those with the smallest hashes."""
    unsigned = np.sort(shingles.view(np.uint64))[:EACH]
    return unsigned.view(np.int64)


@lru_cache(maxsize=2)
def load(path: Path) -> Index:
    """The index in ``path``. Raises InputError where there is none."""
    try:
        with np.load(path, allow_pickle=False) as kept:
            return Index(
                kept["secret"].tobytes(),
                tuple(kept["names"].tolist()),
                kept["corpus"],
                kept["shingles"],
                kept["item"],
            )
    except OSError as error:
        raise disk_error(path, error) from error
    except (KeyError, ValueError):
        raise InputError(f"{path}: no index of corpora. Make one with 'iolaus content index'.") from None
