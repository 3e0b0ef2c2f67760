"""Which accused cohorts are one campaign, and which cohorts are only its shadow.

The words of a campaign bring up several cohorts: its templates, each of its common items, and honest accounts that
use some of the same words. The strongest cohort is taken first. Another that shares accounts with it is judged
together with it: where both stand as one campaign they are one. Where not, the other is its shadow if the campaign
turns out to hold its accounts, or if nothing stands without those; else two campaigns use the same words.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from iolaus.campaign.judge import Judgement, judge
from iolaus.campaign.settings import CampaignSettings, VerdictSettings
from iolaus.link.assemble import Assembly
from iolaus.link.candidates import Candidate
from iolaus.link.fit import account_fit, topic_fit
from iolaus.link.population import Population
from iolaus.link.run import Tested, test, weigh
from iolaus.link.settings import LinkSettings

MIXED = "Some of these accounts are one hand; neither their words nor what they do besides tells which."
ASK_MIXED = "Which of these accounts belong together by records of sign-up, payment and network outside the logs?"

Pair = tuple[Tested, Judgement]
Accounts = npt.NDArray[np.int32]


class Joiner:
    """Joins the judged cohorts of one scan."""

    def __init__(
        self,
        assembly: Assembly,
        link: LinkSettings,
        campaign: CampaignSettings,
        verdict: VerdictSettings,
    ) -> None:
        self._assembly = assembly
        self._link, self._campaign, self._verdict = link, campaign, verdict

    def found(self, candidates: list[Candidate]) -> list[Pair]:
        """The candidates, each tested and judged, and those of one campaign joined."""
        population = self._assembly.population
        tested = test(self._assembly, candidates, self._link)
        return self.join([(each, judge(each, population, self._campaign, self._verdict)) for each in tested])

    def join(self, judged: list[Pair]) -> list[Pair]:
        """Campaigns, the strongest first, and every other cohort with the verdict that is left to it.

        Those that share accounts with a campaign and are not one with it come after all campaigns.
        """
        accused = sorted(
            (pair for pair in judged if pair[1].verdict == "campaign"),
            key=lambda pair: (-strength(pair[1]), pair[0].candidate.id),
        )
        others = [pair for pair in judged if pair[1].verdict != "campaign"]
        found: list[Pair] = []
        beside: list[Pair] = []
        for pair in (self._refined(pair) for pair in accused):
            if pair[1].verdict != "campaign":
                others.append(pair)
                continue
            nearest = self.nearest(pair, found)
            if nearest is None:
                found.append(pair)
            elif (both := self._united(nearest, pair)) is not None:
                found[found.index(nearest)] = both
            else:
                beside.append(pair)
        asked = [pair for pair in others if _asked(pair[1])]
        return [*found, *beside, *(self._left(pair, found, asked) for pair in others)]

    def nearest(self, pair: Pair, found: Iterable[Pair]) -> Pair | None:
        """That of ``found`` which holds most accounts of ``pair``; None unless so many that they may be one."""
        nearest = max(found, key=lambda known: overlap(pair, known), default=None)
        return nearest if nearest and overlap(pair, nearest) >= self._campaign.same_campaign else None

    def beside(self, pair: Pair, held: Accounts) -> Pair | None:
        """The cohort without accounts that other campaigns hold; None unless it stands as a campaign like that."""
        tested, _ = pair
        left = _without(tested.candidate, held)
        if len(left.accounts) == len(tested.candidate.accounts):
            return pair
        if len(left.accounts) < self._link.least_accounts:
            return None
        again = self._judged(left, self._assembly.population)
        return again if again is not None and again[1].verdict == "campaign" else None

    def _refined(self, pair: Pair) -> Pair:
        """The cohort without accounts that do not fit it: strangers that use the words too.

        Those who stay are chosen by half of their topics and judged by the other half and by what did not choose
        them, so that a selection proves nothing by itself. Where the others are more than the setting allows the
        rest was searched out, not found: then nobody is accused.
        """
        tested, judgement = pair
        cohort, population = tested.cohort, self._assembly.population
        fits = account_fit(cohort, population, self._link) >= self._campaign.least_fit
        if fits.all():
            return pair
        chosen = topic_fit(cohort.half(False), population, self._link) >= self._campaign.least_fit
        if chosen.mean() < self._campaign.least_fitting or chosen.sum() < self._link.least_accounts:
            return mixed(tested, judgement, self._verdict)
        again = self._judged(_without(tested.candidate, cohort.numbers[~chosen]), population, odd=True)
        if again is None or again[1].verdict != "campaign":
            return again or pair
        strangers = cohort.numbers[~(chosen & fits)]
        return replace(again[0], candidate=_without(tested.candidate, strangers)), again[1]

    def _judged(self, candidate: Candidate, population: Population, odd: bool = False) -> Pair | None:
        """``odd``: by the half of the topics that selected nobody."""
        cohort = self._assembly.cut(candidate)
        if len(cohort.conversations) == 0:
            return None
        seen = cohort.half(True) if odd else cohort
        tested = Tested(candidate, cohort, weigh(seen, population, self._link))
        return tested, judge(tested, population, self._campaign, self._verdict)

    def _united(self, known: Pair, pair: Pair) -> Pair | None:
        """The campaign with the words and accounts of another cohort; None unless it stands as a campaign like that."""
        candidate = _both(known[0].candidate, pair[0].candidate)
        both = self._judged(candidate, self._assembly.population)
        if both is None or both[1].verdict != "campaign":
            return None
        body = np.isin(both[0].cohort.numbers, known[0].candidate.accounts)
        fit = account_fit(both[0].cohort, self._assembly.population, self._link, body)
        if (fit >= 0).mean() < self._campaign.least_fitting:
            return None
        refined = self._refined(both)
        grown = len(refined[0].candidate.accounts) >= len(known[0].candidate.accounts)
        return refined if refined[1].verdict == "campaign" and grown else None

    def _left(self, pair: Pair, found: list[Pair], asked: list[Pair]) -> Pair:
        """A cohort that is not accused; where it is mostly a campaign's accounts, its shadow.

        A pool of which most accounts stand in a larger cohort that honest people may be is a part of that.
        """
        nearest = self.nearest(pair, found)
        if nearest is not None:
            return shadow(pair, nearest)
        size = len(pair[0].candidate.accounts)
        larger = [known for known in asked if len(known[0].candidate.accounts) > size]
        whole = self.nearest(pair, larger) if pair[1].verdict == "concealed_pool" else None
        return pair if whole is None else _part(pair, whole, self._verdict)


def _without(candidate: Candidate, accounts: Accounts) -> Candidate:
    return replace(candidate, accounts=np.setdiff1d(candidate.accounts, accounts).astype(np.int32))


def mixed(tested: Tested, judgement: Judgement, settings: VerdictSettings) -> Pair:
    """The cohort left undetermined: its accounts cannot be told from strangers that use the same words."""
    return tested, _unsettled(judgement, MIXED, ASK_MIXED, settings)


def _unsettled(judgement: Judgement, sentence: str, ask: str, settings: VerdictSettings) -> Judgement:
    """The judgement of a cohort that is left to a person."""
    probability = min(judgement.probability, settings.undetermined_most)
    return replace(judgement, verdict="undetermined", sentence=sentence, question_to_ask=ask, probability=probability)


def _asked(judgement: Judgement) -> bool:
    """Whether a person is asked of the cohort because an honest explanation fits it as well."""
    return judgement.verdict == "undetermined" and any(explanation.held for explanation in judgement.explanations)


def _part(pair: Pair, whole: Pair, settings: VerdictSettings) -> Pair:
    """The cohort as a part of a larger one, of which a person is asked."""
    tested, judgement = pair
    sentence = f"Its accounts are mostly those of cohort {whole[0].candidate.id}, of which a person is asked."
    return tested, _unsettled(judgement, sentence, whole[1].question_to_ask, settings)


def strength(judgement: Judgement) -> float:
    """Sum of the log10 Bayes factors of the three questions, by which cohorts are ranked."""
    return sum(judgement.questions[question].log10_bf for question in ("control", "concealment", "content"))


def overlap(pair: Pair, known: Pair) -> float:
    """Share of the accounts of ``pair`` that ``known`` holds."""
    mine = pair[0].candidate.accounts
    return len(np.intersect1d(mine, known[0].candidate.accounts)) / max(len(mine), 1)


def _both(known: Candidate, other: Candidate) -> Candidate:
    """The candidate ``known`` with the words and accounts of another.

    Without its words where only their heavy users are meant: everybody else who uses them is another's, or nobody's.
    """
    words = () if other.core else other.phrases
    return replace(
        known,
        phrases=tuple(sorted({*known.phrases, *words})),
        accounts=np.union1d(known.accounts, other.accounts).astype(np.int32),
    )


def shadow(pair: Pair, known: Pair) -> Pair:
    """The cohort, explained by the campaign ``known``, whose accounts most of its own are."""
    tested, judgement = pair
    sentence = f"Its accounts are mostly those of cohort {known[0].candidate.id}; the others add no campaign to it."
    return tested, replace(judgement, verdict="explained", sentence=sentence, question_to_ask="", probability=0.0)
