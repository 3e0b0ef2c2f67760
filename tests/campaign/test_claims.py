"""Accounts that two campaigns count as theirs are of the one that is surer."""

from __future__ import annotations

from typing import cast

import numpy as np
import pytest

from iolaus.campaign.claims import claimed_once
from iolaus.campaign.judge import Judgement
from iolaus.campaign.judged import Judged
from iolaus.campaign.members import Members
from iolaus.link import run as linking
from iolaus.link.candidates import Candidate
from iolaus.link.cohort import Cohort

ACCOUNTS = 10


def campaign(name: str, membership: dict[int, float]) -> Judged:
    """A campaign with these memberships; nothing else of it is looked at."""
    numbers, values = np.array(list(membership), np.int32), np.array(list(membership.values()))
    ones = np.ones(len(numbers), np.int64)
    candidate = Candidate(name, ("words",), (1,), numbers[values >= 0.5], False, 100)
    members = Members(numbers, values, ones, 2 * ones, ones * 0.1, ones * 0.9, [f"{name}{n}" for n in numbers.tolist()])
    tested = linking.Tested(candidate, cast(Cohort, None), ())
    return Judged(tested, cast(Judgement, None), {}, members)


def of(judged: Judged) -> list[int]:
    """Whom it still names."""
    assert judged.members is not None
    return judged.members.numbers.tolist()


def test_the_surer_campaign_has_the_account() -> None:
    large = campaign("large", {0: 0.99, 1: 0.95, 2: 0.7, 3: 0.2})
    small = campaign("small", {1: 0.6, 2: 0.98, 3: 0.3})
    one, other = claimed_once([large, small], ACCOUNTS)
    assert of(one) == [0, 1, 3], "of account 3 neither is sure"
    assert of(other) == [2, 3]
    assert one.tested.candidate.accounts.tolist() == [0, 1]
    assert other.tested.candidate.accounts.tolist() == [2]
    assert one.members is not None
    assert one.members.role == ["large0", "large1", "large3"]
    assert one.members.share == pytest.approx(np.full(3, 0.5))


def test_of_equally_sure_campaigns_the_first_has_it() -> None:
    one, other = claimed_once([campaign("a", {0: 0.9}), campaign("b", {0: 0.9, 4: 0.9})], ACCOUNTS)
    assert of(one) == [0]
    assert of(other) == [4]


def test_campaigns_apart_and_cohorts_without_members_stay_as_they_are() -> None:
    apart = campaign("apart", {5: 0.97})
    unaccused = Judged(apart.tested, apart.judgement, {})
    assert claimed_once([apart, unaccused], ACCOUNTS) == [apart, unaccused]
