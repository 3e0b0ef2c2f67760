"""Campaigns are measured one after another, and a cohort whose accounts an earlier one holds is its shadow.

The strongest goes first, and its words need not be its own: thousands who hide among the users of a framework may be
brought up by the framework's words. Whoever else uses these is then told one by one, and most of them cannot be. So a
later cohort of the same accounts, whose words hardly a stranger uses, takes its place.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from iolaus.campaign.apart import Declared
from iolaus.campaign.fits import Fits, fits_of
from iolaus.campaign.grown import MORE_LIKELY, grown
from iolaus.campaign.join import Joiner, Pair, shadow
from iolaus.campaign.judged import Judged, Settings
from iolaus.campaign.unread import with_unread
from iolaus.campaign.wordless import WORDLESS
from iolaus.engine import Engine
from iolaus.link.assemble import Assembly


@dataclass(frozen=True)
class _Measured:
    """A cohort that stands as a campaign, what it came to, and the same with none but the accounts that it accuses."""

    pair: Pair
    found: Judged
    held: Pair | None = None

    @property
    def accused(self) -> int:
        """How many accounts it accuses."""
        return 0 if self.held is None else len(self.held[0].candidate.accounts)


@dataclass
class Measuring:
    """Measures the cohorts of one scan."""

    joiner: Joiner
    assembly: Assembly
    engine: Engine
    settings: Settings
    known: Declared

    def of(self, judged: Iterable[Pair]) -> list[Judged]:
        """Each cohort, campaigns with their members. judged: what may be one with another cohort comes after it."""
        measured: list[_Measured] = []
        others: list[Judged] = []
        for pair in judged:
            if pair[1].verdict == "campaign":
                self._add(pair, measured)
            else:
                others.append(Judged(*pair, {}))
        return [*(each.found for each in measured), *others]

    def _add(self, pair: Pair, measured: list[_Measured]) -> None:
        """Measure one more. What could be an earlier cohort by its accounts, and was not joined with it, is judged once
        more without those that turned out to be the earlier campaign's.
        """
        better = self._by_better_words(pair, measured)
        if better is not None:
            measured.append(better)
            return
        held = [each.held for each in measured if each.held is not None]
        holder = self.joiner.nearest(pair, held)
        rival = holder or self.joiner.nearest(pair, [each.pair for each in measured])
        if rival is None:
            measured.append(self._grown(pair, pair))
            return
        alone = None if holder else self.joiner.beside(pair, _accounts(held))
        if alone is None:
            measured.append(_Measured(pair, Judged(*shadow(pair, rival), {})))
        else:
            measured.append(self._grown(alone, pair))

    def _by_better_words(self, pair: Pair, measured: list[_Measured]) -> _Measured | None:
        """The cohort measured, where its words are its own, those of the campaign that it may be one with are not, and
        more accounts are told so. That campaign is then its shadow.
        """
        strange = [each.pair for each in measured if each.held is not None and not each.found.own_words]
        rival = None if WORDLESS & {*pair[0].candidate.kinds} else self.joiner.nearest(pair, strange)
        if rival is None:
            return None
        settings = self.settings
        fits = fits_of(pair[0].candidate, self.assembly, self.engine, settings.link, settings.verdict, self.known)
        if not fits.exclusive(settings.verdict):
            return None
        found = self._grown(pair, pair, fits)
        place = next(n for n, each in enumerate(measured) if each.pair is rival)
        if not found.found.own_words or found.accused <= measured[place].accused:
            return None
        measured[place] = _Measured(rival, Judged(*shadow(rival, pair), {}))
        return found

    def _grown(self, pair: Pair, said: Pair, fits: Fits | None = None) -> _Measured:
        """The cohort with its members. said: as it was judged with accounts that are another's. fits: if known."""
        found = grown(pair, self.assembly, self.engine, self.settings, self.known, fits)
        if found.members is not None and not WORDLESS & {*found.tested.candidate.kinds}:
            found = self._with_unread(found)
        held = None
        if found.members is not None:
            sure = found.members.membership >= self.settings.verdict.accuse_membership
            held = _of_accounts(found, found.members.numbers[sure])
        return _Measured(said, found, held)

    def _with_unread(self, found: Judged) -> Judged:
        """The campaign with accounts of which no text was kept, and whose ties are those of its own."""
        assert found.members is not None
        members = with_unread(
            found.members,
            self.assembly.population,
            self.known,
            found.judgement.probability,
            self.settings.verdict.accuse_membership,
            self.settings.link,
        )
        more = members.numbers[(members.membership >= MORE_LIKELY) & (members.used == 0)]
        candidate = found.tested.candidate
        everyone = replace(candidate, accounts=np.union1d(candidate.accounts, more).astype(np.int32))
        return replace(found, tested=replace(found.tested, candidate=everyone), members=members)


def _of_accounts(found: Judged, accounts: npt.NDArray[np.int32]) -> Pair:
    """The campaign with none but these of its accounts."""
    return replace(found.tested, candidate=replace(found.tested.candidate, accounts=accounts)), found.judgement


def _accounts(campaigns: Iterable[Pair]) -> npt.NDArray[np.int32]:
    """All accounts of these campaigns."""
    return np.concatenate([np.zeros(0, np.int32), *(found[0].candidate.accounts for found in campaigns)])
