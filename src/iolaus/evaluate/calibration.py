"""Whether what is called probable is as frequent as it is called: memberships, and probabilities of cohorts."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import msgspec
import numpy as np

from iolaus.evaluate.rates import Rate, rate
from iolaus.evaluate.sheet import Facts, Flags, Floats, Sheet

EDGES = (0.0, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95, 0.99, 1.0)
"""Ends of the bins of a reliability table; the last bin holds 1."""


class Bin(msgspec.Struct, frozen=True, kw_only=True):
    """Statements between ``low`` and ``high``: their mean, and how often they were true."""

    low: float
    high: float
    said: float | None
    true: Rate


class Calibration(msgspec.Struct, frozen=True, kw_only=True):
    """Reliability table, Brier score, and the Brier score of saying the base rate of everybody."""

    statements: int
    base_rate: float | None
    brier: float | None
    brier_of_base_rate: float | None
    expected_error: float | None
    bins: list[Bin]


def membership_calibration(sheet: Sheet) -> Calibration:
    """Membership against hostility, over accounts that a scan names with a campaign."""
    said = sheet.where(sheet.numbers("membership") > 0)
    return calibration(said.numbers("membership"), said.flags("hostile"))


def probability_calibration(facts: Sequence[Facts]) -> Calibration:
    """Probability of a cohort against whether at least half of its accounts are hostile.

    Declared and watched cohorts are left out: their verdict, not their probability, says that they are no campaign.
    """
    cohorts = [cohort for fact in facts for cohort in fact.cohorts if cohort.may_alarm]
    said = np.array([cohort.probability for cohort in cohorts])
    true = np.array([cohort.true for cohort in cohorts], bool)
    return calibration(said, true)


def calibration(said: Floats, true: Flags) -> Calibration:
    """said: float64[n] in 0 .. 1; true: bool[n]. After Brier 1950; the expected error weighs bins by their size."""
    place = np.clip(np.searchsorted(EDGES, said, "right") - 1, 0, len(EDGES) - 2)
    bins, gaps = [], []
    for number, (low, high) in enumerate(pairwise(EDGES)):
        rows = place == number
        count = int(rows.sum())
        mean = round(float(said[rows].mean()), 6) if count else None
        bins.append(Bin(low=low, high=high, said=mean, true=rate(int(true[rows].sum()), count)))
        if count:
            gaps.append(count * abs(float(said[rows].mean()) - float(true[rows].mean())))
    some = len(said) > 0
    base = float(true.mean()) if some else 0.0
    return Calibration(
        statements=len(said),
        base_rate=round(base, 6) if some else None,
        brier=round(float(((said - true) ** 2).mean()), 6) if some else None,
        brier_of_base_rate=round(base * (1 - base), 6) if some else None,
        expected_error=round(sum(gaps) / len(said), 6) if some else None,
        bins=bins,
    )
