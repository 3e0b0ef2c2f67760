"""Frames and word lists, compiled to integer programs that the composer runs."""

from __future__ import annotations

import functools
import gzip
import re
from dataclasses import dataclass, field
from importlib import resources

import numpy as np
import numpy.typing as npt

LIT, LIST, TASTE, OWN, FRESH, NUM, GROUP, ITEM, HABIT = range(9)
"""Kinds of operation: literal, word of a list, word of the author's taste, name of the author's, name of
the conversation's, number, nested group, the place where a template takes its item, and a nested group that the
author always words alike."""

NAMES = ("project", "module", "company", "person", "place")
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Family:
    """One template family: its paraphrases are the frames ``start .. start + count - 1``."""

    name: str
    hostile: bool
    held_out: bool
    group: int


@dataclass(frozen=True)
class Lexicon:
    """Compiled text: tokens as one byte blob, lists of tokens, frames of operations, groups of frames."""

    blob: npt.NDArray[np.uint8]
    token_at: Ints
    list_at: Ints
    members: Ints
    topic_at: Ints
    topic_members: Ints
    ops: npt.NDArray[np.int64]
    frame_at: Ints
    group_at: Ints
    groups: dict[str, int]
    lists: dict[str, int]
    families: dict[str, Family]

    @property
    def topics(self) -> int:
        """How many topics there are."""
        return len(self.topic_at) - 1

    def paraphrases(self, group: int) -> int:
        """Frames of a group."""
        return int(self.group_at[group + 1] - self.group_at[group])

    @property
    def arrays(self) -> tuple[npt.NDArray[np.uint8], Ints, Ints, Ints, Ints, Ints, Ints, Ints, Ints]:
        """What the composer takes, in its order."""
        return (
            self.blob, self.token_at, self.list_at, self.members, self.topic_at, self.topic_members,
            self.ops, self.frame_at, self.group_at,
        )  # fmt: skip


@dataclass
class _Source:
    """What the text files say, before compiling."""

    groups: dict[str, list[str]] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=dict)
    families: dict[str, tuple[bool, bool]] = field(default_factory=dict)

    def read(self, text: str) -> None:
        held: list[str] = []
        is_list = False
        for line in text.splitlines():
            if not line.strip() or line.startswith("#"):
                continue
            if not line.startswith("@"):
                held += [part.strip() for part in line.split("|")] if is_list else [line]
                continue
            what, name, *marks = line[1:].split()
            held, is_list = [], what == "list"
            (self.lists if is_list else self.groups)[name] = held
            if what == "family":
                self.families[name] = ("kind=hostile" in marks, "held_out=yes" in marks)


@functools.cache
def lexicon() -> Lexicon:
    """The lexicon of the package's own grammar and topics."""
    source = _Source()
    folder = resources.files("iolaus.simulate") / "grammar"
    for name in sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".txt")):
        source.read((folder / name).read_text("utf-8"))
    packed = (resources.files("iolaus") / "data" / "world_topics.txt.gz").read_bytes()
    topics = [line.split("\t") for line in gzip.decompress(packed).decode().splitlines()]
    return _Compiler(source).compile(topics)


class _Compiler:
    def __init__(self, source: _Source) -> None:
        self.source = source
        self.tokens: dict[bytes, int] = {}
        self.lists = {name: n for n, name in enumerate(source.lists)}
        self.groups = {name: n for n, name in enumerate(source.groups)}

    def compile(self, topics: list[list[str]]) -> Lexicon:
        frames: list[list[int]] = []
        group_at = [0]
        for lines in self.source.groups.values():
            frames += [self.frame(line) for line in lines]
            group_at.append(len(frames))
        words = [[self.token(word) for word in items] for items in self.source.lists.values()]
        chunks = [[self.token(word) for word in items] for items in topics]
        blob = b"".join(self.tokens)
        return Lexicon(
            blob=np.frombuffer(blob, np.uint8),
            token_at=_offsets(len(token) for token in self.tokens),
            list_at=_offsets(map(len, words)),
            members=_flat(words),
            topic_at=_offsets(map(len, chunks)),
            topic_members=_flat(chunks),
            ops=_flat(frames),
            frame_at=_offsets(map(len, frames)),
            group_at=np.array(group_at, np.int64),
            groups=self.groups,
            lists=self.lists,
            families={
                name: Family(name, hostile, held_out, self.groups[name])
                for name, (hostile, held_out) in self.source.families.items()
            },
        )

    def token(self, text: str) -> int:
        return self.tokens.setdefault(text.encode(), len(self.tokens))

    def frame(self, line: str) -> list[int]:
        line = line.replace("\\n", "\n").replace("\\t", "\t")
        ops: list[int] = []
        for part in re.split(r"(\{[a-z_0-9]+(?::[a-z0-9_-]+)?\})", line):
            if part:
                is_slot = re.fullmatch(r"\{[a-z_0-9]+(?::[a-z0-9_-]+)?\}", part)
                kind, value = self.slot(part[1:-1]) if is_slot else (LIT, self.token(part))
                ops.append(kind + 16 * value)
        return ops

    def slot(self, slot: str) -> tuple[int, int]:
        name, _, detail = slot.partition(":")
        if name == "thing":
            return TASTE, 0
        if name == "item":
            return ITEM, 0
        if name == "own":
            return HABIT, self.groups[detail]
        if name in ("name", "new"):
            return (OWN if name == "name" else FRESH), NAMES.index(detail)
        if name == "num":
            low, high = (int(part) for part in detail.split("-"))
            return NUM, low * 1_000_000 + high
        if name in self.lists:
            return LIST, self.lists[name]
        return GROUP, self.groups[name]


def _offsets(sizes: object) -> Ints:
    return np.concatenate([[0], np.cumsum(np.fromiter(sizes, np.int64))]).astype(np.int64)  # type: ignore[call-overload]


def _flat(rows: list[list[int]]) -> Ints:
    return np.array([value for row in rows for value in row], np.int64)
