"""The page of an evaluation: one offline HTML file with every table and its figures."""

from __future__ import annotations

from pathlib import Path

from iolaus.evaluate.evaluation import Evaluation
from iolaus.evaluate.figures import figures
from iolaus.evaluate.table import tables
from iolaus.report import offline
from iolaus.workspace import write_atomically

BESIDE = {
    "Recall by campaign, role and true share": "recall",
    "Leak before the first alarm": "leak",
    "Leak against false alarms": "curve",
    "Calibration of membership": "membership",
    "Calibration of the probability of cohorts": "probability",
    "Detectors": "detectors",
}
"""Title of a table -> the figure above it."""


def write_page(found: Evaluation, out: Path) -> None:
    """Write the page; the same figures give the same bytes. Raises InputError where ``out`` cannot be written."""
    drawn = figures(found)
    parts = [(title, BESIDE.get(title, ""), header, list(rows)) for title, header, rows in tables(found)]
    text = offline.render(
        offline.environment("iolaus.evaluate").get_template("evaluation.html"),
        drawn,
        worlds=found.worlds,
        weakest=found.weakest,
        parts=[part for part in parts if part[3]],
    )
    write_atomically(out, text.encode("utf-8"))
