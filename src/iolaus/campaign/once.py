"""Accounts that used a campaign's words once: members of whom little was seen, or strangers who wrote them by chance?

No single use tells, but all of them together do, in two ways. Strangers use words once more often than they come back
to them, so that no strangers who come back leave room for few who do not. And members draw from the campaign's mix:
seen once or often, they hold its phrases in the same proportions, where strangers hold those of the one or two that
others write too. Each gives a share of members, and the smaller counts.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from iolaus.engine import Engine
from iolaus.link.population import Numbers

MOST_ALIKE = 0.5
"""Most log10 odds where all uses are of one phrase, so that proportions tell nothing."""

MOST, LEAST = 1.0, -1.0
"""Most and least log10 odds: few accounts are ever known of which this is the only trace."""


def once_odds(strangers: float, once: Numbers, many: Numbers) -> float:
    """log10 odds that an account which used a campaign's words once is a member.

    strangers: how many of them are to be expected. once, many: int64[p], conversations of these accounts and of those
    that came back and fit, by phrase. Half a stranger is added, as few prove no rate of zero.
    """
    count = float(once.sum())
    odds = _odds(max(count - strangers, 0.1), strangers)
    members = _by_proportion(once, many)
    if members is None:
        return min(odds, MOST_ALIKE)
    return min(odds, _odds(members, max(count - members, 0.0) + 0.5))


def _by_proportion(once: Numbers, many: Numbers) -> float | None:
    """How many of the uses are in proportion: by the half of the mix that is held least, where strangers are fewest.

    None where a single phrase is more than half of the mix.
    """
    if not many.any():
        return None
    mix = many / many.sum()
    order = np.argsort(once / np.maximum(mix, 1e-9), kind="stable")
    reached = np.cumsum(mix[order])
    half = order[: int(np.searchsorted(reached, 0.5 - 1e-9)) + 1]
    if mix.max() > 0.5 and int(np.argmax(mix)) in half:
        return None
    return float(once[half].sum() / max(mix[half].sum(), 1e-9))


def uses_by_phrase(
    engine: Engine, phrases: tuple[int, ...], once: npt.NDArray[np.int32], many: npt.NDArray[np.int32]
) -> tuple[Numbers, Numbers]:
    """Conversations of two sets of accounts by the smallest of ``phrases`` that each holds. Needs phrase_uses."""
    engine.register("seen_once", pa.table({"account": once}))
    engine.register("seen_often", pa.table({"account": many}))
    counted = engine.table(
        "SELECT phrase, count(o.account) AS once, count(m.account) AS many FROM ("
        " SELECT account, conversation, min(phrase) AS phrase FROM phrase_uses"
        f" WHERE phrase IN ({','.join(map(str, phrases))}) GROUP BY account, conversation) AS u"
        " LEFT JOIN seen_once AS o ON o.account = u.account LEFT JOIN seen_often AS m ON m.account = u.account"
        " GROUP BY phrase ORDER BY phrase"
    )
    return counted["once"].to_numpy().astype(np.int64), counted["many"].to_numpy().astype(np.int64)


def _odds(members: float, strangers: float) -> float:
    return float(np.clip(np.log10(max(members, 0.1) / max(strangers, 0.1)), LEAST, MOST))
