"""The tables of the baseline in docs/content.md."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from training.content.page import share

from iolaus.quoted import table

Figures = dict[str, Any]
WAYS = ("scan", "known", "cleared", "new", "turned")


def _contamination(figures: Figures) -> str:
    moved = ("everybody_mean", "everybody_trimmed", "taught_mean", "taught_trimmed")
    return table(
        ("hostile accounts", "worlds", "everybody, mean", "everybody, trimmed", "who may teach, mean",
         "who may teach, trimmed", "honest levels within the range", "hostile accounts that taught", "honest left out"),
        (
            (
                f"{r['share']:.0%}", r["worlds"], *(f"{r[name]:.3f}" for name in moved),
                *(share(r[name]) for name in ("held", "hostile_taught", "honest_left_out")),
            )
            for r in figures["contamination"]
        ),
    )  # fmt: skip


def _weights(figures: Figures) -> str:
    return table(
        ("hostile accounts", "the scan's other accounts", "a baseline of everybody", "of who may teach",
         "of the honest, by truth"),
        (
            (f"{r['share']:.0%}", *(f"{r[f'weight_{name}']:+.2f}" for name in ("scan", "everybody", "taught", "clean")))
            for r in figures["contamination"] if r["weight_scan"] is not None
        ),
    )  # fmt: skip


def _scans(figures: Figures) -> str:
    return table(
        ("worlds", "way", "hostile accounts", "accused", "honest accounts", "accused of them", "campaigns"),
        ((r["worlds"], r["way"], *(r[key] for key in ("hostile", "found", "honest", "wronged", "campaigns")))
         for r in figures["scans"]),
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
    "baseline_weights": _weights,
    "baseline_scans": _scans,
    "baseline_customers": _customers,
}
