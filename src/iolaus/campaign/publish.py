"""The words of cohorts that may be shown, as far as enough legal entities send them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from iolaus.campaign.excerpts import excerpt
from iolaus.campaign.judged import Judged, Settings
from iolaus.engine import Engine
from iolaus.link.assemble import Assembly
from iolaus.link.candidates import Candidate
from iolaus.link.passages import SharedWords
from iolaus.link.readings import read

SHOWN_PHRASES = 12
"""Phrases of a cohort whose words are looked for."""


def published(
    cohorts: Sequence[Judged],
    exchanges: Path,
    shared: SharedWords,
    assembly: Assembly,
    engine: Engine,
    settings: Settings,
) -> list[Judged]:
    """Add the words that may be shown of every cohort that is not simply explained."""
    ranks = word_ranks(engine)
    shown = {
        judged.tested.candidate.id: top_phrases(ranks, judged.tested.candidate)
        for judged in cohorts
        if judged.judgement.verdict != "explained"
    }
    asked = [
        Candidate(f"{name}/{phrase}", (), (phrase,), judged.tested.candidate.accounts, False, 0)
        for judged in cohorts
        for name in [judged.tested.candidate.id]
        for phrase in shown.get(name, ())
    ]
    words = read(exchanges, engine, assembly.uses, asked, settings.link, shared)
    entity = _entities(assembly.population.accounts)
    return [
        replace(
            judged,
            published={
                phrase: excerpt(
                    words.get(f"{judged.tested.candidate.id}/{phrase}", ()), entity, settings.sketch.publish_k
                )
                for phrase in shown.get(judged.tested.candidate.id, ())
            },
        )
        for judged in cohorts
    ]


def word_ranks(engine: Engine) -> dict[int, int]:
    """Phrases of words -> their rank by use. Needs the view phrases."""
    table = engine.table("SELECT phrase FROM phrases WHERE kind = 'words' ORDER BY conversations DESC, phrase")
    return {phrase: rank for rank, phrase in enumerate(table["phrase"].to_pylist())}


def top_phrases(ranks: Mapping[int, int], candidate: Candidate) -> tuple[int, ...]:
    """The most used phrases of words of a candidate. ranks: what :func:`word_ranks` says."""
    words = {phrase for phrase in candidate.phrases if phrase in ranks}
    return tuple(sorted(words, key=ranks.__getitem__)[:SHOWN_PHRASES])


def _entities(accounts: pa.Table) -> dict[int, str]:
    """Account number -> its legal entity, else the account itself."""
    legal = accounts["legal_entity_id"].to_pylist() if "legal_entity_id" in accounts.column_names else []
    return {
        number: (f"entity:{legal[number]}" if legal and legal[number] is not None else f"account:{number}")
        for number in range(len(accounts))
    }
