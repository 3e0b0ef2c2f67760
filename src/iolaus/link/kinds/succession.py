"""Succession: do new accounts take up the same words soon after accounts of the cohort were suspended?

Sees: replacement of banned accounts, the hydra's second head: control, and rotation after bans.
Must spare: a growing honest crowd (new users come at the same rate whether or not somebody was suspended) and accounts
suspended for payment or by themselves.
An analyst next: compares the last item of the suspended account with the first of its successor.
Source: Poisson surplus of first uses in the days after a suspension over the cohort's own rate.
"""

from __future__ import annotations

import numpy as np

from iolaus.findings import Evidence, Family, Question
from iolaus.link.cohort import Cohort
from iolaus.link.population import HOUR, Population
from iolaus.link.settings import LinkSettings
from iolaus.link.weights import piece, poisson_surplus

KIND = "succession"
FAMILY: Family = "lifecycle"
QUESTION: Question = "concealment"


def weigh(cohort: Cohort, population: Population, settings: LinkSettings) -> Evidence | None:
    """Surplus of accounts that begin within the stated hours after a suspension for abuse."""
    if "suspended_at" not in cohort.accounts.column_names or len(cohort.conversations) == 0:
        return None
    reason = cohort.texts("suspended_reason")
    for_abuse = np.array([text == "abuse" for text in reason])
    suspended = cohort.known("suspended_at")
    ts = cohort.column("ts").astype(np.int64)
    first = np.full(len(cohort.numbers), np.iinfo(np.int64).max)
    np.minimum.at(first, cohort.member, ts)
    begun, ended = int(ts.min()), int(ts.max())
    created = cohort.known("created_at", 0.0)
    stops = np.unique(suspended[for_abuse & (suspended >= begun) & (suspended <= ended)]).astype(np.int64)
    if len(stops) == 0:
        return None
    # Those who were there before the first suspension are the body; the others are candidates for its new heads.
    late = first[(first > stops.min()) & (created > begun - 30 * 24 * HOUR)]
    reach = settings.successor_hours * HOUR
    after = (late[:, None] > stops) & (late[:, None] <= stops + reach)
    covered = _length(stops, reach, ended)
    share = covered / max(ended - int(stops.min()), 1)
    seen = float(after.any(1).sum())
    expected = float(len(late) * min(share, 1.0))
    return piece(
        KIND,
        FAMILY,
        QUESTION,
        poisson_surplus(seen, expected),
        settings.lifecycle_cap,
        f"Suspended for abuse: {int(for_abuse.sum())} accounts; {seen:.0f} new ones began with the same words"
        f" within {settings.successor_hours} hours of a suspension ({expected:.1f} by chance).",
        suspended=float(for_abuse.sum()),
        successors=seen,
        expected=expected,
    )


def _length(stops: np.ndarray, reach: int, ended: int) -> float:
    """Microseconds within reach of any stop."""
    ends = np.minimum(stops + reach, ended)
    starts = np.maximum(stops, np.concatenate([[0], ends[:-1]]))
    return float(np.maximum(ends - starts, 0).sum())
