"""The tables of the baseline in docs/content.md."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from training.content.page import share, table

Figures = dict[str, Any]
WAYS = ("scan", "known", "cleared", "new", "turned")


def _contamination(figures: Figures) -> str:
    def weight(value: float | None) -> str:
        return "-" if value is None else f"{value:+.2f}"

    return table(
        ("hostile accounts", "worlds", "all, mean", "all, trimmed", "closed, mean", "closed, trimmed", "all, cosine",
         "closed, cosine", "within the stated range", "hostile that taught", "honest left out",
         "campaign beside the scan", "beside all", "beside the closed mix", "beside the truth"),
        (
            (
                share(r["share"]), r["worlds"],
                *(f"{r[name]:.3f}" for name in ("everybody_mean", "everybody_trimmed", "taught_mean", "taught_trimmed",
                                                "everybody_cosine", "taught_cosine")),
                share(r["held"]), share(r["hostile_taught"]), share(r["honest_left_out"]),
                *(weight(r[f"weight_{name}"]) for name in ("scan", "everybody", "taught", "clean")),
            )
            for r in figures["contamination"]
        ),
    )  # fmt: skip


def _customers(figures: Figures) -> str:
    def cell(row: Figures, name: str) -> str:
        low, high = row["bounds"][name]
        return f"{row[name]} ({low:.1%} to {high:.1%})"

    return table(
        ("crowd", "cohorts", "the scan itself", "a baseline that knows it", "one of everybody", "one that never saw it",
         "yes because it is new", "accused, any way"),
        (
            (r["crowd"].replace("_", " "), r["cohorts"], *(cell(r, name) for name in WAYS), r["accused"])
            for r in figures["customers"]
        ),
    )  # fmt: skip


SECTIONS: dict[str, Callable[[Figures], str]] = {
    "baseline_contamination": _contamination,
    "baseline_customers": _customers,
}
