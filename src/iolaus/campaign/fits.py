"""How well everybody who uses a campaign's words fits its accounts, and how many of them are strangers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from iolaus.campaign.apart import Declared
from iolaus.campaign.brought import strange_words, users_of
from iolaus.campaign.settings import VerdictSettings
from iolaus.engine import Engine
from iolaus.link.assemble import Assembly
from iolaus.link.besides import Asked
from iolaus.link.candidates import Candidate
from iolaus.link.cohort import Cohort
from iolaus.link.fit import AccountFits, account_fits, own_fits
from iolaus.link.parts import part_of
from iolaus.link.population import Floats
from iolaus.link.settings import LinkSettings
from iolaus.link.strangers import few

GUESSES = 6
"""Times that the accounts of a campaign are guessed anew from those whom they meet."""

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Fits:
    """How well each account that used the words fits the queue: ascending account numbers, and log10 Bayes factors.

    own: log10 odds that an account is the campaign's where strangers use the words too (:func:`own_odds`).
    tested: bool[n], whether it used them often enough to be tested for what it asks; the others can but be tied.
    tied_known: the setting, from which an account's ties tell that it is a member.
    apart: int32[a], accounts of declared organisations that use the words too, which are no part of any of this.
    strange: those of the words that bring strangers (:func:`iolaus.campaign.brought.strange_words`).
    """

    numbers: npt.NDArray[np.int32]
    by_account: AccountFits
    own: Floats
    tested: Mask
    tied_known: float = LinkSettings().tied_known
    apart: npt.NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    strange: tuple[int, ...] = ()

    @property
    def fitting(self) -> Mask:
        """bool[n], accounts that were tested and rather fit."""
        return self.tested & (self.by_account.usual >= 0)

    @property
    def share(self) -> float:
        """Share of those who were tested that rather fit."""
        return float(self.fitting.sum() / max(self.tested.sum(), 1))

    @cached_property
    def part(self) -> float:
        """Share of members among those who were tested, cautiously; by what is done besides, where that tells."""
        fitting, strangers = part_of(self.by_account.cautious[self.tested]), self.by_account.strangers
        if strangers is None:
            return fitting
        return 1 - strangers.share if strangers.by_ties else min(fitting, 1 - strangers.share)

    @property
    def counted_by_ties(self) -> bool:
        """Whether strangers were counted against accounts that ties tell: then few show among thousands as well."""
        return self.by_account.strangers is not None and self.by_account.strangers.by_ties

    def likely(self, settings: VerdictSettings) -> npt.NDArray[np.int32]:
        """Account numbers that are rather members: those who fit, by themselves where strangers use the words too."""
        return self.numbers[self.fitting & (self.exclusive(settings) | (self.own >= 0))]

    @property
    def prevalence(self) -> float:
        """log10 odds that one of them is a member; half a stranger is added, so that few prove little."""
        return log10_odds(self.part, float(self.tested.sum()))

    def strangers(self, settings: VerdictSettings) -> float:
        """How many strangers are to be expected among those who used the words once, by those who came back."""
        return settings.once_users * (float(self.tested.sum()) * (1 - self.part) + 0.5)

    def exclusive(self, settings: VerdictSettings) -> bool:
        """Whether nearly all who were tested are members, so that the words alone say much of an account.

        Thousands of weak hints, each a little too kind, sum up to a sure guess that is wrong: so all accounts together
        must bear ``own_evidence`` of the log likelihood ratio of few strangers to some, and each account beyond the
        first ``own_few`` besides ``own_bias``.
        Strangers are counted by what is done besides. Where ties told too few with whom to compare, or nothing is done
        besides, how well each fits must tell, and tell plainly (``own_fit``): of a few conversations strangers fit as
        well. None of the words may bring strangers.
        """
        if self.strange or self.part < settings.own_part:
            return False
        count, strangers = float(self.tested.sum()), self.by_account.strangers
        needed = settings.own_evidence + settings.own_bias * max(count - settings.own_few, 0.0)
        if strangers is not None and strangers.by_ties:
            return 1 - strangers.of_users >= settings.own_users and strangers.evidence >= needed
        # A few who know each other make all others look untied: where ties do not tell whom to compare with, they
        # tell nothing.
        apart = self.by_account.cautious[self.tested] - self.by_account.tied[self.tested]
        borne = few(10.0 ** np.clip(apart, -12, 12))
        return borne >= max(needed, settings.own_fit * count)


def fits_of(
    candidate: Candidate,
    assembly: Assembly,
    engine: Engine,
    settings: LinkSettings,
    verdict: VerdictSettings,
    known: Declared,
) -> Fits:
    """How well everybody who uses the words of a campaign fits its accounts. Needs phrase_uses."""
    counted = engine.table(
        "SELECT account, count(DISTINCT conversation) AS used FROM phrase_uses"
        f" WHERE phrase IN ({','.join(map(str, candidate.phrases))}) GROUP BY account ORDER BY account"
    )
    users, often = counted["account"].to_numpy(), counted["used"].to_numpy() >= settings.least_uses
    everyone = np.union1d(users, candidate.accounts).astype(np.int32)
    apart = everyone[known.among(everyone)]
    everyone = np.setdiff1d(everyone, apart)
    cohort = assembly.cut(replace(candidate, accounts=everyone), settings.max_members)
    tested = np.isin(cohort.numbers, users[often])
    others = assembly.strangers(candidate.accounts, np.union1d(everyone, apart).astype(np.int32))
    besides = assembly.besides(np.concatenate([cohort.numbers, others]), candidate.phrases)
    asked = Asked.of(cohort, besides, assembly.population, len(others))
    body = np.isin(cohort.numbers, candidate.accounts)
    found = account_fits(cohort, asked, assembly.population, settings, body, tested)
    strange = strange_words(
        users_of(engine, candidate.phrases, cohort.numbers[tested]),
        cohort.numbers[tested],
        found.usual[tested],
        verdict.own_part,
        verdict.strange_evidence,
        verdict.strange_doubt,
    )
    own = own_odds(found.tied, found.alike, tested)
    fits = Fits(cohort.numbers, found, own, tested, settings.tied_known, apart, strange)
    return fits if fits.exclusive(verdict) else replace(fits, own=_guessed(fits, cohort, asked, assembly, settings))


def _guessed(fits: Fits, cohort: Cohort, asked: Asked, assembly: Assembly, settings: LinkSettings) -> Floats:
    """float64[n], :func:`own_odds` of accounts that are compared with those who are likelier members than not.

    The first guess of who they are holds strangers that use the words, and whomever these know would seem tied.
    """
    found, last = fits.own, np.zeros(len(fits.tested), bool)
    for _ in range(GUESSES):
        body = fits.tested & (found >= 0)
        if body.sum() < settings.least_accounts or (body == last).all():
            break
        told = own_fits(cohort, asked, assembly.population, settings, body, fits.tested)
        found, last = own_odds(*told, fits.tested), body
    return found


def own_odds(tied: Floats, alike: Floats, tested: Mask) -> Floats:
    """float64[n], log10 odds by an account's own ties, and by hours and topics as far as they tell strangers.

    tied, alike: as in :class:`AccountFits`. The share of members, told by ties alone, among those who were tested and
    among those who used the words less, counts only where it speaks against.
    """
    found = alike.copy()
    for group in (tested, ~tested):
        found[group] += min(log10_odds(part_of(tied[group]), float(group.sum())), 0.0)
    return found


def log10_odds(share: float, count: float) -> float:
    """log10 odds of one of ``count`` accounts of which ``share`` are members; half a stranger is added."""
    return float(np.log10(max(share * count, 1e-12) / (count - share * count + 0.5))) if count else 0.0
