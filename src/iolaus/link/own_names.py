"""Names that come back: a person has projects, and what is dealt from a list has none.

Who works for himself names the same things again, his files, customers and characters, and nobody else does. Of a list
that is dealt to many accounts two requests with the same rare name seldom come to the same one. How often names come
back differs among people, and some never say one twice; how often among strangers and among accounts that are known to
be a campaign's is not assumed but learnt from both. Where strangers name nothing twice either, it says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from iolaus.link.population import Floats, Numbers
from iolaus.link.settings import LinkSettings

RATES = np.geomspace(1e-5, 3.0, 32)
"""Rates at which two conversations of one account share a name of its own, that are tried."""

ROUNDS = 60
"""Iterations in which the shares of these rates settle."""

OTHERS = 10.0
"""Users of the words whom all other people weigh as: those who use them too tell best who strangers among them are."""

LEAST_STRANGERS = 50
"""Strangers with names below which nothing is learnt of them."""


@dataclass(frozen=True)
class OwnNames:
    """read: int64[n], conversations of each account in which something is named. again: int64[n], those of them that
    share with another one of the account a name of which most uses, or half of them, are its own.
    """

    read: Numbers
    again: Numbers

    @classmethod
    def of(cls, names: npt.NDArray[np.uint32], member: npt.NDArray[np.integer], accounts: int) -> OwnNames:
        """names: uint32[m, k], hashes of rare words of m conversations, 0 for none. member: int[m], whose each is."""
        row, _ = np.nonzero(names)
        whose = member[row]
        _, word = np.unique(names[names > 0], return_inverse=True)
        _, own, times = np.unique(word * accounts + whose, return_inverse=True, return_counts=True)
        mine, of_all = times[own], np.bincount(word)[word] if len(word) else times
        again = np.zeros(len(member), bool)
        again[row[(mine > 1) & (2 * mine >= of_all)]] = True
        count = np.bincount(member[(names > 0).any(1)], minlength=accounts)
        return cls(count.astype(np.int64), np.bincount(member[again], minlength=accounts).astype(np.int64))

    def person(
        self, known: npt.NDArray[np.bool_], users: Numbers, strangers: Numbers, settings: LinkSettings
    ) -> Floats:
        """float64[n], log10 Bayes factor of a person over an account of the campaign.

        known: bool[n], accounts that are known to be the campaign's. users: rows of those who use its words and are
        plainly none of it. strangers: rows of other people, who weigh as :data:`OTHERS` of the users.
        """
        strangers = strangers[self.read[strangers] > 1]
        if len(strangers) < LEAST_STRANGERS:
            return np.zeros(len(self.read))
        likely = self._likelihoods()
        others = _shares(likely[strangers], np.full(len(RATES), 1 / len(RATES)))
        people = _shares(likely[users[self.read[users] > 1]], others, OTHERS)
        members = _shares(likely[known & (self.read > 1)], people)
        found = np.log10((likely @ people) / (likely @ members))
        return np.clip(np.where(self.read > 1, found, 0.0), -settings.nameless_cap, settings.names_cap)

    def _likelihoods(self) -> Floats:
        """float64[n, rates], of what each account names again at each rate; the larger of two is 1.

        A conversation shares a name with none of the r others with probability exp(-rate r).
        """
        none = RATES * np.maximum(self.read - 1, 0)[:, None]
        again, once = self.again[:, None], (self.read - self.again)[:, None]
        logs = again * np.log(-np.expm1(-np.maximum(none, 1e-12))) - once * none
        found: Floats = np.exp(np.maximum(logs - logs.max(1, keepdims=True), -300.0))
        return found


def _shares(likely: Floats, before: Floats, weight: float = 1.0) -> Floats:
    """float64[rates], how many of some accounts name things at each rate; ``before`` weighs as so many more."""
    shares = before
    for _ in range(ROUNDS):
        each = likely * shares
        shares = weight * before + (each / each.sum(1, keepdims=True)).sum(0)
        shares = shares / shares.sum()
    return shares
