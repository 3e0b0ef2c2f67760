"""Whether a world's tenants are as bursty and as unequal as real cloud tenants."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iolaus.engine import Engine
from iolaus.simulate.ground import arrays

CROWDS = ("saas", "agent_tenants")
LEAST_TENANTS = 10
LEAST_FOR_P90 = 35
"""Tenants below which a 90th percentile is not read: the fewest of any of ServeGen's models."""

LEAST_GAPS = 8
"""Gaps in a 600-second bin below which its burstiness is not read."""


@dataclass(frozen=True)
class Tenants:
    """A tenant's burstiness is the median over 600-second bins of the CV of gaps."""

    cv_median: float
    cv_p90: float
    top_share: float
    active_share: float


def of_servegen() -> dict[str, Tenants]:
    """The five models of ServeGen, from the tenants that ship."""
    data = arrays("world_tenants.npz")
    rate = np.where(data["rate"] > 0, 10 ** ((data["rate"].astype(np.float64) - 1) / 24.0), 0.0)
    cv = np.where(data["cv"] > 0, 10 ** ((data["cv"].astype(np.float64) - 1) / 40.0) / 20, np.nan)
    found = {}
    for name in np.unique(data["model"]):
        mine = data["model"] == name
        usual = np.array([np.nanmedian(row) for row in cv[mine]])
        whole = rate[mine].sum(axis=1)
        bins = (rate[mine].sum(axis=0) > 0).sum()
        found[str(name)] = Tenants(
            float(np.median(usual)), float(np.quantile(usual, 0.9)), float(whole.max() / whole.sum()),
            float(((rate[mine] > 0).sum(axis=1) / bins).mean()),
        )  # fmt: skip
    return found


def of_world(engine: Engine, days: int) -> tuple[Tenants | None, int]:
    """The world's tenants, and how many; None where there are fewer than ten."""
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
    sizes = table["uses"].cast("int64").to_numpy()
    if len(sizes) < LEAST_TENANTS:
        return None, len(sizes)
    cv = np.array([value for value in table["cv"].to_pylist() if value is not None])
    bins = table["bins"].to_numpy()
    made = Tenants(
        float(np.median(cv)) if len(cv) else 0.0, float(np.quantile(cv, 0.9)) if len(cv) else 0.0,
        float(sizes.max() / sizes.sum()), float((bins / (144 * days)).mean()),
    )  # fmt: skip
    return made, len(sizes)
