"""The tables of the window protocol in docs/content.md."""

from __future__ import annotations

from typing import Any

from training.content.page import share

from iolaus.quoted import table

Figures = dict[str, Any]
NAMES = {"ours": "cohort test", "mmd": "MMD", "mahalanobis": "Mahalanobis", "prada": "PRADA", "seat": "SEAT",
         "length": "KS on length"}  # fmt: skip


def _ratio(ratio: list[float | None]) -> str:
    value, low, high = ratio
    return "-" if value is None else f"{value:.2f} ({low:.2f} to {high:.2f})"


def _summary(figures: Figures) -> str:
    return table(
        ("honest mix, prompts a window, way", "share", "sets", "windows", *NAMES.values(), "our misses over MMD's"),
        (
            (f"{r['honest']}, {r['size']}, {r['way']}", f"{r['share']:.0%}", r["sets"], r["windows"],
             *(share(r["found"][t]) for t in NAMES), _ratio(r["ratio"]))
            for r in figures["summary"] if r["way"] != "honest"
        ),
    )  # fmt: skip


def _rates(figures: Figures) -> str:
    def cell(line: Figures, test: str) -> str:
        low, high = line["bounds"][test]
        return f"{share(line['found'][test])} ({low:.1%} to {high:.1%})"

    return table(
        ("honest windows", "windows", *NAMES.values()),
        (
            (f"{r['honest']}, {r['size']}", r["windows"], *(cell(r, t) for t in NAMES))
            for r in figures["summary"] if r["way"] == "honest"
        ),
    )  # fmt: skip


def _sets(figures: Figures) -> str:
    """Matched windows by set, at the shares that the goal names."""
    wanted = ((1500, 0.05), (1500, 0.1), (100, 0.25))
    rows = [r for r in figures["rows"] if r["way"] == "matched" and (r["size"], r["share"]) in wanted]
    lines = []
    for honest, name in sorted({(r["honest"], r["set"]) for r in rows}):
        cells: list[object] = [f"{name} in {honest}"]
        mine = [r for r in rows if (r["honest"], r["set"]) == (honest, name)]
        cells += [min(r["prompts"] for r in mine), f"{max(r['style'] for r in mine):.2f}"]
        for size, part in wanted:
            those = [r for r in mine if (r["size"], r["share"]) == (size, part)]
            total = sum(r["windows"] for r in those)
            cells.append(" / ".join(f"{sum(r['flagged'][t] for r in those) / total:.0%}" for t in ("ours", "mmd")))
        lines.append(cells)
    header = ("set, matched", "pairs", "AUROC of style left", *(f"{size} at {part:.0%}" for size, part in wanted))
    return table(header, lines)


def _customers(figures: Figures) -> str:
    return table(
        ("a customer whom the reference never saw", "share of the window", "windows", *NAMES.values()),
        (
            (r["source"], f"{r['share']:.0%}", r["windows"], *(share(r["flagged"][t] / r["windows"]) for t in NAMES))
            for r in figures["customers"]
        ),
    )


SECTIONS = {"windows": _summary, "window_rates": _rates, "window_sets": _sets, "window_customers": _customers}
