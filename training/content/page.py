"""The tables of docs/content.md, made from the figures. What is measured is not retyped."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from training.content.labels import source_of

from iolaus.quoted import quoted, table

Figures = dict[str, Any]


def write(figures: Figures, page: Path, sections: Mapping[str, Callable[[Figures], str]] | None = None) -> None:
    """Replace what stands between ``<!-- figures: NAME -->`` and ``<!-- end -->``; ``sections``: NAME -> table."""
    text = page.read_text("utf-8")
    for name, render in (SECTIONS if sections is None else sections).items():
        text = quoted(text, name, render(figures))
    page.write_text(text, "utf-8")


def share(value: float | None) -> str:
    """A share as per cent."""
    return "-" if value is None else f"{value:.1%}"


def span(value: float, ends: list[float]) -> str:
    """A figure with its interval."""
    return f"{value:.3f} ({ends[0]:.3f} to {ends[1]:.3f})"


def _held_out(figures: Figures) -> str:
    rows = figures["held_out"]
    sources = {
        name: {source_of(r["source"]) for r in rows if r["class"] == name} for name in {r["class"] for r in rows}
    }
    return table(
        ("class", "source held out", "texts", "others", "AUROC", "seven features", "word lists", "recall at 5 %",
         "at 1 %", "at 0.1 %"),
        (
            (
                r["class"].replace("_", " "), r["source"], r["positives"], r["negatives"],
                span(r["auroc"], r["interval"]), span(r["shallow"], r["shallow_interval"]),
                f"{r['word_lists']:.3f}" if "word_lists" in r else "-",
                *("not measurable" if v is None else share(v) for v in r["recall"].values()),
            )
            for r in rows if len(sources[r["class"]]) > 1
        ),
    )  # fmt: skip


def _honest(figures: Figures) -> str:
    def cell(found: Figures) -> str:
        return f"{found['raised']} of {found['tested']} (below {found['upper']:.2%})"

    rows = figures["honest"]
    total = {"source": "all", "prompts": sum(r["prompts"] for r in rows), **rows[-1]["total"]}
    return table(
        ("source", "prompts", "an account that asks nothing else", "a class of 100 that shares it",
         "a framework's users, groups of 64"),
        (
            (r["source"], r["prompts"], cell(r["account"]), cell(r["class"]), cell(r["framework"]))
            for r in [*rows, total]
        ),
    )  # fmt: skip


def _honest_intents(figures: Figures) -> str:
    names = list(figures["honest"][0]["by_intent"])
    return table(
        ("prompts above one half", *(name.replace("_", " ") for name in names)),
        ((r["source"], *(r["by_intent"][name] for name in names)) for r in figures["honest"]),
    )


def _blind(found: Figures) -> str:
    lines = [
        f"{found['hostile']} hostile texts in {len(found['families'])} families, {found['honest']} honest neighbours in"
        f" {len(found['neighbours'])}. At {found['allowed']} of {found['honest']} honest neighbours (0.5 %):"
        f" **{share(found['recall'])} found**; "
        + ", ".join(f"at {float(rate):.0%} {share(value)}" for rate, value in found["looser"].items())
        + f"; AUROC {span(found['auroc'], found['interval'])}. At a probability of"
        f" one half: {share(found['at_half'])} found, {found['honest_at_half']} honest neighbours (upper bound"
        f" {share(found['honest_at_half_upper'])}). Lists of words: {share(found['word_lists']['recall'])} found,"
        f" {share(found['word_lists']['honest'])} of honest neighbours.",
        "",
        f"Pooled over its uses, {found['families_above_every_neighbour']} of {len(found['families'])} hostile families"
        " stand above every honest one.",
        "",
        table(
            ("hostile family", "found", "pooled probability"),
            ((n, f"{f['found']} of {f['texts']}", f"{f['pooled']:.2f}") for n, f in found["families"].items()),
        ),
        "",
        table(("honest family", "pooled probability"), ((n, f"{p:.2f}") for n, p in found["neighbours"].items())),
    ]
    return "\n".join(lines)


def _survival(figures: Figures) -> str:
    return table(
        ("disguise", "hostile above one half", "honest above one half", "AUROC"),
        (
            (r["disguise"], share(r["hostile"]), share(r["honest"]), "-" if r["auroc"] is None else f"{r['auroc']:.3f}")
            for r in figures["survival"]
        ),
    )


SECTIONS = {
    "held_out": _held_out,
    "honest": _honest,
    "honest_intents": _honest_intents,
    "blind": lambda figures: _blind(figures["blind"]),
    "blind2": lambda figures: _blind(figures["blind2"]),
    "survival": _survival,
}
