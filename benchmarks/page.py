"""The tables of docs/benchmarks.md, made from the figures that the command wrote. What is measured is not retyped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from iolaus.quoted import begin, quoted, table

Figures = dict[str, Any]
MACHINE_FIELDS = ("processor", "cores", "memory", "system", "load")


def write_page(figures: Figures, page: Path) -> None:
    """Replace what stands between the marks ``<!-- figures: NAME -->`` and ``<!-- end -->`` of the page."""
    text = page.read_text("utf-8")
    for name, render in SECTIONS.items():
        if begin(name) in text and name in figures:
            body = f"{render(figures[name])}\n\n{_machine(figures[name]['machine'])}"
            text = quoted(text, name, body)
    page.write_text(text, "utf-8")


def _machine(machine: dict[str, str]) -> str:
    size = f"{machine['processor']}, {machine['cores']} cores, {machine['memory']}, {machine['system']}"
    busy = f"{machine['load']} threads were running when it began"
    versions = ", ".join(f"{name} {machine[name]}" for name in machine if name not in MACHINE_FIELDS)
    return f"Measured on {size}; {busy}; {versions}."


def _stages(rows: Sequence[Figures], head: Callable[[Figures], str], places: int = 2) -> str:
    """Seconds of each stage, a column a row of the figures under its ``head``."""
    names = list(dict.fromkeys(name for row in rows for name in row["stages"]))
    seconds = ((name, *(f"{row['stages'].get(name, 0):.{places}f}" for row in rows)) for name in names)
    return table(("seconds of stage", *(head(row) for row in rows)), seconds)


def _scan(figures: Figures) -> str:
    rows = figures["rows"]
    whole = table(
        ("world", "exchanges", "MB", "wall s", "cpu s", "peak MB", "exchanges/s", "MB/s", "bare read s", "ratio",
         "accused of campaign", "honest accused"),
        (
            (
                row["shape"], f"{row['exchanges']:,}", f"{row['prompt_mb']:,.0f}", f"{row['seconds']:.1f}",
                f"{row['processor_seconds']:.1f}", f"{row['peak_mb']:,.0f}",
                f"{row['exchanges'] / row['seconds']:,.0f}", f"{row['prompt_mb'] / row['seconds']:.1f}",
                f"{row['bare_read']:.3f}", f"{row['ratio']:.1f}", f"{row['found']} of {row['hostile']}",
                row["wrongly"],
            )
            for row in rows
        ),
    )  # fmt: skip
    stages = _stages(rows, lambda row: f"{row['shape']} {row['exchanges']:,}")
    growth = figures.get("growth")
    grows = "" if growth is None else f"\n\nWall seconds grow with exchanges to the power {growth:.2f}."
    return f"{whole}\n\n{stages}{grows}"


def _size(figures: Figures) -> str:
    rows = figures["rows"]
    whole = table(
        ("exchanges", "accounts", "wall s", "cpu s", "others' threads", "peak MB", "exchanges/s", "bare read s",
         "ratio", "accused of each campaign", "separated", "honest accused"),
        (
            (
                f"{row['exchanges']:,}", f"{row['accounts']:,}", f"{row['seconds']:.1f}",
                f"{row['processor_seconds']:.1f}", f"{row['load']:.1f}", f"{row['peak_mb']:,.0f}",
                f"{row['exchanges'] / row['seconds']:,.0f}", f"{row['bare_read']:.3f}", f"{row['ratio']:.0f}",
                ", ".join(f"{one['accused']:,} of {one['accounts']:,}" for one in row["found"]),
                "yes" if row["separated"] else "no", row["wrongly"],
            )
            for row in rows
        ),
    )  # fmt: skip
    stages = _stages(rows, lambda row: f"{row['exchanges']:,}", places=1)
    growth = figures["growth"]
    grows = (
        ""
        if growth["wall"] is None
        else f"\n\nWall seconds grow with exchanges to the power {growth['wall']:.2f}, cpu seconds to"
        f" {growth['cpu']:.2f}."
    )
    return f"{whole}\n\n{stages}{grows}"


def _sketch(figures: Figures) -> str:
    return table(
        ("what", "texts", "bytes each", "seconds", "texts/s", "MB/s", "seconds over ours"),
        (
            (
                row["what"], f"{row['texts']:,}", f"{row['bytes_each']:,}", f"{row['seconds']:.3f}",
                f"{row['texts'] / row['seconds']:,.0f}",
                f"{row['texts'] * row['bytes_each'] / row['seconds'] / 1e6:.1f}", f"{row['ratio']:.1f}",
            )
            for row in figures["rows"]
        ),
    )  # fmt: skip


def _state(figures: Figures) -> str:
    scans = table(
        ("scan", "exchanges read", "exchanges judged", "wall s", "cpu s", "peak MB"),
        (
            (
                row["what"], f"{row['read']:,}", f"{row['judged']:,}", f"{row['seconds']:.1f}",
                f"{row['processor_seconds']:.1f}", f"{row['peak_mb']:,.0f}",
            )
            for row in figures["rows"]
        ),
    )  # fmt: skip
    stages = _stages(figures["rows"], lambda row: row["what"])
    kept = table(
        ("what is kept", "MB a million exchanges"),
        ((name, f"{size:.0f}") for name, size in figures["kept"].items()),
    )
    same = (
        f"Memberships differ by at most {figures['far']:.4f} between the first scan and the third;"
        f" {figures['accusations']} accounts are accused by only one of them."
    )
    return f"{scans}\n\n{stages}\n\n{kept}\n\n{same}"


def _textless(figures: Figures) -> str:
    rows = table(
        ("what", "requests", "bytes each", "seconds", "cpu s", "requests/s", "requests a cpu s",
         "MB/s read", "MB/s of prompts", "bytes out, each",
         "peak MB", "of it in the second half"),
        (
            (
                row["what"], f"{row['requests']:,}", f"{row['bytes_each']:,}", f"{row['seconds']:.1f}",
                f"{row['processor_seconds']:.1f}", f"{row['requests'] / row['seconds']:,.0f}",
                f"{row['requests'] / row['processor_seconds']:,.0f}", f"{row['read_mb'] / row['seconds']:.1f}",
                f"{row['text_mb'] / row['seconds']:.1f}", f"{row['written_mb'] * 1e6 / row['requests']:.0f}",
                f"{row['peak_mb']:,.0f}", "" if row["grown_mb"] is None else f"{row['grown_mb']:+.1f}",
            )
            for row in figures["rows"]
        ),
    )  # fmt: skip
    waits = "; ".join(f"{name}: {wait:.0f} ms" for name, wait in figures["waits_ms"].items())
    return f"{rows}\n\nA line that comes alone waits, in the median of 200: {waits}."


def _generate(figures: Figures) -> str:
    return table(
        ("scale", "exchanges", "accounts", "wall s", "cpu s", "exchanges/s", "peak MB", "MB on disk",
         "bytes an exchange", "same bytes"),
        (
            (
                f"{row['scale']:g}", f"{row['exchanges']:,}", f"{row['accounts']:,}", f"{row['seconds']:.1f}",
                f"{row['processor_seconds']:.1f}", f"{row['exchanges'] / row['seconds']:,.0f}",
                f"{row['peak_mb']:,.0f}", f"{row['disk_mb']:,.0f}", f"{row['disk_mb'] * 1e6 / row['exchanges']:.0f}",
                "made once" if row["same"] is None else f"in {row['runs']} runs" if row["same"] else "no",
            )
            for row in figures["rows"]
        ),
    )  # fmt: skip


def _engine(figures: Figures) -> str:
    rows = figures["rows"]
    whole = table(
        ("engine", "exchanges", "wall s", "times embedded", "the scan's cpu s", "the scan's peak MB", "campaigns",
         "accused", "results equal"),
        (
            (
                row["engine"], f"{row['exchanges']:,}", f"{row['seconds']:.1f}", f"{row['ratio']:.2f}",
                f"{row['processor_seconds']:.1f}", f"{row['peak_mb']:,.0f}", row["campaigns"], row["accused"],
                "yes" if row["same"] else "no",
            )
            for row in rows
        ),
    )  # fmt: skip
    stages = _stages(rows, lambda row: f"{row['engine']} {row['exchanges']:,}")
    return f"{whole}\n\n{stages}"


def _broken(figures: Figures) -> str:
    rows = table(
        ("what is broken", "rows", "rejected", "kept", "reason or defect"),
        ((row["kind"], row["rows"], row["rejected"], row["kept"], row["told"]) for row in figures["kinds"]),
    )
    return (
        f"{rows}\n\n{figures['rows']:,} rows: {figures['exchanges']:,} exchanges and {figures['rejects']:,} rejects."
        f" {figures['seconds']:.1f} s, peak {figures['peak_mb']:,.0f} MB. Of the campaign's"
        f" {figures['hostile']} accounts, each of whose prompts carries a defect, {figures['found']} are accused,"
        f" and {figures['wrongly']} others."
    )


def _real_logs(figures: Figures) -> str:
    return table(
        ("log", "exchanges", "unanswered", "conversations", "accounts", "assessed", "accused", "rejects", "verdicts"),
        (
            (
                row["log"], f"{row['exchanges']:,}", f"{row['unanswered']:,}", f"{row['conversations']:,}",
                row["accounts"], row["assessed"], row["accused"], row["rejects"], row["verdicts"],
            )
            for row in figures["rows"]
        ),
    )  # fmt: skip


SECTIONS: dict[str, Callable[[Figures], str]] = {
    "scan": _scan,
    "size": _size,
    "size_full": _size,
    "sketch": _sketch,
    "content": _sketch,
    "state": _state,
    "textless": _textless,
    "generate": _generate,
    "generate_full": _generate,
    "broken": _broken,
    "real_logs": _real_logs,
    "engine": _engine,
    "engine_servers": _engine,
}
"""Name of a benchmark -> its figures as Markdown."""
