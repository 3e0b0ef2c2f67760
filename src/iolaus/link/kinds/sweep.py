"""Sweep: is a long list of different things worked through, without coming back?

Sees: a work-list. Each item is asked about once over the whole cohort, or so many times to compare answers, and there
is no end of new ones.
Must spare: a class and strangers over one problem bank (the same items again and again, from many accounts); a person
with a favourite prompt (few uses). A firm's own batch job sweeps too: content alone accuses nobody.
An analyst next: looks for the public corpus that the items come from; an index of corpora names it.
Source: repeats of keyed hashes of whole texts, within and across accounts; :mod:`iolaus.content.index`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from iolaus.content.index import Held, load
from iolaus.findings import Evidence, Family, Question
from iolaus.link.cohort import Cohort
from iolaus.link.population import Population
from iolaus.link.settings import LinkSettings
from iolaus.link.weights import along, piece

KIND = "sweep"
FAMILY: Family = "content"
QUESTION: Question = "content"


def weigh(cohort: Cohort, population: Population, settings: LinkSettings) -> Evidence | None:
    """Positive for many different items, each about once or dealt a few times; negative where the same come back."""
    texts, _ = cohort.asked
    if len(texts) < settings.least_sweep:
        return None
    distinct = len(np.unique(texts))
    novelty = distinct / len(texts)
    dealt = cohort.met.dealt(settings.chosen_overlap)
    weight = settings.sweep_cap * min(1.0, math.log10(distinct / settings.least_sweep) / 1.5)
    if dealt >= settings.sweep_dealt:
        says = "a list of them is dealt, each a few times"
    elif novelty >= settings.sweep_novelty:
        says = "nearly every one is asked once"
    elif novelty >= settings.sweep_again:
        says = "most are asked once"
        weight *= along(novelty, settings.sweep_again, settings.sweep_novelty)
    else:
        says = "the same ones come back"
        weight = -settings.sweep_cap * (settings.sweep_again - novelty) / settings.sweep_again * 2
    once = dealt >= settings.sweep_dealt or novelty >= settings.sweep_novelty
    corpus = _corpus(cohort, settings)
    if corpus is not None and weight > 0:
        weight = max(weight, settings.sweep_cap * min(1.0, corpus.ratio))
    return piece(
        KIND,
        FAMILY,
        QUESTION,
        weight,
        settings.sweep_cap,
        f"{distinct} different requests in {len(texts)} conversations: {says}."
        + ("" if corpus is None else corpus.sentence(len(texts))),
        distinct=distinct,
        conversations=len(texts),
        novelty=novelty,
        dealt=round(dealt, 6),
        once=float(once),
        **({} if corpus is None else corpus.numbers(len(texts))),
    )


@dataclass(frozen=True)
class Corpus:
    """The corpus whose items fill most of the sampled requests. ``ratio``: log10 of its share to strangers' share."""

    held: Held
    sampled: int
    others: float
    ratio: float

    def coverage(self, conversations: int) -> float:
        """Share of the corpus that so many conversations can have asked for, if what was sampled is usual."""
        return min(1.0, conversations * self.held.items / self.sampled / self.held.size)

    def sentence(self, conversations: int) -> str:
        """What was found, for people."""
        return (
            f" {self.held.requests} of {self.sampled} sampled requests hold an item of {self.held.corpus},"
            f" {self.held.items} different ones; up to {self.coverage(conversations):.0%} of its {self.held.size} items"
            " may have been asked."
        )

    def numbers(self, conversations: int) -> dict[str, float]:
        """The same as numbers."""
        return {
            "corpus_share": self.held.requests / self.sampled,
            "corpus_items": self.held.items,
            "corpus_others": self.others,
            "corpus_coverage": self.coverage(conversations),
        }


def _corpus(cohort: Cohort, settings: LinkSettings) -> Corpus | None:
    """The corpus that most sampled requests hold items of; None without an index or below ``index_share``."""
    if settings.content_index is None or len(cohort.words) < settings.least_words:
        return None
    index = load(settings.content_index)
    best = max(index.held(cohort.words), key=lambda held: held.requests, default=None)
    if best is None or best.requests < settings.index_share * len(cohort.words):
        return None
    words = tuple(word for word, stranger in zip(cohort.outside_words, cohort.strange_words, strict=True) if stranger)
    strangers = {held.corpus: held.requests for held in _strangers(settings.content_index, words)}
    others = strangers[best.corpus] / max(len(words), 1)
    floor = settings.index_floor
    ratio = math.log10((best.requests / len(cohort.words) + floor) / (others + floor))
    return Corpus(best, len(cohort.words), others, ratio)


@lru_cache(maxsize=2)
def _strangers(path: Path, texts: tuple[str, ...]) -> list[Held]:
    return load(path).held(texts)
