"""Two-sample test: do the cohort's requests differ from honest ones of like script, length, programme and pathway?

Sees: a cohort that asks other things than people do, whatever its words, even where only a part of it does.
Must spare: anybody with a purpose of his own. Users of one product and pupils of one class differ from other people
too: the weight is small, and a difference says that something is asked, never that it is harvested.
An analyst next: reads what the requests ask that matched accounts do not.
Source: mean shift, surplus features and surplus cells against matched windows, :mod:`iolaus.content.two_sample`;
the p-value as a bound on a Bayes factor after Sellke, Bayarri and Berger, The American Statistician 55 (2001).
"""

from __future__ import annotations

import math
from collections.abc import Hashable
from functools import lru_cache

import numpy as np

from iolaus.content.cohort_test import Honest, compare
from iolaus.content.matching import controls, script
from iolaus.content.own_words import without_shared
from iolaus.findings import Evidence, Family, Question
from iolaus.link.cohort import Cohort
from iolaus.link.population import Population
from iolaus.link.settings import LinkSettings
from iolaus.link.weights import piece

KIND = "two_sample"
FAMILY: Family = "content"
QUESTION: Question = "content"
COSTLY = True


def weigh(cohort: Cohort, population: Population, settings: LinkSettings) -> Evidence | None:
    """Positive where matched honest windows hardly ever differ as much, negative where they often differ more."""
    texts, authors = _own_requests(cohort, settings)
    if len(texts) < settings.two_sample_least or len(cohort.outside_words) < settings.two_sample_strangers:
        return None
    honest = _honest(cohort.outside_words)
    theirs = np.array(cohort.writers)[honest.rows]
    free = np.flatnonzero(~np.isin(theirs, cohort.everyone))
    words = [cohort.outside_words[row] for row in honest.rows[free]]
    chosen = controls(
        np.array([len(text) for text in texts]),
        _kinds(texts, authors, population),
        np.array([len(text) for text in words]),
        _kinds(words, theirs[free].tolist(), population),
    )
    if chosen is None:
        return None
    found = compare(honest, texts, [free[rows] for rows in chosen], settings.two_sample_windows)
    differs = found.p <= settings.two_sample_level
    says = (
        f"differ from those of matched honest accounts: about {found.surplus:.0%} of them ask what those hardly ask"
        if differs
        else "cannot be told from those of matched honest accounts"
    )
    weight = bound(found.p) if differs else -settings.two_sample_cap * (found.p > settings.two_sample_alike)
    return piece(
        KIND,
        FAMILY,
        QUESTION,
        weight,
        settings.two_sample_cap,
        f"Without the words that they share, {found.texts} requests {says} (p = {found.p:.2f}).",
        p=found.p,
        surplus=found.surplus,
        requests=found.texts,
        windows=found.windows,
    )


def bound(p: float) -> float:
    """log10 of the largest Bayes factor that a p-value can stand for, 1 / (-e p ln p); 0 from 1/e on."""
    return -math.log10(-math.e * p * math.log(p)) if 0 < p < 1 / math.e else 0.0


@lru_cache(maxsize=2)
def _honest(texts: tuple[str, ...]) -> Honest:
    return Honest.of(texts)


def _own_requests(cohort: Cohort, settings: LinkSettings) -> tuple[list[str], list[int]]:
    """One request of each account, without the words that the cohort shares; requests that are nothing else are out."""
    first: dict[int, str] = {}
    for author, text in zip(cohort.authors, cohort.words, strict=False):
        first.setdefault(author, text)
    cut = without_shared(list(first.values()), settings.two_sample_shared)
    kept = [(text, author) for text, author in zip(cut, first, strict=True) if text]
    return [text for text, _ in kept], [author for _, author in kept]


def _kinds(texts: list[str], authors: list[int], population: Population) -> list[tuple[Hashable, ...]]:
    """Script, programme and pathway of each request; the last two are those of its account."""
    names = population.accounts.column_names
    programme = population.accounts["programme"].take(authors).to_pylist() if "programme" in names else authors
    known = "programme" in names
    pathway = population.samples.get("pathways")
    return [
        (script(text), programme[place] if known else None, None if pathway is None else float(pathway[author]))
        for place, (text, author) in enumerate(zip(texts, authors, strict=True))
    ]
