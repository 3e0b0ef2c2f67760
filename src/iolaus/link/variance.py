"""Does the account explain what is observed? One-way analysis of variance as a ratio of likelihoods.

Observations of one queue, dealt to accounts, owe nothing to the account: the between-account variance is the
within-account variance, F is 1. People differ, and F grows with the number of observations of each:
F / (1 + L n0) has an F distribution, L being the ratio of the variance components (Searle, Casella and
McCulloch 1992, section 3.5). The evidence is the likelihood of the F that was seen under one queue
over that under honest people **of the same numbers**, whose L is drawn from a stated distribution. Where
the numbers are too small to tell, both likelihoods are alike and the evidence goes to 0 by itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import logsumexp
from scipy.stats import f as f_distribution

from iolaus.link.population import Floats
from iolaus.link.settings import LinkSettings
from iolaus.link.sums import sums_by

ALIKE_DEVIATION = 0.3
"""log10 deviation of L among users who are alike."""

_NODES = np.linspace(-2.5, 2.5, 41)
_WEIGHTS = np.exp(-0.5 * _NODES**2) / np.exp(-0.5 * _NODES**2).sum()


@dataclass(frozen=True)
class Spread:
    """A log-normal distribution of L: log10 median and log10 standard deviation.

    ``alike`` is the share of honest phrases whose users are hardly told apart by what is seen (an idiom, a shared
    schedule); for them L is about ``alike_median``. It bounds what an F of 1 can ever prove.
    """

    median: float
    deviation: float
    alike: float = 0.0
    alike_median: float = 0.0


def queue(settings: LinkSettings) -> Spread:
    """L under one queue."""
    return Spread(settings.queue_median, settings.queue_deviation)


def tastes(settings: LinkSettings) -> Spread:
    """L of topics among independent people."""
    return Spread(settings.tastes_median, settings.tastes_deviation, settings.alike_share, settings.tastes_alike)


def own_tastes(settings: LinkSettings) -> Spread:
    """L of topics among independent people, but for those whose tastes hardly differ."""
    return Spread(settings.tastes_median, settings.tastes_deviation)


def one_of_many(settings: LinkSettings) -> Spread:
    """L of topics among these others."""
    return Spread(settings.tastes_alike, ALIKE_DEVIATION)


def hours(settings: LinkSettings) -> Spread:
    """L of hours among independent people."""
    return Spread(settings.hours_median, settings.hours_deviation, settings.alike_share, settings.hours_alike)


@dataclass(frozen=True)
class Variance:
    """What was seen: F, the estimate of L, observations per account (n0), and the ratio of likelihoods."""

    groups: int
    observations: int
    f: float
    ratio: float
    per_group: float
    log10_bf: float


def explain_by_group(
    vectors: Floats,
    group: npt.NDArray[np.integer],
    queue: Spread,
    honest: Spread,
    inflation: float,
) -> Variance | None:
    """Analyse ``vectors`` (float64[m, d]) by ``group`` (int[m]).

    ``inflation`` divides the degrees of freedom, for tastes that are not Gaussian. Returns None where fewer
    than three groups, or no group with two observations, leave nothing to compare.
    """
    _, index, counts = np.unique(group, return_inverse=True, return_counts=True)
    groups, observations = len(counts), len(vectors)
    if groups < 3 or observations - groups < 3:
        return None
    sums = sums_by(index, vectors, groups)
    means = sums / counts[:, None]
    within = vectors - means[index]
    between = means - vectors.mean(0)
    spread_within = float((within**2).sum())
    if spread_within <= 1e-9 * max(1.0, float((vectors**2).sum())):
        return None
    f = (float((counts[:, None] * between**2).sum()) / (groups - 1)) / (spread_within / (observations - groups))
    per_group = (observations - float((counts**2).sum()) / observations) / (groups - 1)
    dimensions = effective_dimensions(within)
    above = max(1.0, (groups - 1) * dimensions / inflation)
    below = max(1.0, (observations - groups) * dimensions / inflation)
    log_bf = _log_likelihood(f, per_group, above, below, queue) - _log_likelihood(f, per_group, above, below, honest)
    ratio = max(0.0, (f - 1) / per_group)
    return Variance(groups, observations, f, ratio, per_group, log_bf / np.log(10))


def effective_dimensions(within: Floats) -> float:
    """Participation ratio of the within-group covariance: tr(C)^2 / tr(C C)."""
    covariance = within.T @ within
    return float(np.trace(covariance) ** 2 / max((covariance**2).sum(), 1e-300))


def mixture(prior: Spread) -> tuple[Floats, Floats]:
    """(values of L, their weights), on a grid."""
    ratios, weights = 10 ** (prior.median + prior.deviation * _NODES), _WEIGHTS * (1 - prior.alike)
    if prior.alike > 0:
        ratios = np.concatenate([ratios, 10 ** (prior.alike_median + ALIKE_DEVIATION * _NODES)])
        weights = np.concatenate([weights, _WEIGHTS * prior.alike])
    return ratios, weights


def _log_likelihood(f: float, per_group: float, above: float, below: float, prior: Spread) -> float:
    ratios, weights = mixture(prior)
    scale = 1 + per_group * ratios
    logs = f_distribution.logpdf(f / scale, above, below) - np.log(scale)
    # A floor keeps a wildly improbable F from deciding by the far tail of an approximation.
    return float(logsumexp(np.maximum(logs, -700.0), b=weights))
