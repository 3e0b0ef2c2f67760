"""What every population of a world stands on: its seed, its days, its pools and its registries."""

from __future__ import annotations

import functools
import io
import zipfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt

from iolaus.simulate.digits import hexadecimal
from iolaus.simulate.draws import below, mix, unit
from iolaus.simulate.lexicon import Lexicon, lexicon

SECOND = 1_000_000
HOUR = 3_600 * SECOND
DAY = 24 * HOUR
"""Times are integers: microseconds since 1970, UTC."""

Ints = npt.NDArray[np.int64]


@functools.cache
def arrays(name: str) -> dict[str, npt.NDArray[Any]]:
    """A packed data file of the package as named arrays."""
    content = (resources.files("iolaus") / "data" / name).read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {
            entry.removesuffix(".npy"): np.load(io.BytesIO(archive.read(entry)), allow_pickle=False)
            for entry in archive.namelist()
        }


@dataclass(frozen=True)
class Play:
    """How a conversation is worded: groups of the lexicon for its opening and its later turns.

    ``template`` names a family that wraps the opening, of which ``wordings`` paraphrases are used (0: all).
    ``tail`` names a list whose words are appended to the opening.
    """

    opening: str
    more: str = "ask_more"
    template: str = ""
    wordings: int = 0
    plain: bool = False
    tail: str = ""
    replay: bool = False


SHARED_EXITS = {
    "home": (0.45, 1800), "mobile": (0.9, 900), "vpn": (0.9, 250), "relay": (0.95, 150), "office": (0.2, 300),
    "campus": (0.5, 60), "cloud": (0.1, 120),
}  # fmt: skip
"""By kind of network: share of addresses that are exits of many people, and how many such exits a world has."""


@dataclass
class Ground:
    """The setting of one world; registries grow while populations are built, in a fixed order."""

    seed: int
    start: int
    days: int
    lexicon: Lexicon = field(default_factory=lexicon)
    plays: dict[Play, int] = field(default_factory=dict)
    crowds: list[str] = field(default_factory=list)
    campaigns: list[str] = field(default_factory=list)
    populations: int = 0
    units: int = 1
    pools: list[npt.NDArray[np.uint32]] = field(default_factory=list)
    pooled: int = 0
    part: int = 0
    until: int = 0
    verdicts: list[tuple[int, frozenset[str]]] = field(default_factory=list)
    shared: dict[str, npt.NDArray[np.uint32]] = field(default_factory=dict)

    @property
    def end(self) -> int:
        """First microsecond after the window."""
        return self.start + self.days * DAY

    @property
    def shown(self) -> int:
        """First microsecond that is not written yet: the end of the window, or of a prefix of it."""
        return min(self.until or self.end, self.end)

    @property
    def outage(self) -> tuple[int, int]:
        """An outage of the provider, half an hour or more, in each world of more than three days: all fail together.

        First microsecond of it and after it; equal where there is none.
        """
        place = mix(np.array([self.seed]), 909)
        begin = self.start + int((0.2 + 0.6 * float(unit(place, 1)[0])) * self.days * DAY)
        return begin, begin + (int((0.5 + float(unit(place, 2)[0])) * HOUR) if self.days > 3 else 0)

    def names(self, part: int, count: int) -> list[str]:
        """Account ids of a part of the population. Successors of a part come last, so that ids stay."""
        return [str(name) for name in hexadecimal(self.identities(part, count), "acct_").to_pylist()]

    def identities(self, part: int, count: int) -> npt.NDArray[np.uint64]:
        """A number for each account of a part of the population."""
        return mix((np.int64(part) << 32) + np.arange(count), self.seed + 901)

    def generator(self) -> np.random.Generator:
        """A generator of its own for each population."""
        self.populations += 1
        return np.random.default_rng([self.seed, self.populations])

    def play(self, play: Play) -> int:
        """The number of a play."""
        return self.plays.setdefault(play, len(self.plays))

    def crowd(self, name: str) -> int:
        """The number of a crowd."""
        if name not in self.crowds:
            self.crowds.append(name)
        return self.crowds.index(name)

    def fresh(self, count: int) -> Ints:
        """Numbers that nobody else has: of cards, devices, organisations, vouchers."""
        self.units += count
        return np.arange(self.units - count, self.units, dtype=np.int64)

    def pool(self, addresses: npt.NDArray[np.uint32]) -> int:
        """Keep addresses; returns where they start in the world's address book."""
        self.pools.append(addresses)
        self.pooled += len(addresses)
        return self.pooled - len(addresses)

    def exits(self, rng: np.random.Generator, kind: str, count: int) -> npt.NDArray[np.uint32]:
        """``count`` addresses of a kind of network as a provider sees them.

        Carriers, relays, VPN services and many home networks put strangers behind one exit, so that part of the
        draws comes from exits that the whole world shares; few of those are popular. Residential proxies leave
        through the same ones.
        """
        share, size = SHARED_EXITS[kind]
        known = self.shared.get(kind)
        if known is None:
            known = addresses(np.random.default_rng([self.seed, 0, *kind.encode()]), kind, size)
            self.shared[kind] = known
        popular = known[(size * rng.random(count) ** 1.5).astype(np.int64)]
        return np.where(rng.random(count) < share, popular, addresses(rng, kind, count))

    def topics_of(self, author: npt.NDArray[np.uint64], item: npt.NDArray[np.uint64]) -> Ints:
        """The topic of each item: authors have four topics, a favourite among them."""
        slot = np.searchsorted([0.48, 0.74, 0.9], unit(item, 41), side="right")
        return below(mix(author, 42) + slot.astype(np.uint64) * np.uint64(7919), 43, self.lexicon.topics)


def addresses(rng: np.random.Generator, kind: str, count: int) -> npt.NDArray[np.uint32]:
    """IPv4 addresses of a kind of network: home, mobile, campus, office, cloud, vpn, relay."""
    ranges = arrays("world_addresses.npz")[kind].astype(np.int64)
    size = ranges[:, 1] - ranges[:, 0] + 1
    weight = np.sqrt(size)
    pick = rng.choice(len(ranges), count, p=weight / weight.sum())
    if kind == "vpn":
        pick = np.minimum(pick, rng.integers(0, len(ranges), count))
    low: Ints = ranges[pick, 0]
    return (low + (rng.random(count) * size[pick]).astype(np.int64)).astype(np.uint32)


def parse_day(text: str) -> int:
    """Microseconds of an ISO 8601 date at midnight UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * SECOND
