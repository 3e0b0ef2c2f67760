"""The page of a gauge: every reading of a world, and its tenants beside real ones, as a table and a figure."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from iolaus.evaluate.figures import axis
from iolaus.evaluate.gauge import Gauge
from iolaus.evaluate.gauge_tenants import FIGURES, Tenants, of_servegen
from iolaus.report import offline
from iolaus.report.charts import FOR, GRID, INK, MUTED, Option, base, drawing
from iolaus.workspace import write_atomically

TENANTS_HEADER = ("tenants of", "tenants", "CV, median", "CV, 90th percentile", "top client's share", "active bins")


def tenant_rows(tenants: Tenants, label: str) -> list[tuple[str, ...]]:
    """A row for each of ServeGen's models, and one for the world; under :data:`TENANTS_HEADER`."""
    everyone = {f"ServeGen {name}": found for name, found in of_servegen().items()} | {label: tenants}
    return [(name, f"{len(found)}", *_read(found)) for name, found in everyone.items()]


def _read(tenants: Tenants) -> list[str]:
    columns = [(getattr(tenants, column), read) for column, read in FIGURES.values()]
    return [f"{read(values):.2f}" if len(values) else "-" for values, read in columns]


def burstiness(tenants: Tenants, label: str) -> Option:
    """Share of tenants up to each CV of gaps: real models as thin lines, the world as a thick one."""
    lines = [_climb(name, found.cv, MUTED, 1) for name, found in of_servegen().items()]
    lines.append(_climb(label, tenants.cv, FOR, 3))
    option = base() | {
        "grid": {"left": 56, "right": 24, "top": 32, "bottom": 48},
        "xAxis": axis("CV of the gaps between requests, median over 600 s bins", None)
        | {"type": "log", "min": 0.25, "max": 16, "logBase": 2, "splitLine": {"lineStyle": {"color": GRID}}},
        "yAxis": axis("share of tenants", 1.0) | {"nameLocation": "end"},
        "series": lines,
    }
    return drawing(300, option)


def _climb(name: str, values: np.ndarray[tuple[int, ...], np.dtype[np.float64]], colour: str, width: int) -> Option:
    ordered = np.sort(values[~np.isnan(values)])
    points = [[round(float(value), 4), round((place + 1) / len(ordered), 4)] for place, value in enumerate(ordered)]
    return {
        "type": "line",
        "name": name,
        "step": "end",
        "symbol": "none",
        "data": points,
        "lineStyle": {"color": colour, "width": width},
        "itemStyle": {"color": colour},
        "endLabel": {"show": width > 1, "formatter": "{a}", "color": INK},
    }


def write_page(found: Gauge, tenants: Sequence[tuple[str, Tenants]], out: Path) -> None:
    """Write the page of a gauge; ``tenants`` are those of each world under its name.

    Raises InputError where ``out`` cannot be written.
    """
    drawn = {f"tenants-{n}": burstiness(held, name) for n, (name, held) in enumerate(tenants) if len(held.cv)}
    text = offline.render(
        offline.environment("iolaus.evaluate").get_template("gauge.html"),
        drawn,
        found=found,
        tenants=[(name, f"tenants-{n}", tenant_rows(held, name)) for n, (name, held) in enumerate(tenants)],
        header=TENANTS_HEADER,
    )
    write_atomically(out, text.encode("utf-8"))
