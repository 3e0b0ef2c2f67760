"""Whose account is one that several campaigns count as theirs? Of the campaign that is surest of it, and of no other.

Two campaigns that use the same words each find the other's accounts among the users of these.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from iolaus.campaign.grown import MORE_LIKELY
from iolaus.campaign.judged import Judged


def claimed_once(found: Sequence[Judged], accounts: int) -> list[Judged]:
    """The cohorts, every account a member of one campaign only; of equally sure ones the first has it.

    accounts: how many accounts there are. Where none is surer than not of an account, all go on naming it.
    """
    surest = np.full(accounts, MORE_LIKELY)
    owner = np.full(accounts, -1)
    for place, judged in enumerate(found):
        if judged.members is not None:
            numbers, membership = judged.members.numbers, judged.members.membership
            better = membership > surest[numbers]
            surest[numbers[better]], owner[numbers[better]] = membership[better], place
    return [_without_others(judged, (owner != place) & (owner >= 0)) for place, judged in enumerate(found)]


def _without_others(judged: Judged, others: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Judged:
    """The cohort without accounts that are another campaign's. others: bool[accounts]."""
    if judged.members is None or not others[judged.members.numbers].any():
        return judged
    candidate = judged.tested.candidate
    own = replace(candidate, accounts=candidate.accounts[~others[candidate.accounts]])
    members = judged.members.only(~others[judged.members.numbers])
    return replace(judged, tested=replace(judged.tested, candidate=own), members=members)
