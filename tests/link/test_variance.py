"""One-way analysis of variance as evidence: right sides, no certainty without power, kept promises."""

from __future__ import annotations

import numpy as np
import pytest

from iolaus.link.population import Floats
from iolaus.link.settings import LinkSettings
from iolaus.link.variance import ALIKE_DEVIATION, Spread, Variance, explain_by_group

SETTINGS = LinkSettings()
QUEUE = Spread(SETTINGS.queue_median, SETTINGS.queue_deviation)
HONEST = Spread(SETTINGS.tastes_median, SETTINGS.tastes_deviation, SETTINGS.alike_share, SETTINGS.tastes_alike)
DIMENSIONS = 24


def drawn(rng: np.random.Generator, accounts: int, uses: int, ratio: float) -> tuple[Floats, np.ndarray]:
    """Vectors whose variance between accounts is ``ratio`` of that within."""
    group = np.repeat(np.arange(accounts), uses)
    between = rng.normal(0, np.sqrt(ratio), (accounts, DIMENSIONS))
    return between[group] + rng.normal(0, 1, (len(group), DIMENSIONS)), group


def analysed(seed: int, accounts: int, uses: int, ratio: float) -> Variance:
    vectors, group = drawn(np.random.default_rng(seed), accounts, uses, ratio)
    found = explain_by_group(vectors, group, QUEUE, HONEST, SETTINGS.variance_inflation)
    assert found is not None
    return found


def honest_ratio(rng: np.random.Generator) -> float:
    """One draw from what the settings say of honest phrases, users who are alike included."""
    if rng.random() < HONEST.alike:
        return float(10 ** rng.normal(HONEST.alike_median, ALIKE_DEVIATION))
    return float(10 ** rng.normal(HONEST.median, HONEST.deviation))


def test_one_queue_has_f_of_one() -> None:
    f = [analysed(seed, 100, 10, 0.0).f for seed in range(20)]
    assert np.mean(f) == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize("ratio", [0.05, 0.2, 1.0])
def test_ratio_of_variances_is_estimated(ratio: float) -> None:
    found = [analysed(seed, 100, 10, ratio) for seed in range(20)]
    assert np.mean([one.ratio for one in found]) == pytest.approx(ratio, rel=0.1)
    assert np.mean([one.f for one in found]) == pytest.approx(1 + 10 * ratio, rel=0.1)


def test_uneven_volumes_estimate_the_same_ratio() -> None:
    """F grows with volume; the ratio of variances does not."""
    rng = np.random.default_rng(0)
    estimates = []
    for _ in range(20):
        uses = rng.integers(1, 40, 80)
        group = np.repeat(np.arange(80), uses)
        vectors = rng.normal(0, np.sqrt(0.3), (80, DIMENSIONS))[group] + rng.normal(0, 1, (len(group), DIMENSIONS))
        found = explain_by_group(vectors, group, QUEUE, HONEST, SETTINGS.variance_inflation)
        assert found is not None
        estimates.append(found.ratio)
    assert np.mean(estimates) == pytest.approx(0.3, rel=0.1)


def test_a_queue_speaks_for_control_and_people_against() -> None:
    for seed in range(10):
        assert analysed(seed, 60, 15, 0.0).log10_bf > 0.3
        assert analysed(seed, 60, 15, 0.3).log10_bf < -1.0


def test_evidence_grows_with_accounts_and_uses() -> None:
    def mean(accounts: int, uses: int) -> float:
        return float(np.mean([analysed(seed, accounts, uses, 0.0).log10_bf for seed in range(10)]))

    assert mean(10, 2) < mean(30, 5) <= mean(100, 20) + 0.1


@pytest.mark.parametrize("ratio", [0.0, 0.1, 0.3])
def test_no_power_is_no_evidence(ratio: float) -> None:
    """10 accounts of 2 uses pass a plain permutation test two times in three: they must weigh next to nothing."""
    weights = [analysed(seed, 10, 2, ratio).log10_bf for seed in range(100)]
    assert abs(np.mean(weights)) < 0.5
    assert max(weights) < 1.0


@pytest.mark.parametrize(("accounts", "uses"), [(10, 2), (25, 4), (60, 10), (150, 20)])
def test_honest_people_are_rarely_misread(accounts: int, uses: int) -> None:
    """A ratio of likelihoods keeps its promise: it exceeds b under honest draws at most one time in b."""
    rng = np.random.default_rng(accounts)
    draws = 300
    weights = np.array([analysed(seed, accounts, uses, honest_ratio(rng)).log10_bf for seed in range(draws)])
    for promise in (10, 100):
        allowed = draws / promise + 3 * np.sqrt(draws / promise) + 1
        found = int((weights > np.log10(promise)).sum())
        assert found <= allowed, f"{found} of {draws} honest phrases exceed {promise}:1, {allowed:.0f} at most"


def test_alike_users_are_no_queue() -> None:
    """Users of an idiom hardly differ: what little they do keeps them from being called one queue."""
    rng = np.random.default_rng(3)
    ratios = 10 ** rng.normal(HONEST.alike_median, ALIKE_DEVIATION, 60)
    weights = [analysed(seed, 60, 10, float(ratio)).log10_bf for seed, ratio in enumerate(ratios)]
    assert np.mean(weights) < 0.5
    vectors, group = drawn(rng, 60, 15, 0.0)
    alone = Spread(HONEST.median, HONEST.deviation)
    without = explain_by_group(vectors, group, QUEUE, alone, SETTINGS.variance_inflation)
    with_them = explain_by_group(vectors, group, QUEUE, HONEST, SETTINGS.variance_inflation)
    assert without is not None and with_them is not None
    assert with_them.log10_bf < without.log10_bf


def test_turns_of_one_conversation_are_why_conversations_count() -> None:
    """A queue dealt by whole conversations of 10 turns: by exchange the account explains much, by conversation not."""
    rng = np.random.default_rng(5)
    accounts, conversations, turns = 40, 6, 10
    subject = rng.normal(0, 2.0, (accounts * conversations, DIMENSIONS))
    account = np.repeat(np.arange(accounts), conversations)
    exchange = np.repeat(subject, turns, 0) + rng.normal(0, 0.5, (len(subject) * turns, DIMENSIONS))
    by_exchange = explain_by_group(exchange, np.repeat(account, turns), QUEUE, HONEST, SETTINGS.variance_inflation)
    by_conversation = explain_by_group(subject, account, QUEUE, HONEST, SETTINGS.variance_inflation)
    assert by_exchange is not None and by_conversation is not None
    assert by_exchange.f > 5
    assert by_conversation.f == pytest.approx(1.0, abs=0.2)


def test_order_and_labels_change_nothing() -> None:
    rng = np.random.default_rng(6)
    vectors, group = drawn(rng, 20, 5, 0.2)
    one = explain_by_group(vectors, group, QUEUE, HONEST, SETTINGS.variance_inflation)
    order = rng.permutation(len(group))
    other = explain_by_group(vectors[order], 1000 - group[order], QUEUE, HONEST, SETTINGS.variance_inflation)
    assert one is not None and other is not None
    assert other.log10_bf == pytest.approx(one.log10_bf, abs=1e-9)


@pytest.mark.parametrize(
    ("accounts", "uses"),
    [(0, 0), (1, 10), (2, 10), (10, 1)],
    ids=["nothing", "one account", "two accounts", "one use each"],
)
def test_nothing_to_compare_is_none(accounts: int, uses: int) -> None:
    vectors, group = drawn(np.random.default_rng(0), accounts, uses, 0.0)
    assert explain_by_group(vectors, group, QUEUE, HONEST, SETTINGS.variance_inflation) is None


def test_equal_observations_are_none() -> None:
    group = np.repeat(np.arange(10), 5)
    assert explain_by_group(np.ones((50, 4)), group, QUEUE, HONEST, SETTINGS.variance_inflation) is None


def test_far_apart_accounts_stay_finite() -> None:
    group = np.repeat(np.arange(10), 5)
    vectors = np.eye(10)[group] * 100 + np.random.default_rng(0).normal(0, 0.1, (50, 10))
    found = explain_by_group(vectors, group, QUEUE, HONEST, SETTINGS.variance_inflation)
    assert found is not None
    assert np.isfinite(found.log10_bf)
    assert found.log10_bf <= 0
