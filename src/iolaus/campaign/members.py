"""Members: for each account, how sure it is that the campaign's operator controls or uses it, and how much of it.

An account is compared with everyone who is not in the cohort: how likely are its uses of the campaign's words
at its own rate, and how likely at the outsiders'?
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.stats import beta

from iolaus.campaign.settings import VerdictSettings
from iolaus.engine import Engine
from iolaus.link.population import Floats, Numbers

DAY = 86_400_000_000
"""Microseconds of a day."""


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
    log10_odds: Floats
    probability: float

    def fitted(self, numbers: npt.NDArray[np.int32], log10_bf: Floats) -> Members:
        """With how well each account fits the queue added to its odds. numbers: those whose fit is known."""
        if len(numbers) == 0:
            return self
        place = np.searchsorted(numbers, self.numbers).clip(0, len(numbers) - 1)
        known = np.isin(self.numbers, numbers)
        odds = self.log10_odds + np.where(known, log10_bf[place], 0.0)
        return replace(self, log10_odds=odds, membership=_probable(odds, self.probability))


def _probable(odds: Floats, probability: float) -> Floats:
    """Membership: that the cohort is a campaign, and that the account is of it."""
    found: Floats = np.round(probability / (1 + 10.0 ** -np.clip(odds, -12, 12)), 6)
    return found


def measure(
    engine: Engine,
    phrases: tuple[int, ...],
    cohort: npt.NDArray[np.int32],
    accounts: int,
    probability: float,
    settings: VerdictSettings,
) -> Members:
    """Membership of every account with a conversation in ``phrases``. Needs phrase_uses, volumes, conversations."""
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
    inside = np.isin(numbers, cohort)
    engine_total = int(engine.value("SELECT coalesce(sum(had), 0) FROM volumes"))
    outside_had = max(engine_total - int(had[inside].sum()), 1)
    rate = (float(used[~inside].sum()) + 0.5) / (outside_had + 1.0)
    likelihood = _use_likelihood(used, had, rate, settings.use_cap)
    prior = np.log10(max(len(cohort), 1) / max(accounts - len(cohort), 1))
    odds = np.clip(likelihood, -6, 6) + np.maximum(prior, -3)
    return Members(
        numbers,
        _probable(odds, probability),
        used,
        had,
        *_share_interval(used, had),
        _roles(engine, numbers, used / had, settings),
        odds,
        probability,
    )


def _use_likelihood(used: Numbers, had: Numbers, rate: float, cap: float) -> Floats:
    """log10 ratio of an account's uses at its own rate and at the outsiders', at most ``cap`` for one conversation.

    The cap stands for what no count of outsiders can tell: words leak, and a stranger may try them once or twice.
    """
    own = (used + 0.5) / (had + 1.0)
    unlikely = np.minimum(np.maximum(rate, own / 10**cap), 0.999)
    ratio = used * np.log10(own / unlikely) + (had - used) * np.log10((1 - own) / (1 - unlikely))
    # An own rate was fitted to the account: half a log10 of its conversations is what that freedom costs (BIC).
    found: Floats = np.where(own > rate, ratio - 0.5 * np.log10(had + 1.0), 0.0)
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
