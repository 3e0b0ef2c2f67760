"""How one observation becomes a capped, rounded piece of evidence."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import logsumexp

from iolaus.findings import Evidence, Family, Question

PLACES = 6
"""Decimal places of every number that is written."""

_NODES = np.linspace(-3, 3, 25)
_WEIGHTS = np.exp(-0.5 * _NODES**2) / np.exp(-0.5 * _NODES**2).sum()


def along(value: float, low: float, high: float) -> float:
    """How far the value lies on the way from ``low`` to ``high``, from 0 to 1."""
    return min(max((value - low) / (high - low), 0.0), 1.0)


def piece(
    kind: str,
    family: Family,
    question: Question,
    log10_bf: float,
    cap: float,
    sentence: str,
    **numbers: float,
) -> Evidence:
    """Evidence with its weight capped to [-cap, cap] and its numbers rounded. A weight that is no number is 0."""
    weight = 0.0 if math.isnan(log10_bf) else max(-cap, min(cap, float(log10_bf)))
    rounded = {name: round(float(value), PLACES) for name, value in numbers.items()}
    return Evidence(
        kind=kind,
        family=family,
        question=question,
        log10_bf=round(weight, PLACES) + 0.0,
        numbers=rounded,
        sentence=sentence,
    )


def poisson_surplus(seen: float, expected: float, deviation: float = 0.0) -> float:
    """log10 ratio of likelihoods of a Poisson count at its own rate and at ``expected``; 0 where no surplus.

    ``expected`` is floored at 0.1, since a background of finite size cannot prove a rate smaller than that.
    ``deviation``: log10 standard deviation of the factor by which honest groups of the same size differ from it.
    """
    base = max(expected, 0.1)
    if seen <= base:
        return 0.0
    rates = base * 10 ** (deviation * _NODES)
    honest = logsumexp(seen * np.log(rates / seen) - rates + seen, b=_WEIGHTS)
    return max(0.0, -float(honest) / math.log(10))
