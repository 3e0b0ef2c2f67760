"""Sign-up bursts and successions on constructed cases, each beside the honest case that looks like it."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from iolaus.findings import Evidence
from iolaus.link.kinds import signup_burst, succession
from iolaus.link.population import HOUR
from iolaus.link.settings import LinkSettings

from . import factories
from .factories import DAY, START

SETTINGS = LinkSettings()
COUNT, MEMBERS = 2_000, 60
NUMBERS = np.arange(MEMBERS, dtype=np.int32)


def signed_up(created: npt.NDArray[np.int64]) -> Evidence | None:
    rng = np.random.default_rng(0)
    seen = factories.asked(rng, factories.each(COUNT, 2), np.zeros((COUNT, 8)))
    everyone = factories.population(seen, COUNT, {"created_at": created.tolist()})
    return signup_burst.weigh(factories.cohort(everyone, seen, NUMBERS), everyone, SETTINGS)


def over_a_year(rng: np.random.Generator) -> npt.NDArray[np.int64]:
    return START - rng.integers(0, 365 * DAY, COUNT)


def test_a_batch_of_accounts_is_a_burst() -> None:
    rng = np.random.default_rng(1)
    created = over_a_year(rng)
    created[:40] = START - 40 * DAY + rng.integers(0, 6 * HOUR, 40)
    found = signed_up(created)
    assert found is not None and found.log10_bf == SETTINGS.lifecycle_cap


def test_people_who_came_over_a_year_are_none() -> None:
    weights = [signed_up(over_a_year(np.random.default_rng(seed))) for seed in range(20)]
    assert all(found is not None and found.log10_bf < 0.5 for found in weights)


def test_a_launch_day_is_everybodys() -> None:
    """All of the provider's accounts came on two days: a cohort of them came no closer together than the others."""
    rng = np.random.default_rng(2)
    found = signed_up(START - rng.choice([30, 90], COUNT) * DAY + rng.integers(0, 20 * HOUR, COUNT))
    assert found is not None and found.log10_bf < 0.5


def test_sign_ups_that_are_known_by_the_day_are_no_burst() -> None:
    rng = np.random.default_rng(3)
    found = signed_up(over_a_year(rng) // DAY * DAY)
    assert found is not None and found.log10_bf < 0.5


def test_a_cohort_that_is_most_of_the_accounts_has_no_background() -> None:
    rng = np.random.default_rng(4)
    seen = factories.asked(rng, factories.each(80, 2), np.zeros((80, 8)))
    everyone = factories.population(seen, 80, {"created_at": (START - rng.integers(0, DAY, 80)).tolist()})
    assert signup_burst.weigh(factories.cohort(everyone, seen, NUMBERS), everyone, SETTINGS) is None


def succeeded(
    begins: npt.NDArray[np.int64],
    stops: npt.NDArray[np.int64],
    reason: str | None = "abuse",
    days: int = 21,
) -> Evidence | None:
    """Accounts that begin at ``begins``; those of the first ``len(stops)`` are suspended at ``stops``."""
    rng = np.random.default_rng(0)
    count = len(begins)
    account = factories.each(count, 12)
    until = np.full(count, START + days * DAY)
    until[: len(stops)] = stops
    ts = begins[account] + (rng.random(len(account)) * (until - begins)[account]).astype(np.int64)
    ts[::12] = begins
    seen = factories.Asked(account, ts, rng.normal(0, 1, (len(account), 8)), rng.integers(1, 2**62, len(account)))
    known: dict[str, list[Any]] = {
        "created_at": (begins - HOUR).tolist(),
        "suspended_at": [*stops.tolist(), *([None] * (count - len(stops)))],
        "suspended_reason": [*([reason] * len(stops)), *([None] * (count - len(stops)))],
    }
    everyone = factories.population(seen, count, known)
    return succession.weigh(factories.cohort(everyone, seen, np.arange(count, dtype=np.int32)), everyone, SETTINGS)


def waves() -> npt.NDArray[np.int64]:
    """Two ban waves, on days 6 and 13."""
    return np.repeat([START + 6 * DAY, START + 13 * DAY], 12)


def test_new_heads_after_two_bans_are_a_succession() -> None:
    rng = np.random.default_rng(1)
    body = START + rng.integers(0, DAY, 40)
    heads = waves() + rng.integers(HOUR, 48 * HOUR, 24)
    found = succeeded(np.concatenate([body, heads]), waves())
    assert found is not None
    assert found.log10_bf == SETTINGS.lifecycle_cap
    assert found.question == "concealment"


@pytest.mark.parametrize("seed", range(8))
def test_a_growing_crowd_is_none(seed: int) -> None:
    """New users come at one rate, whether or not some of the old were suspended for abuse."""
    rng = np.random.default_rng(seed)
    body = START + rng.integers(0, DAY, 40)
    new = START + rng.integers(DAY, 20 * DAY, 40)
    found = succeeded(np.concatenate([body, new]), waves())
    assert found is not None and found.log10_bf < 0.8, found


@pytest.mark.parametrize("reason", ["payment", "self", "compromised", None])
def test_other_suspensions_prove_no_rotation(reason: str | None) -> None:
    rng = np.random.default_rng(1)
    heads = waves() + rng.integers(HOUR, 48 * HOUR, 24)
    found = succeeded(np.concatenate([START + rng.integers(0, DAY, 40), heads]), waves(), reason)
    assert found is None or found.log10_bf == 0


def test_suspensions_outside_the_window_prove_nothing() -> None:
    rng = np.random.default_rng(1)
    begins = START + rng.integers(0, DAY, 40)
    found = succeeded(begins, np.repeat([START + 21 * DAY], 1))
    assert found is None or found.log10_bf == 0
