"""The level of a look: e-values have mean 1 whatever scores are like, and false campaigns keep to the rate."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from iolaus.campaign.judge import Judgement
from iolaus.campaign.judged import Judged, Outcome
from iolaus.campaign.levels import Look, again, held_to, highest, needed, once, reached, record
from iolaus.campaign.settings import VerdictSettings
from iolaus.findings import Verdict
from iolaus.link.population import Population
from iolaus.link.uses import Uses
from iolaus.record import out_of_reach

SETTINGS = VerdictSettings(false_campaigns=1_000, honest_cohorts=10_000, honest_score=3.0, honest_doubt=0.0)


def settings_of(scores: np.ndarray[Any, Any], doubt: float = 0.0) -> VerdictSettings:
    """Settings of a provider who saw these scores (not logarithms) on honest cohorts."""
    total = float(scores.sum())
    return VerdictSettings(
        honest_cohorts=len(scores), honest_score=math.log10(total) if total else -300.0, honest_doubt=doubt
    )


def scores(random: np.random.Generator, count: int) -> np.ndarray[Any, Any]:
    """Of most honest cohorts nothing accuses; the others' scores have no mean at all (Pareto, index 0.7)."""
    return np.where(random.random(count) < 0.8, 0.0, random.pareto(0.7, count) * 1e3)


def e_value(score: float, settings: VerdictSettings) -> float:
    return 10 ** reached(math.log10(score), settings) if score else 0.0


def test_the_mean_over_honest_cohorts_is_at_most_one_however_heavy_the_tail() -> None:
    random = np.random.default_rng(1)
    found = np.array([e_value(float(s[-1]), settings_of(s[:-1])) for s in (scores(random, 31) for _ in range(20_000))])
    assert found.mean() <= 1 + 3 * found.std() / math.sqrt(len(found)), found.mean()
    assert found.mean() > 0.9, "an e-value that could be larger"


def test_cohorts_that_are_put_among_the_honest_ones_to_score_nothing_do_not_raise_the_mean() -> None:
    """Who wants honest accounts accused can make as many cohorts of little account as are doubted."""
    random = np.random.default_rng(2)
    drawn = [scores(random, 31) for _ in range(20_000)]
    planted = [(float(s[-1]), np.append(s[:-1], np.zeros(30))) for s in drawn]
    trusting = np.array([e_value(score, settings_of(known)) for score, known in planted])
    doubting = np.array([e_value(score, settings_of(known, 0.5)) for score, known in planted])
    assert trusting.mean() > 1.5
    assert doubting.mean() <= 1 + 3 * doubting.std() / math.sqrt(len(doubting))


def test_a_hidden_campaign_among_the_honest_ones_only_lowers_e_values() -> None:
    hidden = SETTINGS.model_copy(update={"honest_score": 6.0})
    assert reached(5.0, hidden) < reached(5.0, SETTINGS)


def test_nothing_exceeds_what_is_known_of_honest_cohorts() -> None:
    assert reached(40.0, SETTINGS) == pytest.approx(highest(SETTINGS), abs=1e-6)
    assert highest(SETTINGS) == pytest.approx(math.log10(10_001))
    assert reached(3.0, SETTINGS) == pytest.approx(math.log10(10_001 / 2), abs=1e-6)
    assert reached(-8.0, SETTINGS) < -6


def test_false_campaigns_keep_to_the_rate_over_all_looks_though_cohorts_and_looks_depend() -> None:
    """Every cohort of a look scores the same, and what was seen in one look is seen again in the next."""
    random = np.random.default_rng(3)
    cohorts, false, weeks = 5, 0, 0
    settings = SETTINGS.model_copy(update={"false_campaigns": 20_000.0})
    for _ in range(3_000):
        known = scores(random, 400)
        told = settings.model_copy(update=settings_of(known).model_dump(include={"honest_cohorts", "honest_score"}))
        score, left = float(scores(random, 1)[0]), 0.0
        for number in range(4):
            look = again(100 * (number + 1), 100, left, 0.5)
            score, left, weeks = (
                max(score, float(scores(random, 1)[0])) if number == 2 else score,
                look.left,
                weeks + 100,
            )
            level = needed(cohorts, look, told)
            false += cohorts * (score > 0 and reached(math.log10(score), told) >= level)
    assert 0 < false / weeks <= 20_000 / 1e6


def test_no_account_week_is_spent_twice() -> None:
    random = np.random.default_rng(4)
    news = random.integers(0, 500, 60)
    left, spent = 0.0, 0.0
    for new in news.tolist():
        look = again(1_000, new, left, 0.3)
        left, spent = look.left, spent + look.spent
    assert spent + left == pytest.approx(news.sum())
    assert once(700) == Look(700, 700, 700.0, 0.0)


def test_the_level_rises_with_cohorts_and_falls_with_account_weeks_and_rate() -> None:
    level = needed(100, once(2_000), SETTINGS)
    assert level == pytest.approx(math.log10(100 / 2))
    assert needed(1_000, once(2_000), SETTINGS) == pytest.approx(level + 1)
    assert needed(100, once(20_000), SETTINGS) == pytest.approx(level - 1)
    assert needed(100, once(2_000), SETTINGS.model_copy(update={"false_campaigns": 100.0})) == pytest.approx(level + 1)
    assert math.isfinite(needed(0, once(0), SETTINGS))


def judged(name: str, verdict: Verdict, score: float) -> Judged:
    judgement = Judgement(verdict, "s", "", 0.999, {}, (), (), score)
    tested = SimpleNamespace(candidate=SimpleNamespace(id=name))
    return Judged(cast(Any, tested), judgement, {}, cast(Any, "members"))


def outcome(*cohorts: Judged) -> Outcome:
    return Outcome(list(cohorts), cast(Population, None), cast(Uses, None), 100)


def test_a_campaign_below_its_level_is_undetermined_and_accuses_nobody() -> None:
    weak, strong, other = judged("a", "campaign", 0.0), judged("b", "campaign", 6.0), judged("c", "explained", 9.0)
    found = held_to(outcome(weak, strong, other), once(2_000), SETTINGS)
    assert [each.judgement.verdict for each in found.cohorts] == ["undetermined", "campaign", "explained"]
    below, above, untouched = found.cohorts
    assert below.members is None and below.judgement.question_to_ask and below.judgement.probability <= 0.1
    assert below.level is not None and below.level.needed is not None and below.level.reached < below.level.needed
    assert (
        above.level is not None and above.level.needed == pytest.approx(math.log10(50)) and above.members == "members"
    )
    assert untouched is other
    assert [each.tested.candidate.id for each in found.campaigns] == ["b"]


def test_a_campaign_that_an_earlier_look_reported_keeps_its_alarm() -> None:
    weak = judged("a", "campaign", 0.0)
    (found,) = held_to(outcome(weak), once(2_000), SETTINGS, {"a"}).cohorts
    assert found.judgement.verdict == "campaign" and found.members == "members"
    assert found.level is not None and found.level.needed is None


def test_a_promise_that_no_evidence_can_keep_is_said() -> None:
    told = record(outcome(), once(2_000), SETTINGS)
    assert out_of_reach(told) == []
    strict = SETTINGS.model_copy(update={"false_campaigns": 1.0})
    (warning,) = out_of_reach(record(outcome(), once(2_000), strict))
    assert "nobody new can be accused" in warning and "verdict.false_campaigns to 5 or more" in warning
    least = SETTINGS.model_copy(update={"false_campaigns": 5.0})
    assert out_of_reach(record(outcome(), once(2_000), least)) == []
