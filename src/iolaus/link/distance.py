"""How far one account's mean lies from the mean of a pool: as draws of one queue would, or as somebody's own taste?

Under one queue the mean of an account's n vectors lies within the spread of n draws from everybody's; a person's own
taste moves it away, by more than chance as n grows. With few observations the answer goes to 0 by itself.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import logsumexp
from scipy.stats import gamma

from iolaus.link.population import Floats
from iolaus.link.settings import LinkSettings
from iolaus.link.sums import sums_by
from iolaus.link.variance import Spread, effective_dimensions, mixture, queue

Mask = npt.NDArray[np.bool_]


def fit(
    vectors: Floats,
    member: npt.NDArray[np.integer],
    body: Mask,
    honest: Spread,
    settings: LinkSettings,
    apart: npt.NDArray[np.bool_] | None = None,
) -> Floats:
    """float64[n], log10 Bayes factor of each account's distance from the pool; 0 where nothing is known of it.

    vectors: float64[m, d]. member: int[m], account of each. body: bool[n], accounts that make the pool; it is taken
    twice, the second time without those that the first took for strangers, so that they do not move it. apart: bool[m],
    observations of a second pool, of which each account's are compared with that one; default: there is one pool.
    """
    accounts = len(body)
    if not body[member].any():
        return np.zeros(accounts)
    sort = np.zeros(len(member), np.int64) if apart is None else apart.astype(np.int64)
    cell = 2 * member.astype(np.int64) + sort
    counts = np.bincount(cell, minlength=2 * accounts).astype(np.float64)
    sums = sums_by(cell, vectors, 2 * accounts)
    within = (vectors - (sums / np.maximum(counts, 1)[:, None])[cell])[body[member]]
    of_body = np.repeat(body, 2)
    freedom = max(len(within) - int((counts[of_body] > 0).sum()), 1)
    spread = float((within**2).sum()) / freedom
    if spread <= 1e-9:
        return np.zeros(accounts)
    shape = max(effective_dimensions(within) / 2 / settings.variance_inflation, 0.5)
    seen, kept = counts.reshape(accounts, 2).sum(1), body
    found = np.zeros(accounts)
    for _ in range(2):
        away = (sums - counts[:, None] * _pools(sums, counts, kept)).reshape(accounts, 2, -1).sum(1)
        distance = (away**2).sum(1) / np.maximum(seen, 1) / spread
        found = _log_ratio(distance, seen, shape, honest, settings)
        kept = body & (found > -0.5)
    return found


def _pools(sums: Floats, counts: Floats, body: Mask) -> Floats:
    """float64[2n, d], for both sums of each account the mean of the observations of their sort by the ``body``."""
    parts, numbers = sums.reshape(len(body), 2, -1)[body].sum(0), counts.reshape(len(body), 2)[body].sum(0)
    pool: Floats = np.tile(parts / np.maximum(numbers, 1)[:, None], (len(body), 1))
    return pool


def _log_ratio(distance: Floats, counts: Floats, shape: float, honest: Spread, settings: LinkSettings) -> Floats:
    near = _log_likelihood(distance, counts, shape, queue(settings))
    far = _log_likelihood(distance, counts, shape, honest)
    ratio: Floats = np.where(counts > 0, (near - far) / np.log(10), 0.0)
    return np.clip(ratio, -settings.fit_cap, settings.fit_cap)


def _log_likelihood(distance: Floats, counts: Floats, shape: float, prior: Spread) -> Floats:
    ratios, weights = mixture(prior)
    scale = (1 + counts[:, None] * ratios) / shape
    logs = gamma.logpdf(np.maximum(distance, 1e-9)[:, None], shape, scale=scale)
    found: Floats = logsumexp(np.maximum(logs, -700.0), axis=1, b=weights)
    return found
