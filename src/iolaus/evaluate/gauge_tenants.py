"""Whether a world's tenants are as bursty and as unequal as real cloud tenants."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from iolaus.engine.embedded import Embedded
from iolaus.simulate.ground import arrays

Floats = npt.NDArray[np.float64]

CROWDS = ("saas", "agent_tenants")
LEAST_TENANTS = 10
LEAST_GAPS = 8
"""Gaps in a 600-second bin below which its burstiness is not read."""

DRAWS = 1_000


@dataclass(frozen=True)
class Tenants:
    """Tenants of a world or of a model: float64, one value a tenant.

    ``cv``: median over 600-second bins of the CV of gaps, only of tenants that have a bin of enough gaps; ``uses``:
    requests; ``active``: share of bins in which it sends anything.
    """

    cv: Floats
    uses: Floats
    active: Floats

    def __len__(self) -> int:
        return len(self.uses)


@dataclass(frozen=True)
class Figure:
    """One figure of tenants with its 95 % bootstrap interval over them."""

    what: str
    value: float
    low: float
    high: float


FIGURES: dict[str, tuple[str, Callable[[Floats], float]]] = {
    "cv_median": ("cv", lambda cv: float(np.median(cv))),
    "cv_p90": ("cv", lambda cv: float(np.quantile(cv, 0.9))),
    "top_share": ("uses", lambda uses: float(uses.max() / uses.sum())),
    "active_share": ("active", lambda active: float(active.mean())),
}
"""Name of a figure -> what it is read of, and how."""


def figures(tenants: Tenants, seed: int = 0) -> list[Figure]:
    """The figures of tenants. Few tenants say little of a 90th percentile, and their interval says how little.

    The largest tenant's share stands alone: a maximum has no bootstrap interval.
    """
    found = []
    for name, (column, read) in FIGURES.items():
        values = getattr(tenants, column)
        if not len(values):
            continue
        rng = np.random.default_rng([seed, len(values)])
        whole = low = high = read(values)
        if name != "top_share":
            some = [read(values[rng.integers(0, len(values), len(values))]) for _ in range(DRAWS)]
            low, high = (float(edge) for edge in np.quantile(some, (0.025, 0.975)))
        found.append(Figure(name, whole, low, high))
    return found


@functools.cache
def of_servegen() -> dict[str, Tenants]:
    """The five models of ServeGen, from the tenants that ship."""
    data = arrays("world_tenants.npz")
    rate = np.where(data["rate"] > 0, 10 ** ((data["rate"].astype(np.float64) - 1) / 24.0), 0.0)
    cv = np.where(data["cv"] > 0, 10 ** ((data["cv"].astype(np.float64) - 1) / 40.0) / 20, np.nan)
    found = {}
    for name in np.unique(data["model"]):
        mine = data["model"] == name
        bins = (rate[mine].sum(axis=0) > 0).sum()
        usual = np.array([np.nanmedian(row) for row in cv[mine]])
        found[str(name)] = Tenants(usual, rate[mine].sum(axis=1), (rate[mine] > 0).sum(axis=1) / bins)
    return found


def range_of(name: str) -> tuple[float, float]:
    """Lowest and highest of a figure over ServeGen's models."""
    column, read = FIGURES[name]
    span = [read(getattr(one, column)) for one in of_servegen().values()]
    return min(span), max(span)


def holds(figure: Figure) -> bool:
    """Whether the interval of a world's figure meets the range of ServeGen's models."""
    low, high = range_of(figure.what)
    return figure.low <= high and figure.high >= low


def of_world(engine: Embedded, days: int) -> Tenants:
    """The world's tenants, however few."""
    crowds = ", ".join(f"'{name}'" for name in CROWDS)
    table = engine.table(
        "SELECT account_id, sum(uses) AS uses, count(*) AS bins, "
        f"median(cv) FILTER (gaps >= {LEAST_GAPS}) AS cv FROM (SELECT account_id, bin, count(*) AS uses, "
        "count(gap) AS gaps, stddev_pop(gap) / nullif(avg(gap), 0) AS cv FROM (SELECT account_id, "
        "ts // 600000000 AS bin, ts - lag(ts) OVER (PARTITION BY account_id, ts // 600000000 ORDER BY ts) AS gap "
        "FROM sent WHERE account_id IN "
        f"(SELECT account_id FROM truth_accounts WHERE crowd IN ({crowds}))) GROUP BY account_id, bin) "
        "GROUP BY account_id ORDER BY account_id"
    )
    cv = np.array([value for value in table["cv"].to_pylist() if value is not None], np.float64)
    uses = table["uses"].cast("int64").to_numpy().astype(np.float64)
    return Tenants(cv, uses, table["bins"].to_numpy() / (144.0 * days))
