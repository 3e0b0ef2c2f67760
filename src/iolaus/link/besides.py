"""What the accounts of a cohort do besides its words, and how well all that they do fits one queue.

Who deals a list of work to accounts deals them everything: the rest of a harvest in other words, or the requests of a
proxy's customers. A person who uses the words too does own work besides, and a stolen key does its owner's. So the
other conversations tell an operator's accounts from strangers where the words themselves are the same. How much of a
campaign is dealt everything is not assumed but estimated, by the accounts that ties tell: where keys are stolen it is
nothing, and then what is done besides counts for nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from iolaus.link.population import Floats

ROUNDS = 50
"""Iterations in which the share of accounts that are dealt everything settles."""

LEAST, MOST = 0.01, 0.99
"""Smallest and largest share of a campaign that is dealt everything; some accounts always have an owner."""


@dataclass(frozen=True)
class Besides:
    """Conversations without a cohort's words: a keyed sample of those of each account.

    member: int32[b], row of the account among those asked about. topics: int8[b, d].
    """

    member: npt.NDArray[np.int32]
    topics: npt.NDArray[np.int8]


def dealt(words: Floats, everything: Floats, sure: Floats, cap: float) -> Floats:
    """float64[n], log10 Bayes factor of what each account does besides, given what it does with the words.

    words, everything: log10 Bayes factors of one queue over a person, by the words alone and by all. sure: how sure
    each is of the campaign by what else is known, 0 to 1; they tell how many of it are dealt everything. cap: the most
    that it speaks for an account, so that nobody is accused for what he asks alone.
    """
    gained = 10.0 ** np.clip(everything - words, -12, 12)
    known = (gained != 1) & (sure > 0)
    share, weight = 0.5, sure[known]
    for _ in range(ROUNDS if known.any() else 0):
        likely = share * gained[known] / (share * gained[known] + 1 - share)
        share = float(np.clip((weight * likely).sum() / weight.sum(), LEAST, MOST))
    found: Floats = np.minimum(np.log10(share * gained + 1 - share), cap)
    return found
