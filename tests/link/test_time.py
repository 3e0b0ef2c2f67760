"""Clock and synchrony on constructed cases, each beside people who share the day."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from iolaus.findings import Evidence
from iolaus.link.kinds import Kind, clock, synchrony
from iolaus.link.population import HOUR
from iolaus.link.settings import LinkSettings

from . import factories
from .factories import DAY, START

SETTINGS = LinkSettings()
MEMBERS, OTHERS, DAYS = 40, 260, 14
NUMBERS = np.arange(MEMBERS, dtype=np.int32)


def daytime(rng: np.random.Generator, count: int) -> npt.NDArray[np.int64]:
    """Moments of a working week: hours around 14, fewer at weekends."""
    day = rng.choice(DAYS, count, p=np.tile([0.18, 0.18, 0.18, 0.18, 0.16, 0.06, 0.06], 2) / 2)
    return START + day * DAY + ((14 + rng.normal(0, 3.5, count)) % 24 * HOUR).astype(np.int64)


def weighed(
    kind: Kind, rng: np.random.Generator, account: npt.NDArray[np.int32], ts: npt.NDArray[np.int64]
) -> Evidence:
    """``account`` and ``ts`` of the cohort, beside others in the working week."""
    others = factories.each(OTHERS, 30, MEMBERS)
    every = np.concatenate([account, others])
    times = np.concatenate([ts, daytime(rng, len(others))])
    order = np.argsort(every, kind="stable")
    seen = factories.Asked(every[order], times[order], np.zeros((len(every), 8)), np.arange(1, len(every) + 1))
    everyone = factories.population(seen, MEMBERS + OTHERS)
    found = kind.weigh(factories.cohort(everyone, seen, NUMBERS), everyone, SETTINGS)
    assert found is not None
    return found


@pytest.mark.parametrize("seed", range(6))
def test_strangers_of_one_working_week_are_not_synchronous(seed: int) -> None:
    rng = np.random.default_rng(seed)
    account = factories.each(MEMBERS, 30)
    assert weighed(synchrony, rng, account, daytime(rng, len(account))).log10_bf < 0.3


@pytest.mark.parametrize("seed", range(6))
def test_people_of_one_part_of_the_world_share_a_day_and_no_hand(seed: int) -> None:
    """Freelancers of one town are awake when most of a provider's customers are asleep."""
    rng = np.random.default_rng(seed)
    account = factories.each(MEMBERS, 30)
    assert weighed(synchrony, rng, account, daytime(rng, len(account)) + 9 * HOUR).log10_bf < 0.5


def test_a_common_switch_is_synchrony() -> None:
    """All accounts run in the same few hours and rest in the same others."""
    rng = np.random.default_rng(1)
    account = factories.each(MEMBERS, 30)
    on = rng.choice(DAYS * 24, 30, replace=False)
    ts = START + on[rng.integers(0, len(on), len(account))] * HOUR + rng.integers(0, HOUR, len(account))
    assert weighed(synchrony, rng, account, ts).log10_bf > 1


def test_one_paced_budget_is_synchrony() -> None:
    """Each account comes and goes, the total follows the provider's day to the letter: they make up for one another."""
    rng = np.random.default_rng(2)
    course = np.bincount((daytime(rng, 200_000) - START) // HOUR, minlength=DAYS * 24)
    budget = np.round(12 * course / course.mean()).astype(int)
    account = np.concatenate([rng.choice(MEMBERS, 2, replace=False)[np.arange(count) % 2] for count in budget])
    ts = START + np.repeat(np.arange(len(budget)), budget) * HOUR + rng.integers(0, HOUR, len(account))
    order = np.argsort(account, kind="stable")
    found = weighed(synchrony, rng, account[order].astype(np.int32), ts[order])
    assert found.numbers["dispersion"] < 1
    assert found.log10_bf > 0.5


def test_a_scheduler_has_no_hours_of_its_accounts() -> None:
    rng = np.random.default_rng(3)
    account = factories.each(MEMBERS, 30)
    ts = START + rng.integers(0, DAYS * DAY, len(account))
    assert weighed(clock, rng, account, ts).log10_bf > 1


@pytest.mark.parametrize("seed", range(6))
def test_people_have_hours_of_their_own(seed: int) -> None:
    rng = np.random.default_rng(seed)
    account = factories.each(MEMBERS, 30)
    habit = rng.normal(14, 4, MEMBERS)[account] + rng.normal(0, 2, len(account))
    ts = START + rng.integers(0, DAYS, len(account)) * DAY + (habit % 24 * HOUR).astype(np.int64)
    assert weighed(clock, rng, account, ts).log10_bf < -1
