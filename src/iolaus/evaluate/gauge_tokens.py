"""Whether a world's requests are as long as those of real services."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from iolaus.engine.embedded import Embedded
from iolaus.simulate.ground import arrays

QUANTILES = (0.1, 0.5, 0.9)
WITHIN = 1.5
"""Factor within which a figure of a world stays of the real one, or of the span of real ones."""

LEAST = 1_000
"""Exchanges below which quantiles are not read."""

LEAST_TENANTS = 10


@dataclass(frozen=True)
class Length:
    """One figure of a world beside the span that real traffic allows; ``figure`` is None where too little was seen."""

    what: str
    figure: float | None
    low: float
    high: float
    count: int


def of_world(engine: Embedded) -> Iterator[Length]:
    """Quantiles of tokens of requests without tools, beside Azure's conversation service.

    For software of tenants the median over tenants of their mean tokens, beside the span of ServeGen's models.
    """
    data = arrays("world_tenants.npz")
    plain = "status < 400 AND tools IS NULL AND client_user IS NULL"
    shares = ", ".join(map(str, QUANTILES))
    for side in ("input_tokens", "output_tokens"):
        found = engine.table(
            f"SELECT quantile_cont({side}, [{shares}]) AS at, count({side}) AS uses FROM sent WHERE {plain}"
        ).to_pylist()[0]
        real = np.quantile(data[f"conv_{side}"], QUANTILES)
        for n, share in enumerate(QUANTILES):
            figure = float(found["at"][n]) if found["uses"] >= LEAST else None
            name = f"{side} p{share * 100:.0f}"
            yield Length(name, figure, real[n] / WITHIN, real[n] * WITHIN, found["uses"])
    for place, side in enumerate(("input_tokens", "output_tokens")):
        found = engine.table(
            f"SELECT median(mean) AS at, count(*) AS uses FROM (SELECT avg({side}) AS mean FROM sent "
            "WHERE client_user IS NOT NULL AND status < 400 GROUP BY account_id)"
        ).to_pylist()[0]
        figure = float(found["at"]) if found["uses"] >= LEAST_TENANTS else None
        medians = list(_medians(data["model"], data["tokens"][:, place]))
        yield Length(f"{side}, tenants' means", figure, min(medians) / WITHIN, max(medians) * WITHIN, found["uses"])


def _medians(model: np.ndarray, tokens: np.ndarray) -> Iterator[float]:
    """The median tenant of each ServeGen model that states these tokens."""
    for name in np.unique(model):
        mine = tokens[(model == name) & (tokens > 0)]
        if len(mine):
            yield float(np.median(mine))
