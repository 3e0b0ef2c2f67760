"""Windows over texts: of one account, or of everybody who uses one phrase, against a benign reference.

The protocol of arXiv 2606.05725 as far as a log without labels allows: vectors of unit length, a reference and a
held-out part, windows of equal size, a null of 200 windows drawn from the held-out part, its 95th percentile as
threshold. Two things differ. Vectors are the hashed projection of the sketch, not bge-small-en-v1.5; and reference
and held-out part are an opening each of up to 2,500 accounts of the same log, so that a campaign may be in them.
A score is the statistic in standard deviations of its null, so that windows of unlike size can be compared.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from iolaus.evaluate.baselines.log import Log, Numbers, Scored, Vectors

SIZES = (10, 20, 50, 200)
"""Windows are cut down to one of these."""

REFERENCE = 2500
NULL_WINDOWS = 200
NULL_LEVEL = 0.95
SEED = 20260605


@dataclass(frozen=True)
class Reference:
    """points: float32[m, d], what windows are compared with; held_out: float32[n, d], what nulls are drawn from."""

    points: Vectors
    held_out: Vectors


Statistic = Callable[[Vectors], float]


@dataclass(frozen=True)
class Null:
    """What a statistic gives over benign windows of one size."""

    mean: float
    spread: float
    limit: float


def judge_windows(log: Log, name: str, prepare: Callable[[Reference], Statistic], two_sided: bool) -> dict[str, Scored]:
    """Score every account by its own window, and by the worst window of the phrases that it comes back to."""
    draws = np.random.default_rng(SEED)
    usable = np.flatnonzero(np.abs(log.topics).sum(1) > 0)
    reference = _reference(log, usable, draws)
    if len(reference.held_out) < SIZES[0]:
        nothing = Scored(np.full(len(log), np.nan), np.zeros(len(log), bool))
        return {f"{name}_by_account": nothing, f"{name}_by_phrase": nothing}
    statistic = prepare(reference)
    nulls = {size: _null(statistic, reference, size, two_sided, draws) for size in SIZES}
    by_account = _by_account(log, usable)
    windows = [np.intersect1d(rows, usable) for rows, _ in log.phrase_windows]
    scored = [_score(log.topics[rows], statistic, nulls, two_sided) for rows in by_account]
    phrases = [_score(log.topics[_shuffled(rows, draws)], statistic, nulls, two_sided) for rows in windows]
    holders = [log.account[rows[:1]] for rows in by_account]
    return {
        f"{name}_by_account": _spread_out(log, scored, holders),
        f"{name}_by_phrase": _spread_out(log, phrases, [users for _, users in log.phrase_windows]),
    }


def _reference(log: Log, usable: Numbers, draws: np.random.Generator) -> Reference:
    """One opening of each account to compare with, another of each to draw nulls from."""
    account = log.account[usable]
    place = np.arange(len(usable)) - np.searchsorted(account, account)
    first, second = (draws.permutation(usable[place == number])[:REFERENCE] for number in (0, 1))
    return Reference(log.topics[first], log.topics[second])


def _null(statistic: Statistic, reference: Reference, size: int, two_sided: bool, draws: np.random.Generator) -> Null:
    """Windows of the held-out part, with replacement where it is short."""
    short = len(reference.held_out) < size
    values = np.array(
        [
            statistic(reference.held_out[draws.choice(len(reference.held_out), size, replace=short)])
            for _ in range(NULL_WINDOWS)
        ]
    )
    mean, spread = float(values.mean()), max(float(values.std()), 1e-9)
    off = (values - mean) / spread
    return Null(mean, spread, float(np.quantile(np.abs(off) if two_sided else off, NULL_LEVEL)))


def _by_account(log: Log, usable: Numbers) -> list[Numbers]:
    bounds = np.flatnonzero(np.diff(log.account[usable])) + 1
    return [rows for rows in np.split(usable, bounds) if len(rows) >= SIZES[0]]


def _shuffled(rows: Numbers, draws: np.random.Generator) -> Numbers:
    """A phrase's window is any of its openings; an account's are its own, in order of time."""
    found: Numbers = draws.permutation(rows)[: SIZES[-1]]
    return found


def _score(window: Vectors, statistic: Statistic, nulls: dict[int, Null], two_sided: bool) -> tuple[float, bool]:
    """Standard deviations from the null of the largest size that the window fills, and whether past its limit."""
    fitting = [size for size in SIZES if size <= len(window)]
    if not fitting:
        return float("nan"), False
    null = nulls[fitting[-1]]
    off = (statistic(window[: fitting[-1]]) - null.mean) / null.spread
    off = abs(off) if two_sided else off
    return off, off > null.limit


def _spread_out(log: Log, scored: list[tuple[float, bool]], holders: list[Numbers]) -> Scored:
    """From windows to accounts: the highest score of an account's windows."""
    score: npt.NDArray[np.float64] = np.full(len(log), np.nan)
    own = np.zeros(len(log), bool)
    for (value, over), accounts in zip(scored, holders, strict=True):
        score[accounts] = np.fmax(score[accounts], value)
        own[accounts] |= over
    return Scored(score, own)
