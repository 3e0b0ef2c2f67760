"""The sweep with an index of public corpora."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from iolaus.content.index import Index
from iolaus.findings import Evidence
from iolaus.link.kinds import sweep
from iolaus.link.settings import LinkSettings

from . import factories

ITEMS = [
    f"A farmer sells {n} baskets of {fruit} for {n + 3} coins each, then buys two more fields; what is left at the end?"
    for n, fruit in enumerate(("apples", "pears", "plums", "figs", "dates", "limes", "nuts", "beans") * 8)
]


def swept(share: float) -> Evidence:
    """A sweep of which so large a share of the requests is different, the others drawn anew from the same."""
    found, everyone = factories.made(2, queue=True, uses=25)
    count, draws = len(found.conversations), np.random.default_rng(3)
    texts = np.arange(1, count + 1)
    again = draws.choice(count, round((1 - share) * count), replace=False)
    texts[again] = draws.choice(np.setdiff1d(texts, texts[again]), len(again))
    place = found.conversations.column_names.index("text")
    found = replace(found, conversations=found.conversations.set_column(place, "text", pa.array(texts)))
    piece = sweep.weigh(found, everyone, LinkSettings())
    assert piece is not None
    return piece


def test_a_sweep_fades_as_items_come_back() -> None:
    """Who asks for two answers to some items sweeps a list still; a worksheet that all come back to is none."""
    whole, most, half, few = (swept(share) for share in (1.0, 0.8, 0.55, 0.2))
    assert whole.log10_bf > most.log10_bf > half.log10_bf > 0 > few.log10_bf
    assert most.log10_bf > 0.6 * whole.log10_bf
    assert [piece.numbers["once"] for piece in (whole, most, half, few)] == [1, 0, 0, 0]


def test_a_sweep_names_its_corpus_and_a_class_is_spared(tmp_path: Path) -> None:
    Index.empty().extended("farm", ITEMS).save(tmp_path / "index.npz")
    settings = LinkSettings(content_index=tmp_path / "index.npz")
    found, everyone = factories.made(1)
    found = replace(found, words=tuple(f"Reason aloud: {item}" for item in ITEMS))
    piece = sweep.weigh(found, everyone, settings)
    assert piece is not None
    assert "hold an item of farm" in piece.sentence
    assert piece.numbers["corpus_share"] == 1
    assert piece.log10_bf == settings.sweep_cap
    same = found.conversations.set_column(
        found.conversations.column_names.index("text"), "text", pa.array([5] * len(found.conversations))
    )
    spared = sweep.weigh(replace(found, conversations=same), everyone, settings)
    assert spared is not None
    assert spared.log10_bf < 0
