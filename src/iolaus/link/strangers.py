"""Strangers among the users of a campaign's words: how many are they, and how many of them ask much the same?

Whoever uses a campaign's words and asks what it asks may be its account, or a person who works as many do. How many
such people there are is not assumed but estimated, twice, and the larger share counts. Among the users of the words,
tastes of all strengths show as a slope from those who ask something else to those who ask nearly the same; where there
is nobody who asks something else there are hardly any of the others. And strangers who ask exactly the same, as users
of one problem bank do, show on accounts of the same system prompt and tools that never use the words. Accounts of the
campaign that never did are among these, which makes the share too large and the weight of a fit too small.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from iolaus.engine import Engine
from iolaus.link.parts import gained
from iolaus.link.population import Floats
from iolaus.link.settings import LinkSettings

LEAST, SHARES = 0.002, 48
"""The least share of them that is tried, and how many are."""

HALVINGS = 20
"""Halvings in which the share of members is found."""

FEW, SOME = 0.01, 0.1
"""Shares of strangers that are told apart before words count as a campaign's own."""


Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Strangers:
    """share: of those who come back to the words. of_users: of all who use them. alike: share of the strangers that
    asks much what the campaign asks. evidence: log likelihood ratio of few strangers among those who come back to some.
    by_ties: whether ties told whom all are compared with.
    """

    share: float
    of_users: float
    alike: float
    evidence: float
    by_ties: bool = True


@dataclass(frozen=True)
class Likelihoods:
    """How likely is what each of some accounts does, relative to one queue: float64[n] each.

    person: for one with tastes of his own. alike: for one who asks much what the campaign asks, or exactly that.
    member: for an account of the campaign, of which some have an owner; its ties count there.
    """

    person: Floats
    alike: Floats
    member: Floats

    def of(self, rows: npt.NDArray[np.integer]) -> Likelihoods:
        """Those of some of the accounts."""
        return Likelihoods(self.person[rows], self.alike[rows], self.member[rows])

    def tied(self, ties: Floats) -> Likelihoods:
        """Those of the first accounts, with what ties (log10 Bayes factors, float64[m]) say of each."""
        first = self.of(np.arange(len(ties)))
        return Likelihoods(first.person, first.alike, first.member * 10.0**ties)

    def stranger(self, alike: float) -> Floats:
        """float64[n], for a stranger of whom so large a share asks much the same."""
        return np.maximum(alike * self.alike + (1 - alike) * self.person, 1e-300)


def among(users: Likelihoods, often: Mask, others: Likelihoods, most: float, doubt: float) -> Strangers:
    """Strangers among the users of a campaign's words. others: the same of strangers, of whom nobody is a member.

    often: bool[n], users who come back to the words. most: share of strangers that asks much the same at most, unless
    the others tell of more. doubt: log likelihood by which what is likely may fall short of the likeliest; of all that
    is likely the most strangers are taken, and the most of them that ask the same.
    """
    least = _likely(others, 1.0, doubt, members=False)[1]
    members, alike = _likely(users, max(most, least), doubt)
    regular = users.of(np.flatnonzero(often))
    stranger = regular.stranger(alike)
    share = 1 - _members(regular, stranger)
    return Strangers(share, 1 - members, max(alike, least), few(regular.member / stranger))


def few(ratio: Floats) -> float:
    """Log likelihood ratio of few strangers to some, among accounts with these ratios of a member to a stranger."""
    return gained(ratio, 1 - FEW, 1 - SOME)


def _likely(seen: Likelihoods, most: float, doubt: float, members: bool = True) -> tuple[float, float]:
    """The least likely share of members, and the largest of strangers that ask the same, ``most`` at most.

    members: whether there are any. Some shares of these strangers are tried, each with its likeliest share of members.
    Likely is what is within ``doubt`` of the likeliest (Wilks).
    """
    found = []
    for alike in np.geomspace(LEAST, most, SHARES).tolist():
        stranger = seen.stranger(alike)
        share = _members(seen, stranger) if members else 0.0
        found.append((float(np.log(share * seen.member + (1 - share) * stranger).sum()), share, alike))
    likely = [(share, alike) for height, share, alike in found if height >= max(found)[0] - doubt]
    return min(share for share, _ in likely), max(alike for _, alike in likely)


def _members(seen: Likelihoods, stranger: Floats) -> float:
    """The likeliest share of members: where the likelihood, whose slope falls everywhere, has none."""
    more = seen.member / stranger - 1
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        share = (low + high) / 2
        low, high = (share, high) if (more / (1 + share * more)).sum() > 0 else (low, share)
    return low


def strangers(
    engine: Engine, accounts: npt.NDArray[np.int32], users: npt.NDArray[np.int32], settings: LinkSettings
) -> npt.NDArray[np.int32]:
    """Numbers of readable accounts with the system prompt and tools of one of ``accounts``, ascending.

    Without ``users``; everybody but these where there are fewer than ``strangers_least``. At most ``strangers_most``,
    by key. Needs conversations.
    """
    engine.register("of_campaign", pa.table({"account": accounts}))
    engine.register("of_users", pa.table({"account": users}))
    others = "(SELECT * FROM conversations ANTI JOIN of_users USING (account)) AS c"
    programs = "(SELECT DISTINCT system, tools FROM conversations SEMI JOIN of_campaign USING (account)) AS p"
    like = engine.table(
        f"SELECT DISTINCT c.account FROM {others} JOIN {programs} ON p.system = c.system AND p.tools = c.tools"
        " WHERE c.readable ORDER BY account"
    )
    if len(like) < settings.strangers_least:
        like = engine.table(f"SELECT DISTINCT account FROM {others} WHERE readable ORDER BY account")
    return sampled(like["account"].to_numpy().astype(np.int32), settings.strangers_most)


def sampled(accounts: npt.NDArray[np.int32], most: int) -> npt.NDArray[np.int32]:
    """At most so many of the accounts, spread evenly over a fixed shuffle of their numbers."""
    if len(accounts) <= most:
        return accounts
    mixed = (accounts.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(20)
    return np.sort(accounts[np.argsort(mixed, kind="stable")[:most]])
