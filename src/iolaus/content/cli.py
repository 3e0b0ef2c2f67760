"""``iolaus content``: what requests are compared with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from iolaus.content.baseline_cli import app as baseline
from iolaus.options import group

app = group("content", "What requests are compared with.")

app.add_typer(baseline)


@app.command()
def index(
    files: Annotated[list[Path], typer.Argument(help="corpora: JSONL, CSV, Parquet, or .txt", metavar="FILE...")],
    to: Annotated[Path, typer.Option(help="the index; one that exists is extended")] = Path("content-index.npz"),
    column: Annotated[str | None, typer.Option(help="column that holds the texts")] = None,
    name: Annotated[str | None, typer.Option(help="name of the corpus; default: of the file")] = None,
) -> None:
    """Index public corpora, so that a scan can say which of them is worked through (setting link.content_index)."""
    from rich.console import Console

    from iolaus.content.corpora import read
    from iolaus.content.index import Index, load

    found = load(to) if to.exists() else Index.empty()
    for path in files:
        found = found.extended(name or path.stem, read(path, column))
    found.save(to)
    load.cache_clear()
    console = Console(highlight=False)
    for place, corpus in enumerate(found.names):
        console.print(f"{corpus}: {int((found.corpus == place).sum()):,} items")
    console.print(f"Index: {to}", soft_wrap=True)
