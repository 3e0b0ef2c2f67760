"""The sweep with an index of public corpora."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from iolaus.content.index import Index
from iolaus.link.kinds import sweep
from iolaus.link.settings import LinkSettings

from . import factories

ITEMS = [
    f"A farmer sells {n} baskets of {fruit} for {n + 3} coins each, then buys two more fields; what is left at the end?"
    for n, fruit in enumerate(("apples", "pears", "plums", "figs", "dates", "limes", "nuts", "beans") * 8)
]


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
        found.conversations.column_names.index("text"), "text", factories.pa.array([5] * len(found.conversations))
    )
    spared = sweep.weigh(replace(found, conversations=same), everyone, settings)
    assert spared is not None
    assert spared.log10_bf < 0
