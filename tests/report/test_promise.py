"""The promise and the level that it asks for, as people read them."""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from iolaus.findings import Level
from iolaus.report import summary
from iolaus.report.page import write_report
from iolaus.report.results import load
from iolaus.report.terminal import explain

from . import cohorts, fixture

PROMISE = (
    "At most 20 false campaigns per million active account-weeks are promised, over all looks."
    " This look saw 9,120 active account-weeks, 1,310 of them new, tested 17 cohorts, and asked of each a level of 3.11"
    " (log10 of an e-value)."
)


def said(folder: Path, campaign: str | None = None) -> str:
    out = io.StringIO()
    explain(folder, campaign, None, Console(file=out, width=400, force_terminal=False))
    return out.getvalue()


def test_page_and_terminal_say_what_was_promised_and_reached(tmp_path: Path) -> None:
    folder = fixture.two_campaigns(tmp_path)
    write_report(folder, tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text("utf-8")
    for text in (said(folder), page):
        assert PROMISE in text
    for text in (said(folder, "hydra-7f3a"), page):
        assert "Level 3.87; 3.11 is needed." in text
    assert "Level" not in said(folder, "grader-19be")
    assert summary.promise(load(folder).run) == PROMISE


def test_a_level_that_was_missed_or_is_not_asked_for_is_said() -> None:
    below = cohorts.cohort("a", "undetermined", "s", level=Level(score=3.0, reached=2.5, needed=3.0))
    assert summary.why_not(below) == "level not reached"
    known = cohorts.cohort("a", "campaign", "s", level=Level(score=3.0, reached=2.5, needed=None))
    assert summary.reached(known) == "Level 2.50; reported before, so none is needed."
    assert "level" not in summary.why_not(known)
