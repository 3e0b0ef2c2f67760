"""Figures that pages quote: they stand between marks, and the command that measures them writes them anew."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from iolaus.workspace import write_atomically

END = "<!-- end -->"
"""The mark after which a page goes on in its writer's words."""


def begin(section: str) -> str:
    """The mark after which the figures of a section stand."""
    return f"<!-- figures: {section} -->\n"


def quoted(page: str, section: str, body: str) -> str:
    """The page with ``body`` between the marks of a section, in place of what stands there.

    Raises ValueError where the page lacks one of the marks.
    """
    before, mark, rest = page.partition(begin(section))
    if not mark:
        raise ValueError(f"the page has no figures named {section!r}: put {begin(section).strip()} and {END} into it")
    return f"{before}{mark}\n{body}\n\n{rest[rest.index(END) :]}"


def quote_in(page: Path, section: str, body: str) -> None:
    """Write ``body`` into the section of the file ``page``. Raises ValueError as :func:`quoted` does."""
    write_atomically(page, quoted(page.read_text("utf-8"), section, body).encode())


def table(header: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A Markdown table; every column but the first is set to the right."""
    names = list(header)
    lines = [names, ["---"] + ["---:"] * (len(names) - 1), *([str(cell) for cell in row] for row in rows)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
