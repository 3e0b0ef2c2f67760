"""Members: for each account, how sure it is that the campaign's operator controls or uses it, and how much of it.

The users of a campaign's words are a mixture of its accounts and of strangers. How large each part is, is told by how
well all of them fit. Where nearly all are members, an account is compared with both parts: how many members use the
words as little as it does, and how many strangers as much? Where many may be strangers the words prove little of one
account, however often it uses them: then its own fit must speak.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.stats import beta, binom

from iolaus.campaign.fits import Fits
from iolaus.campaign.once import once_odds, uses_by_phrase
from iolaus.campaign.settings import VerdictSettings
from iolaus.engine import Engine
from iolaus.link.parts import logistic
from iolaus.link.population import Floats, Numbers

DAY = 86_400_000_000
"""Microseconds of a day."""

LEAST = -1.0
"""log10 odds of an account that a sample of many left out, where the words alone prove nothing."""


@dataclass(frozen=True)
class Members:
    """Arrays by account that used the campaign's phrases at all, or of which no text was kept, ascending by number.

    used, had: conversations with the phrases, and all; the first is 0 and the role not known where no text was kept.
    rest: share of their other conversations that is the campaign's, in other words.
    """

    numbers: npt.NDArray[np.int32]
    membership: Floats
    used: Numbers
    had: Numbers
    share_low: Floats
    share_high: Floats
    role: list[str | None]
    rest: float = 0.0

    @property
    def share(self) -> Floats:
        """float64[n], share of its conversations that is the campaign's; nan where no text was kept."""
        found: Floats = np.where(self.used > 0, _share(self.used, self.had, self.rest), np.nan)
        return found

    def only(self, kept: npt.NDArray[np.bool_]) -> Members:
        """Those of some of the accounts. kept: bool[n]."""
        return Members(
            self.numbers[kept],
            self.membership[kept],
            self.used[kept],
            self.had[kept],
            self.share_low[kept],
            self.share_high[kept],
            [role for role, keep in zip(self.role, kept.tolist(), strict=True) if keep],
            self.rest,
        )


def _share(used: Numbers, had: Numbers, rest: float) -> Floats:
    found: Floats = (used + rest * (had - used)) / had
    return found


def _probable(odds: Floats, probability: float) -> Floats:
    """Membership: that the cohort is a campaign, and that the account is of it."""
    found: Floats = np.round(probability * logistic(odds), 6)
    return found


def measure(
    engine: Engine,
    phrases: tuple[int, ...],
    fits: Fits,
    probability: float,
    settings: VerdictSettings,
    owned: bool = False,
    rest: float | None = None,
) -> Members:
    """Membership of every account with a conversation in ``phrases``, but for those that ``fits`` sets apart.

    Needs phrase_uses, volumes, conversations.

    probability: that the cohort is a campaign. owned: whether what the accounts do besides is one person's each; if not
    it may be the operator's too, sent as cover. rest: the share of it that is, which may be off by a setting; None: not
    known, so that the share of an account has no upper end.
    """
    chosen = ",".join(map(str, phrases))
    engine.keep(
        "campaign_conversations",
        f"SELECT DISTINCT account, conversation FROM phrase_uses WHERE phrase IN ({chosen})",
    )
    uses = engine.table(
        "SELECT account, used, had FROM (SELECT account, count(*) AS used FROM campaign_conversations GROUP BY account)"
        " AS users JOIN volumes USING (account) ORDER BY account"
    )
    uses = uses.filter(pa.array(~np.isin(uses["account"].to_numpy(), fits.apart)))
    numbers = uses["account"].to_numpy().astype(np.int32)
    used, had = uses["used"].to_numpy().astype(np.int64), uses["had"].to_numpy().astype(np.int64)
    low, high = _share_interval(used, had)
    more = rest or 0.0
    doubt = 0.0 if owned else 1.0 if rest is None else settings.rest_doubt
    thin = _thin(numbers, used, fits)
    once = 0.0
    if thin.any() and fits.exclusive(settings):
        by_phrase = uses_by_phrase(engine, phrases, numbers[thin], fits.numbers[fits.fitting])
        once = once_odds(fits.strangers(settings), *by_phrase)
    odds = _odds(low, used, had, numbers, fits, thin, once, settings)
    return Members(
        numbers,
        _probable(odds, probability),
        used,
        had,
        np.round(low + (1 - low) * max(more - doubt, 0.0), 6),
        np.round(high + (1 - high) * min(more + doubt, 1.0), 6),
        _roles(engine, numbers, _share(used, had, more), settings, owned),
        more,
    )


def own_words(engine: Engine, accounts: npt.NDArray[np.int32], share: float) -> tuple[int, ...]:
    """Phrases of whose uses, or users, at least ``share`` are of ``accounts``, ascending. Needs phrase_uses.

    A few strangers who use a word a thousand times make most of its uses, and many who use it once most of its users.
    """
    engine.register("chosen", pa.table({"account": accounts}))
    own = engine.table(
        "SELECT phrase FROM (SELECT phrase, count(*) AS uses, count(c.account) AS own,"
        " count(DISTINCT u.account) AS users, count(DISTINCT c.account) AS of_own FROM phrase_uses AS u"
        " LEFT JOIN chosen AS c ON c.account = u.account GROUP BY phrase) AS counted"
        f" WHERE own >= {share} * uses OR of_own >= {share} * users ORDER BY phrase"
    )
    return tuple(own["phrase"].to_pylist())


def fitting_words(engine: Engine, phrases: tuple[int, ...], fits: Fits, share: float) -> tuple[int, ...]:
    """Those of ``phrases`` of whose tested users at least ``share`` fit, ascending. Needs phrase_uses."""
    engine.register("tested", pa.table({"account": fits.numbers[fits.tested], "fitting": fits.fitting[fits.tested]}))
    kept = engine.table(
        "SELECT phrase FROM (SELECT DISTINCT phrase, account FROM phrase_uses"
        f" WHERE phrase IN ({','.join(map(str, phrases))})) AS users JOIN tested USING (account) GROUP BY phrase"
        f" HAVING count(CASE WHEN fitting THEN 1 END) >= {share} * count(*) ORDER BY phrase"
    )
    return tuple(kept["phrase"].to_pylist())


def users(engine: Engine, phrases: tuple[int, ...], accounts: npt.NDArray[np.int32]) -> int:
    """How many of ``accounts`` use one of ``phrases``. Needs phrase_uses."""
    engine.register("asked", pa.table({"account": accounts}))
    counted = engine.table(
        "SELECT count(DISTINCT account) AS users FROM phrase_uses SEMI JOIN asked USING (account)"
        f" WHERE phrase IN ({','.join(map(str, phrases))})"
    )
    return int(counted["users"][0].as_py())


def _thin(numbers: npt.NDArray[np.int32], used: Numbers, fits: Fits) -> npt.NDArray[np.bool_]:
    """bool[n], accounts that used the words too little to be tested; not those that a sample of many left out."""
    tested = np.isin(numbers, fits.numbers[fits.tested])
    found: npt.NDArray[np.bool_] = (~tested & np.isin(numbers, fits.numbers)) | (used == 1)
    return found


def _odds(
    low: Floats,
    used: Numbers,
    had: Numbers,
    numbers: npt.NDArray[np.int32],
    fits: Fits,
    thin: npt.NDArray[np.bool_],
    once: float,
    settings: VerdictSettings,
) -> Floats:
    """log10 odds by the part of members among the users, each account's use, and its fit.

    Where too many users may be strangers, that part and the use prove nothing. An account that a sample of many left
    out is judged without fit. thin: bool[n], those that used the words too little to be tested; once: their odds before
    their ties.
    """
    names = fits.numbers[fits.tested]
    known, seen = np.isin(numbers, names), np.isin(numbers, fits.numbers)
    place = np.searchsorted(names, numbers[known])
    likely = logistic(fits.by_account.cautious[fits.tested] + fits.prevalence)
    tied = (fits.by_account.tied >= fits.tied_known)[fits.tested]
    use = _use_likelihood(low[known], likely[place], low, _as_little(used[known], had[known], likely[place], used, had))
    # Strangers who use the words now and then, and fit as people on a queue do, would be taken for members, and pass
    # for proof that members use them now and then. So accounts that are tied are asked alone too.
    if tied.sum() >= settings.tied_users:
        as_little = _as_little(used[known], had[known], tied[place].astype(np.float64), used, had)
        use = np.minimum(use, np.log10(as_little))
    if not fits.exclusive(settings):
        odds: Floats = np.full(len(numbers), LEAST)
        odds[seen] = fits.own[np.searchsorted(fits.numbers, numbers[seen])]
        return odds
    odds = np.minimum(use, settings.use_cap * used) + fits.prevalence
    odds[known] += fits.by_account.usual[fits.tested][place]
    odds[thin] = min(once, 0.0)
    odds[thin & seen] = once + fits.by_account.alike[np.searchsorted(fits.numbers, numbers[thin & seen])]
    return odds


def _use_likelihood(low: Floats, likely: Floats, at: Floats, as_little: Floats) -> Floats:
    """log10 ratio of two tails: members who use the words as little as this account, strangers who do as much.

    low: lower ends of the shares of use, of the accounts that were tested. likely: how likely each is a member. at: the
    same ends of the accounts that are asked about. as_little: the first of both, of these. To use the words more than
    most members do proves no more than to use them as those do. Half an account is added to each count, so that none of
    few proves no rate of zero.
    """
    if len(low) == 0:
        return np.zeros(len(at))
    order = np.argsort(low, kind="stable")
    ranked = low[order]
    members = np.concatenate([[0.0], np.cumsum(likely[order])])
    others = np.concatenate([[0.0], np.cumsum(1 - likely[order])])
    usual = ranked[np.searchsorted(members[1:], members[-1] / 2).clip(0, len(ranked) - 1)]
    as_much = (others[-1] - others[np.searchsorted(ranked, np.minimum(at, usual), "left")] + 0.5) / (others[-1] + 1)
    found: Floats = np.log10(as_little) - np.log10(np.minimum(2 * as_much, 1.0))
    return found


def _as_little(used: Numbers, had: Numbers, weight: Floats, at_used: Numbers, at_had: Numbers) -> Floats:
    """Chance that a member with as many conversations uses the words in as few of them, twice, 1 at most.

    used, had: of the accounts that were tested, with their weights as members. at_used, at_had: of those asked about.
    Who was seen in three conversations and used the words in all of them uses them no less than members do.
    """
    asked, place = np.unique(np.stack([at_used, at_had], 1), axis=0, return_inverse=True)
    rates, group = np.unique(np.round((used + 0.5) / (had + 1.0), 3), return_inverse=True)
    share = np.bincount(group, weight, len(rates))
    little = np.array([(share * binom.cdf(k, n, rates)).sum() for k, n in asked.tolist()])
    found: Floats = ((little + 0.5) / (share.sum() + 1))[place.ravel()]
    return np.minimum(2 * found, 1.0)


def _share_interval(used: Numbers, had: Numbers) -> tuple[Floats, Floats]:
    """90 % interval (Jeffreys) of used / had; its ends are 0 and 1 where none or all were used, so that it holds it."""
    low: Floats = np.where(used == 0, 0.0, beta.ppf(0.05, used + 0.5, had - used + 0.5))
    high: Floats = np.where(used == had, 1.0, beta.ppf(0.95, used + 0.5, had - used + 0.5))
    return np.round(low, 6), np.round(high, 6)


def _roles(
    engine: Engine, numbers: npt.NDArray[np.int32], share: Floats, settings: VerdictSettings, owned: bool
) -> list[str | None]:
    """Operated, mixed, or compromised: the rest is one person's (``owned``), or came first and from other clients."""
    first = engine.table(
        f"""SELECT account, min(CASE WHEN taken THEN ts END) AS taken_from,
            min(CASE WHEN NOT taken THEN ts END) AS own_from,
            count(DISTINCT CASE WHEN NOT taken THEN tls END) AS own_clients,
            count(DISTINCT tls) AS clients, count(DISTINCT CASE WHEN taken THEN tls END) AS taking_clients
        FROM (
            SELECT c.account, ts, tls, k.conversation IS NOT NULL AS taken
            FROM (SELECT * FROM conversations SEMI JOIN (SELECT account FROM campaign_conversations) AS users
                USING (account)) AS c
            LEFT JOIN campaign_conversations AS k ON k.conversation = c.conversation
        ) AS split GROUP BY account HAVING own_from + {DAY} < taken_from
            AND clients = own_clients + taking_clients ORDER BY account"""
    )
    owners = owned | np.isin(numbers, first["account"].to_numpy())
    operated = share >= settings.operated_share
    return [
        "operated" if all_ else "compromised" if owner else "mixed"
        for all_, owner in zip(operated, owners, strict=True)
    ]
