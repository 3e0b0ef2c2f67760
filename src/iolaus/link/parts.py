"""The share of members in a mixture of members and strangers, of which the likelihood ratio of each is known."""

from __future__ import annotations

import numpy as np

from iolaus.link.population import Floats

ROUNDS = 50
"""Iterations in which the share settles."""


def part_of(fit: Floats) -> float:
    """The likeliest share of members given all log10 ratios, from 0.01 to 0.99; one half where there are none.

    Expectation and maximisation over the one share of a mixture whose likelihood ratios are known.
    """
    share = 0.5
    for _ in range(ROUNDS):
        share = float(np.clip(logistic(fit + np.log10(share / (1 - share))).mean(), 0.01, 0.99)) if len(fit) else 0.5
    return share


def gained(ratio: Floats, share: float, other: float) -> float:
    """Log likelihood ratio of a share of members to another one, of accounts with these ratios.

    ratio: float64[n], of a member to a stranger.
    """
    return float(np.log((share * ratio + 1 - share) / (other * ratio + 1 - other)).sum())


def logistic(odds: Floats) -> Floats:
    """Probabilities of log10 odds, which are taken as twelve at most."""
    found: Floats = 1 / (1 + 10.0 ** -np.clip(odds, -12, 12))
    return found
