"""Which accused cohorts are one campaign, and which cohorts are only its shadow.

The words of a campaign bring up several cohorts: its templates, each of its common items, and honest accounts that
use some of the same words. The strongest cohort is taken first. Another that shares accounts with it is judged
again without them: what still stands by itself is more of the campaign; what does not was its shadow.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from iolaus.campaign.judge import Judgement, judge
from iolaus.campaign.settings import CampaignSettings, VerdictSettings
from iolaus.engine import Engine
from iolaus.link.assemble import Assembly
from iolaus.link.candidates import Candidate
from iolaus.link.fit import account_fit
from iolaus.link.population import Population
from iolaus.link.run import Tested, weigh
from iolaus.link.settings import LinkSettings

MIXED = "Some of these accounts are one hand; too many others use the same words to tell which."
ASK_MIXED = "Which of these accounts share addresses, cards or sign-ups with one another?"

Pair = tuple[Tested, Judgement]
Accounts = npt.NDArray[np.int32]


class Joiner:
    """Joins the judged cohorts of one scan."""

    def __init__(
        self,
        assembly: Assembly,
        engine: Engine,
        link: LinkSettings,
        campaign: CampaignSettings,
        verdict: VerdictSettings,
    ) -> None:
        self._assembly, self._engine = assembly, engine
        self._link, self._campaign, self._verdict = link, campaign, verdict

    def join(self, judged: list[Pair]) -> list[Pair]:
        """Campaigns with all their words and accounts, and every other cohort with the verdict that is left to it."""
        accused = sorted(
            (pair for pair in judged if pair[1].verdict == "campaign"),
            key=lambda pair: (-strength(pair[1]), pair[0].candidate.id),
        )
        others = [pair for pair in judged if pair[1].verdict != "campaign"]
        found: list[Pair] = []
        for pair in (self._refined(pair) for pair in accused):
            if pair[1].verdict != "campaign":
                others.append(pair)
                continue
            nearest = max(found, key=lambda known: _shared(pair, known), default=None)
            if nearest is None or _shared(pair, nearest) < self._campaign.same_campaign:
                found.append(pair)
            elif self._stands_alone(pair, nearest[0].candidate.accounts):
                found[found.index(nearest)] = _with(nearest, pair[0].candidate.phrases, pair[0].candidate.accounts)
            else:
                others.append(_shadow(pair, nearest))
        found = [self._with_own_words(pair) for pair in found]
        return found + [self._left(pair, found) for pair in others]

    def _refined(self, pair: Pair) -> Pair:
        """The cohort without accounts that do not fit it: strangers that use the words too.

        Where they are more than the setting allows the rest was searched out, not found: then nobody is accused.
        """
        tested, _ = pair
        score = account_fit(tested.cohort, self._assembly.population, self._link)
        fits = score >= self._campaign.least_fit
        if fits.all():
            return pair
        if fits.mean() < self._campaign.least_fitting or fits.sum() < self._link.least_accounts:
            unsettled = min(pair[1].probability, self._verdict.undetermined_most)
            return tested, replace(
                pair[1], verdict="undetermined", sentence=MIXED, question_to_ask=ASK_MIXED, probability=unsettled
            )
        outside = tested.cohort.numbers[~fits]
        candidate = replace(tested.candidate, accounts=np.setdiff1d(tested.candidate.accounts, outside))
        return self._judged(candidate, self._assembly.population) or pair

    def _judged(self, candidate: Candidate, population: Population) -> Pair | None:
        cohort = self._assembly.cut(candidate)
        if len(cohort.conversations) == 0:
            return None
        tested = Tested(candidate, cohort, weigh(cohort, population, self._link))
        return tested, judge(tested, population, self._campaign, self._verdict)

    def _stands_alone(self, pair: Pair, known: Accounts) -> bool:
        """Whether the accounts that are not ``known`` are a campaign by themselves."""
        candidate = pair[0].candidate
        rest = np.setdiff1d(candidate.accounts, known)
        if len(rest) < self._link.least_accounts:
            return False
        again = self._judged(replace(candidate, accounts=rest), self._assembly.population.without(known))
        return again is not None and again[1].verdict == "campaign"

    def _with_own_words(self, pair: Pair) -> Pair:
        """Add every phrase that hardly anybody but the campaign's accounts uses."""
        self._engine.register("chosen", pa.table({"account": pair[0].candidate.accounts}))
        own = self._engine.table(
            "SELECT phrase FROM (SELECT phrase, count(*) AS uses, count(c.account) AS own FROM phrase_uses AS u"
            " LEFT JOIN chosen AS c ON c.account = u.account GROUP BY phrase) AS counted"
            f" WHERE own >= {self._campaign.own_words} * uses ORDER BY phrase"
        )["phrase"].to_pylist()
        return _with(pair, tuple(own), pair[0].candidate.accounts)

    def _left(self, pair: Pair, found: list[Pair]) -> Pair:
        """A cohort that is not accused; where it is mostly a campaign's accounts, its shadow."""
        nearest = max(found, key=lambda known: _shared(pair, known), default=None)
        if nearest is None or _shared(pair, nearest) < self._campaign.same_campaign:
            return pair
        return _shadow(pair, nearest)


def strength(judgement: Judgement) -> float:
    """Sum of the log10 Bayes factors of the three questions, by which cohorts are ranked."""
    return sum(judgement.questions[question].log10_bf for question in ("control", "concealment", "content"))


def _shared(pair: Pair, known: Pair) -> float:
    """Share of the accounts of ``pair`` that ``known`` holds."""
    mine = pair[0].candidate.accounts
    return len(np.intersect1d(mine, known[0].candidate.accounts)) / max(len(mine), 1)


def _with(pair: Pair, phrases: tuple[int, ...], accounts: Accounts) -> Pair:
    tested, judgement = pair
    candidate: Candidate = replace(
        tested.candidate,
        phrases=tuple(sorted({*tested.candidate.phrases, *phrases})),
        accounts=np.union1d(tested.candidate.accounts, accounts).astype(np.int32),
    )
    return replace(tested, candidate=candidate), judgement


def _shadow(pair: Pair, known: Pair) -> Pair:
    tested, judgement = pair
    sentence = f"Its accounts are mostly those of campaign-{known[0].candidate.id}; the others add no campaign to it."
    return tested, replace(judgement, verdict="explained", sentence=sentence, question_to_ask="", probability=0.0)
