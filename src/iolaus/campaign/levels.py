"""Error control: the level that a campaign must reach, so that false ones stay below one stated rate over all looks.

Each tested cohort gets an e-value: a number whose mean over honest cohorts is at most 1. Its score is the Bayes factor
of what would accuse it, 0 where a rule keeps it from being accused, and the score stands against those of cohorts that
are known to be honest. Of K tested cohorts those are alarms whose e-value is at least K / B, where B is how many false
ones the look may make: the stated rate times the account-weeks whose budget it spends. By Markov's inequality and
since expectations add up, whatever hangs on whatever, the expected number of false ones is then at most B. No
account-week is spent twice, so that the sum over all looks, at whatever time one stops, keeps to the rate.
After Vovk and Wang, Annals of Statistics 49 (2021) 1736, and Balinsky and Balinsky, arXiv 2403.19082.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, replace

from iolaus.campaign.judge import Judgement
from iolaus.campaign.judged import Judged, Outcome
from iolaus.campaign.settings import VerdictSettings
from iolaus.findings import ErrorControl, Level

MILLION = 1e6

LEAST_SPENT = 1e-9
"""Account-weeks that a look spends at least, so that its level is a number; with nothing left none can reach it."""

BELOW = "The evidence does not reach the level that keeps false campaigns as rare as is stated."
ASK_BELOW = "What would a week more of traffic show?"


@dataclass(frozen=True)
class Look:
    """One look at traffic, in active account-weeks.

    weeks: all that is looked at. new: those that no earlier look saw. spent: those whose budget this look spends.
    left: those whose budget later looks may spend.
    """

    weeks: int
    new: int
    spent: float
    left: float


def once(weeks: int) -> Look:
    """A look without a state: there was none before, and all of the budget is its own."""
    return Look(weeks, weeks, max(float(weeks), LEAST_SPENT), 0.0)


def again(weeks: int, new: int, unspent: float, share: float) -> Look:
    """One of many looks at what a state keeps: it spends the ``share`` (0 to 1) of what is new or was left before."""
    budget = new + unspent
    return Look(weeks, new, max(share * budget, LEAST_SPENT), (1 - share) * budget)


def needed(tested: int, look: Look, settings: VerdictSettings) -> float:
    """log10 of the e-value that each of ``tested`` cohorts must reach in this look: e-Bonferroni."""
    return round(math.log10(max(tested, 1) * MILLION / (settings.false_campaigns * look.spent)), 6)


def reached(score: float, settings: VerdictSettings) -> float:
    """log10 of the e-value of a campaign, given the log10 Bayes factor that accuses it (``score``).

    n honest cohorts and this one are exchangeable if it is honest too. Then (n + 1) S / (S + sum of theirs) has mean 1,
    whatever the distribution of scores. Of the n a stated share may be none: those who have it in for honest accounts
    would make them score nothing, so as many are not counted; scores of hidden campaigns only make it smaller.
    """
    known = settings.honest_cohorts * (1 - settings.honest_doubt)
    larger = max(score, settings.honest_score)
    whole = larger + math.log10(10 ** (score - larger) + 10 ** (settings.honest_score - larger))
    return round(math.log10(known + 1) + score - whole, 6)


def highest(settings: VerdictSettings) -> float:
    """log10 of the e-value that nothing can exceed: so many honest cohorts are known."""
    return math.log10(settings.honest_cohorts * (1 - settings.honest_doubt) + 1)


def record(found: Outcome, look: Look, settings: VerdictSettings) -> ErrorControl:
    """What run.json says of a look."""
    return ErrorControl(
        promised=settings.false_campaigns,
        account_weeks=look.weeks,
        new=look.new,
        spent=round(look.spent, 9),
        left=round(look.left, 9),
        cohorts=found.tested,
        needed=needed(found.tested, look, settings),
        highest=round(highest(settings), 6),
    )


def held_to(outcome: Outcome, look: Look, settings: VerdictSettings, alarmed: Collection[str] = ()) -> Outcome:
    """The outcome with the level of every campaign; those below theirs are left undetermined and accuse nobody.

    alarmed: ids of candidates whose campaign an earlier look reported. They keep that alarm, which was paid for then.
    """
    level = needed(outcome.tested, look, settings)
    return replace(outcome, cohorts=[_held(judged, level, settings, alarmed) for judged in outcome.cohorts])


def _held(judged: Judged, level: float, settings: VerdictSettings, alarmed: Collection[str]) -> Judged:
    if judged.judgement.verdict != "campaign":
        return judged
    score = judged.judgement.log10_bf
    wanted = None if judged.tested.candidate.id in alarmed else level
    found = Level(score=score, reached=reached(score, settings), needed=wanted)
    if wanted is None or found.reached >= wanted:
        return replace(judged, level=found)
    return replace(judged, level=found, judgement=_below(judged.judgement, settings), members=None)


def _below(judgement: Judgement, settings: VerdictSettings) -> Judgement:
    return replace(
        judgement,
        verdict="undetermined",
        sentence=BELOW,
        question_to_ask=ASK_BELOW,
        probability=min(judgement.probability, settings.undetermined_most),
    )
