"""What each text says beside the words that it shares with the others of its set.

Words that brought a set together would tell it from anything; with them out, what is compared is what is asked.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

RUN = 4
"""Words, or letters of an unspaced script, that make a shared run."""

_TOKEN = re.compile(r"[\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff]|[^\s\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff]+")


def without_shared(texts: Sequence[str], share: float) -> list[str]:
    """Each text without runs of words that at least ``share`` of the texts hold, two texts at least."""
    spans = [[found.span() for found in _TOKEN.finditer(text)] for text in texts]
    words = [[text[a:b].casefold() for a, b in places] for text, places in zip(texts, spans, strict=True)]
    holders = Counter(run for tokens in words for run in set(_runs(tokens)))
    least = max(2.0, share * len(texts))
    return [
        _kept(text, places, [holders[run] >= least for run in _runs(tokens)])
        for text, places, tokens in zip(texts, spans, words, strict=True)
    ]


def _runs(tokens: Sequence[str]) -> list[tuple[str, ...]]:
    return [tuple(tokens[place : place + RUN]) for place in range(len(tokens) - RUN + 1)]


def _kept(text: str, spans: Sequence[tuple[int, int]], shared: Sequence[bool]) -> str:
    dropped = [False] * len(spans)
    for place, out in enumerate(shared):
        if out:
            dropped[place : place + RUN] = [True] * RUN
    pieces, last = [], 0
    for (begin, end), out in zip(spans, dropped, strict=True):
        if out:
            pieces.append(text[last:begin])
            last = end
    return "".join([*pieces, text[last:]]).strip()
