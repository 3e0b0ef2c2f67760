"""Excerpts: the longest words that enough different customers share, and nothing that fewer do.

Text is shown only where the whole excerpt stands in requests of at least k legal entities (else accounts), and with
names, addresses, keys and long digits masked.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

LEAST_WORDS = 4
MOST_WORDS = 80

_MASKS = (
    (re.compile(r"\S+@\S+\.\S+"), "[address]"),
    (re.compile(r"(?:https?://|www\.)\S+"), "[link]"),
    (re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b"), "[address]"),
    (re.compile(r"\b(?=\w*\d)(?=\w*[A-Za-z])[\w-]{16,}\b"), "[key]"),
    (re.compile(r"\d[\d\s().-]{4,}\d"), "[digits]"),
    (re.compile(r"(?<=[a-z,;] )[A-Z][a-z]+ (?:[A-Z][a-z]+ ?)+"), "[name] "),
)


def excerpt(texts: Sequence[tuple[int, str]], entity: Mapping[int, str], k: int) -> str:
    """The longest run of words in the requests of at least ``k`` entities, masked; '' where there is none.

    texts: (account number, text). entity: account number -> the legal entity, else the account.
    """
    tokens = [(entity[account], _split(text)) for account, text in texts]
    holders: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for owner, words in tokens:
        for place in range(len(words) - LEAST_WORDS + 1):
            holders[tuple(words[place : place + LEAST_WORDS])].add(owner)
    common = {gram for gram, owners in holders.items() if len(owners) >= k}
    for run in sorted(_runs(tokens, common), key=lambda words: (-len(words), words)):
        shown = _longest_shared(run, tokens, k)
        if shown:
            return mask(" ".join(shown))
    return ""


def _split(text: str) -> list[str]:
    """Words; a script without spaces is taken by character."""
    return re.findall(r"[\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff]|[^\s\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff]+", text)


def _runs(tokens: Sequence[tuple[str, list[str]]], common: set[tuple[str, ...]]) -> set[tuple[str, ...]]:
    """Maximal runs of words all of whose 4-grams are common."""
    runs = set()
    for _, words in tokens:
        start = 0
        while start + LEAST_WORDS <= len(words):
            end = start
            while end + LEAST_WORDS <= len(words) and tuple(words[end : end + LEAST_WORDS]) in common:
                end += 1
            if end > start:
                runs.add(tuple(words[start : min(end + LEAST_WORDS - 1, start + MOST_WORDS)]))
            start = max(end, start + 1)
    return runs


def _longest_shared(run: tuple[str, ...], tokens: Sequence[tuple[str, list[str]]], k: int) -> tuple[str, ...]:
    """The longest beginning of ``run`` that, as a whole, at least ``k`` entities used."""
    joined = [(owner, f" {' '.join(words)} ") for owner, words in tokens]
    for length in range(len(run), LEAST_WORDS - 1, -1):
        wanted = f" {' '.join(run[:length])} "
        if len({owner for owner, text in joined if wanted in text}) >= k:
            return run[:length]
    return ()


def mask(text: str) -> str:
    """Replace what could name a person, a place on a network, a key or a number."""
    for pattern, name in _MASKS:
        text = pattern.sub(name, text)
    return text.strip()
