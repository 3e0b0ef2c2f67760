"""Members: for each account, how sure it is that the campaign's operator controls or uses it, and how much of it.

An account is compared with the cohort and with everyone who is not in it: how many of the cohort use the campaign's
words as little as it does, and how many outsiders as much? Words that strangers use as well prove little of one
account, however often it uses them; then its fit must speak.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.stats import beta

from iolaus.campaign.settings import VerdictSettings
from iolaus.engine import Engine
from iolaus.link.population import Floats, Numbers

DAY = 86_400_000_000
"""Microseconds of a day."""

ROUNDS = 50
"""Iterations in which the share of members among the users of a campaign's words settles."""


@dataclass(frozen=True)
class Fits:
    """How well each account that was tested fits the queue: ascending account numbers, and log10 Bayes factors."""

    numbers: npt.NDArray[np.int32]
    log10_bf: Floats


@dataclass(frozen=True)
class Members:
    """Arrays by account that used the campaign's phrases at all, ascending by number."""

    numbers: npt.NDArray[np.int32]
    membership: Floats
    used: Numbers
    had: Numbers
    share_low: Floats
    share_high: Floats
    role: list[str]


def _probable(odds: Floats, probability: float) -> Floats:
    """Membership: that the cohort is a campaign, and that the account is of it."""
    found: Floats = np.round(probability * _logistic(odds), 6)
    return found


def measure(
    engine: Engine,
    phrases: tuple[int, ...],
    fits: Fits,
    accounts: int,
    probability: float,
    settings: VerdictSettings,
) -> Members:
    """Membership of every account with a conversation in ``phrases``. Needs phrase_uses, volumes, conversations.

    accounts: how many there are in all. probability: that the cohort is a campaign.
    """
    chosen = ",".join(map(str, phrases))
    engine.run(
        "CREATE OR REPLACE TEMP TABLE campaign_conversations AS SELECT DISTINCT account, conversation"
        f" FROM phrase_uses WHERE phrase IN ({chosen})"
    )
    uses = engine.table(
        "SELECT account, used, had FROM (SELECT account, count(*) AS used FROM campaign_conversations GROUP BY account)"
        " AS users JOIN volumes USING (account) ORDER BY account"
    )
    numbers = uses["account"].to_numpy().astype(np.int32)
    used, had = uses["used"].to_numpy().astype(np.int64), uses["had"].to_numpy().astype(np.int64)
    low, high = _share_interval(used, had)
    odds = _odds(low, used, numbers, fits, accounts, settings)
    return Members(
        numbers,
        _probable(odds, probability),
        used,
        had,
        low,
        high,
        _roles(engine, numbers, used / had, settings),
    )


def own_words(engine: Engine, accounts: npt.NDArray[np.int32], share: float) -> tuple[int, ...]:
    """Phrases of whose uses at least ``share`` are by ``accounts``, ascending. Needs phrase_uses."""
    engine.register("chosen", pa.table({"account": accounts}))
    own = engine.table(
        "SELECT phrase FROM (SELECT phrase, count(*) AS uses, count(c.account) AS own FROM phrase_uses AS u"
        " LEFT JOIN chosen AS c ON c.account = u.account GROUP BY phrase) AS counted"
        f" WHERE own >= {share} * uses ORDER BY phrase"
    )
    return tuple(own["phrase"].to_pylist())


def fitting_words(engine: Engine, phrases: tuple[int, ...], fits: Fits, share: float) -> tuple[int, ...]:
    """Those of ``phrases`` of whose tested users at least ``share`` fit, ascending. Needs phrase_uses."""
    engine.register("tested", pa.table({"account": fits.numbers, "fitting": fits.log10_bf >= 0}))
    kept = engine.table(
        "SELECT phrase FROM (SELECT DISTINCT phrase, account FROM phrase_uses"
        f" WHERE phrase IN ({','.join(map(str, phrases))})) AS users JOIN tested USING (account) GROUP BY phrase"
        f" HAVING count(CASE WHEN fitting THEN 1 END) >= {share} * count(*) ORDER BY phrase"
    )
    return tuple(kept["phrase"].to_pylist())


def _odds(
    low: Floats, used: Numbers, numbers: npt.NDArray[np.int32], fits: Fits, accounts: int, settings: VerdictSettings
) -> Floats:
    """log10 odds by use and fit. Those who fit are no outsiders for the others, as far as they are likely members."""
    fit = np.zeros(len(numbers))
    known = np.isin(numbers, fits.numbers)
    fit[known] = fits.log10_bf[np.searchsorted(fits.numbers, numbers[known])]
    likely = np.where(known, _logistic(fit + _prevalence(fit[known])), 0.0)
    count = max(float(likely.sum()), 1.0)
    prior = max(np.log10(count / max(accounts - count, 1.0)), -3.0)
    found: Floats = np.minimum(_use_likelihood(low, likely, accounts - count), settings.use_cap * used) + prior + fit
    return found


def _prevalence(fit: Floats) -> float:
    """log10 odds that an account which was tested is a member: the likeliest share of members given all fits.

    Expectation and maximisation over the one share of a mixture whose likelihood ratios are known.
    """
    share = 0.5
    for _ in range(ROUNDS):
        share = float(np.clip(_logistic(fit + np.log10(share / (1 - share))).mean(), 0.01, 0.99)) if len(fit) else 0.5
    return float(np.log10(share / (1 - share)))


def _logistic(log10_odds: Floats) -> Floats:
    found: Floats = 1 / (1 + 10.0 ** -np.clip(log10_odds, -12, 12))
    return found


def _use_likelihood(low: Floats, likely: Floats, outsiders: float) -> Floats:
    """log10 ratio of two tails: members who use the words as little as this account, outsiders who do as much.

    low: lower ends of the shares of use, of all users. likely: how likely each is a member. outsiders: accounts that
    are none, users or not. To use the words more than most members do proves no more than to use them as those do.
    Half an account is added to each count, so that none of few proves no rate of zero.
    """
    order = np.argsort(low, kind="stable")
    ranked = low[order]
    members = np.concatenate([[0.0], np.cumsum(likely[order])])
    others = np.concatenate([[0.0], np.cumsum(1 - likely[order])])
    usual = ranked[np.searchsorted(members[1:], members[-1] / 2).clip(0, len(ranked) - 1)]
    as_little = (members[np.searchsorted(ranked, low, "right")] + 0.5) / (members[-1] + 1)
    as_much = (others[-1] - others[np.searchsorted(ranked, np.minimum(low, usual), "left")] + 0.5) / (outsiders + 1)
    found: Floats = np.log10(np.minimum(2 * as_little, 1.0)) - np.log10(as_much)
    return found


def _share_interval(used: Numbers, had: Numbers) -> tuple[Floats, Floats]:
    """90 % interval (Jeffreys) of used / had; its ends are 0 and 1 where none or all were used, so that it holds it."""
    low: Floats = np.where(used == 0, 0.0, beta.ppf(0.05, used + 0.5, had - used + 0.5))
    high: Floats = np.where(used == had, 1.0, beta.ppf(0.95, used + 0.5, had - used + 0.5))
    return np.round(low, 6), np.round(high, 6)


def _roles(engine: Engine, numbers: npt.NDArray[np.int32], share: Floats, settings: VerdictSettings) -> list[str]:
    """Operated, mixed, or compromised: an owner's own traffic came first, from other clients, and goes on."""
    first = engine.table(
        f"""SELECT account, min(CASE WHEN taken THEN ts END) AS taken_from,
            min(CASE WHEN NOT taken THEN ts END) AS own_from,
            count(DISTINCT CASE WHEN NOT taken THEN tls END) AS own_clients,
            count(DISTINCT tls) AS clients, count(DISTINCT CASE WHEN taken THEN tls END) AS taking_clients
        FROM (
            SELECT c.account, ts, tls, k.conversation IS NOT NULL AS taken
            FROM conversations AS c SEMI JOIN campaign_conversations AS m ON m.account = c.account
            LEFT JOIN campaign_conversations AS k ON k.conversation = c.conversation
        ) AS split GROUP BY account HAVING own_from + {DAY} < taken_from
            AND clients = own_clients + taking_clients ORDER BY account"""
    )
    owned = np.isin(numbers, first["account"].to_numpy())
    operated = share >= settings.operated_share
    return [
        "operated" if all_ else "compromised" if owner else "mixed" for all_, owner in zip(operated, owned, strict=True)
    ]
