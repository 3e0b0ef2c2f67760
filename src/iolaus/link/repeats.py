"""How often accounts meet at the same items: were these chosen, or dealt?

Accounts that choose from the same items, each for itself, meet by chance, and more often at what is popular. Who deals
a list has each item asked once, or so many times to compare the answers: then fewer pairs meet than by choosing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

MOST = 1e9
"""Items that there are to choose from at most."""

OUTLYING, OUTLIERS = 5.0, 0.01
"""An opening that everybody sends is no item of a list: items held by so many times more accounts than others are left
out, if they are so small a part of all."""

Numbers = npt.NDArray[np.integer]


@dataclass(frozen=True)
class Met:
    """seen: pairs of accounts that asked the same, over all items. chance: of accounts that choose evenly, as many
    items each, from as many as make the same number of different ones likely. common: share of the requests whose
    item another account asked too. part: median share of all items that an account asks.
    """

    seen: float
    chance: float
    common: float
    part: float

    @classmethod
    def of(cls, texts: Numbers, member: Numbers, members: int) -> Met:
        """texts: int[m], what each request asks. member: int[m], whose it is, of so many accounts."""
        _, item = np.unique(texts, return_inverse=True)
        asked = np.unique(item.astype(np.int64) * members + member)
        holders = np.bincount(asked // members)
        common = float((holders[item] > 1).mean())
        usual = holders <= max(OUTLYING * holders.mean(), np.quantile(holders, 1 - OUTLIERS))
        asked, holders = asked[usual[asked // members]], holders[usual]
        each = np.bincount(asked % members, minlength=members).astype(np.float64)
        pairs = (each.sum() ** 2 - (each**2).sum()) / 2
        part = float(np.median(each[each > 0])) / max(len(holders), 1) if each.any() else 1.0
        seen = float((holders * (holders - 1.0)).sum() / 2)
        return cls(seen, float(pairs / _choice(len(holders), each)), common, part)

    def dealt(self, overlap: float) -> float:
        """Log10 likelihood ratio of what was seen to ``overlap`` of what chance makes; 0 unless it is less."""
        least = overlap * self.chance
        if not 0 < self.seen < least:
            return 0.0
        return float((least - self.seen + self.seen * np.log(self.seen / least)) / np.log(10))


def _choice(items: int, each: npt.NDArray[np.float64]) -> float:
    """From how many items accounts choose evenly, ``each`` so many, where they are likely to take so many in all."""

    def missing(choice: float) -> float:
        with np.errstate(divide="ignore"):
            never = np.exp(np.log1p(-each / choice).sum())
        return float(choice * (1 - never)) - items

    most = float(each.max())
    return float(brentq(missing, most, MOST)) if missing(most) < 0 < missing(MOST) else most
