"""How well all that an account does fits one queue: with a campaign's words, and besides.

Who deals a list of work to accounts deals them everything: the rest of a harvest in other words, or the requests of a
proxy's customers. A person who uses the words too does own work besides, and a stolen key does its owner's. So the
other conversations tell an operator's accounts from strangers where the words themselves are the same. How many
accounts of a campaign are dealt everything is not assumed but estimated, by those whom ties tell: where keys are
stolen it is none of them, and then what is done besides counts for nothing.

Some strangers work as many do, and their requests hardly differ from the campaign's. How many is not assumed either
(:mod:`iolaus.link.strangers`).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from iolaus.link.besides import Asked
from iolaus.link.distance import fit
from iolaus.link.population import Floats, Numbers
from iolaus.link.settings import LinkSettings
from iolaus.link.strangers import Likelihoods, Strangers, among
from iolaus.link.variance import Spread, one_of_many, own_tastes, tastes

Mask = npt.NDArray[np.bool_]

ROUNDS = 50
"""Iterations in which the share of accounts that are dealt everything settles."""

PLAIN = 1.0
"""log10 odds against an account, by ties, topics and lengths, from which it is plainly a stranger."""

LITTLE = 5.0
"""Strangers that a share is told by as much as by one half."""

LEAST, MOST = 0.01, 0.99
"""Smallest and largest share of a campaign that is dealt everything; some accounts always have an owner."""


def words_fit(asked: Asked, settings: LinkSettings, body: Mask, person: Spread | None = None) -> Floats:
    """float64[n], what is told by what each account asks with the words. person: default: tastes."""
    spread = tastes(settings) if person is None else person
    return fit(asked.vectors[: asked.words], asked.member[: asked.words], body, spread, settings)


def everything_fit(topics: Floats, tied: Floats, asked: Asked, settings: LinkSettings, body: Mask) -> Floats:
    """float64[n], what each account does besides the words, told by those of the body that are known to be of it.

    topics: what is told by the words alone, under the same settings.
    """
    sure, _ = _known(topics, tied, asked, settings, body)
    if sure.sum() < settings.least_accounts:
        return np.zeros(len(body))
    more = _topics_fit(asked, settings, _pool(asked, body), tastes(settings))[: len(body)] - topics
    return dealt(np.where(asked.seen[: len(body)] > 0, more, 0.0), sure, settings.besides_cap)


def strange_fit(
    tied: Floats, asked: Asked, settings: LinkSettings, body: Mask, tested: Mask
) -> tuple[Floats, Strangers | None]:
    """(float64[n], the same of topics and lengths, where strangers use the words too; how many of the users are some.)

    A list deals requests of all lengths to everybody, and people write as long as they are used to. It speaks for an
    account as far as strangers do otherwise, and only where ties tell who is known: what is asked accuses nobody alone.
    None where too few accounts are known. tested: bool[n], who comes back to the words.
    """
    count = len(body)
    sure, by_ties = _known(words_fit(asked, settings, body), tied, asked, settings, body)
    if sure.sum() < settings.least_accounts:
        return np.zeros(count), None
    person, alike = (_more(asked, settings, body, each) for each in (own_tastes(settings), one_of_many(settings)))
    enough = np.quantile(asked.seen[:count][sure], settings.strangers_often)
    others = np.flatnonzero(asked.seen[count:] >= enough) + count
    own = _named(asked, sure, np.flatnonzero(tested & (person[:count] + tied <= -PLAIN)), settings)
    nameless = _nameless(own[others], person[others], alike[others])
    person -= own
    share = dealt_share(person[:count], sure)
    much_the_same = (1 + 10.0**-alike) / 2 * (nameless + (1 - nameless) * 10.0**own)
    seen = Likelihoods(10.0**-person, much_the_same, share + (1 - share) * 10.0**-person)
    strange = among(seen.tied(tied), tested, seen.of(others), settings.strangers_alike, settings.strangers_doubt)
    users = seen.of(np.arange(count))
    found = np.log10(users.member) - np.log10(users.stranger(strange.alike))
    return found if by_ties else np.zeros(count), replace(strange, by_ties=by_ties)


def _more(asked: Asked, settings: LinkSettings, body: Mask, person: Spread) -> Floats:
    """float64[n + s], log10 Bayes factor of a queue over a person by topics of all and lengths besides, given the
    words; 0 where nothing is done besides.
    """
    pool = _pool(asked, body)
    found = _topics_fit(asked, settings, pool, person)
    found += fit(asked.octiles(pool), asked.member[asked.words :], pool, person, settings)
    found[: len(body)] -= words_fit(asked, settings, body, person)
    return np.where(asked.seen > 0, found, 0.0)


def _named(asked: Asked, sure: Mask, plain: Numbers, settings: LinkSettings) -> Floats:
    """float64[n + s], log10 Bayes factor of a person over the campaign by names that come back.

    plain: rows of users of the words that are plainly strangers.
    """
    strangers = np.arange(len(sure), len(asked.seen))
    return asked.named.person(_pool(asked, sure), plain, strangers, settings)


def _nameless(own: Floats, person: Floats, alike: Floats) -> float:
    """Share of the strangers who ask much the same, as users of a problem bank do, of whom no name comes back either.

    own, person, alike: float64[s], log10 Bayes factors of strangers: of names, and of a queue over both kinds of them.
    Told by how likely each is one of these; half of some is added, as few tell little.
    """
    asks_the_same = 10.0**-alike / (10.0**-alike + 10.0**-person)
    no_names = 1 / (1 + 10.0**own)
    return float((asks_the_same @ no_names + LITTLE / 2) / (asks_the_same.sum() + LITTLE))


def _topics_fit(asked: Asked, settings: LinkSettings, pool: Mask, person: Spread) -> Floats:
    """float64[n + s], topics of all that each account and each stranger does, against those of the pool."""
    apart = np.arange(len(asked.member)) >= asked.words
    return fit(asked.vectors, asked.member, pool, person, settings, apart)


def _pool(asked: Asked, body: Mask) -> Mask:
    """bool[n + s], the body; strangers are none of it."""
    return np.append(body, np.zeros(len(asked.seen) - len(body), bool))


def _known(topics: Floats, tied: Floats, asked: Asked, settings: LinkSettings, body: Mask) -> tuple[Mask, bool]:
    """(bool[n], accounts of the body that are known to be of it and do something besides; whether ties tell so.)

    Where ties tell too few, as of accounts that share nothing, what is asked with the words (``topics``) does.
    """
    there = body & (asked.seen[: len(body)] > 0)
    tell: Mask = there & (tied >= settings.tied_known)
    if tell.sum() >= settings.least_accounts:
        return tell, True
    return there & (topics > 0), False


def dealt(more: Floats, sure: Mask, cap: float) -> Floats:
    """float64[n], log10 Bayes factor of what each account does besides, given what it does with the words.

    more: log10 Bayes factors of one queue over a person by all that an account does, less those by the words alone.
    sure: bool[n], accounts that something else ties to the campaign and that do things besides; they tell how many are
    dealt everything. cap: the most that it speaks for an account, so that nobody is accused for what he asks alone.
    """
    share = dealt_share(more, sure)
    found: Floats = np.minimum(np.log10(share * 10.0 ** np.clip(more, -12, 12) + 1 - share), cap)
    return found


def dealt_share(more: Floats, sure: Mask) -> float:
    """Share of a campaign's accounts that are dealt everything, told by those that are ``sure`` to be its own."""
    gained, share = 10.0 ** np.clip(more[sure], -12, 12), 0.5
    for _ in range(ROUNDS):
        likely = share * gained / (share * gained + 1 - share)
        share = float(np.clip(likely.mean(), LEAST, MOST))
    return share
