"""How well one account fits the queue of a cohort: the same question as interchangeability, put to each account.

Under one queue the mean of an account's n vectors lies within the spread of n draws from everybody's; a person's own
taste moves it away, by more than chance as n grows. With few observations the answer goes to 0 by itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import logsumexp
from scipy.stats import gamma

from iolaus.link.besides import Asked, dealt
from iolaus.link.cohort import Cohort
from iolaus.link.population import HOUR, Floats, Population
from iolaus.link.settings import LinkSettings
from iolaus.link.sums import sums_by
from iolaus.link.ties import meetings
from iolaus.link.variance import Spread, effective_dimensions, explain_by_group, hours, mixture, queue, tastes

Mask = npt.NDArray[np.bool_]


def account_fit(cohort: Cohort, population: Population, settings: LinkSettings, body: Mask | None = None) -> Floats:
    """float64[n], log10 Bayes factor for each account: of the cohort's hand, or a person, by topics, ties and hours.

    body: bool[n], accounts that are taken for the hand's; everyone is compared with them. Default: all.
    """
    everyone = np.ones(len(cohort.numbers), bool) if body is None else body
    ties = meetings(cohort, population, settings, everyone).fit(settings)
    return _with_clock(topic_fit(cohort, population, settings, everyone) + ties, cohort, everyone, settings)


@dataclass(frozen=True)
class AccountFits:
    """Log10 Bayes factors of each of n accounts, float64[n], under four views of a campaign's body.

    usual: :func:`account_fit`. cautious: as if nearly all of the body were tied, so that those who are not count rather
    as strangers. tied: what ties alone say, as cautiously. alike: the same with topics, hours and the assumption that
    most strangers ask what the body asks.
    """

    usual: Floats
    cautious: Floats
    tied: Floats
    alike: Floats


def account_fits(
    cohort: Cohort, asked: Asked, population: Population, settings: LinkSettings, body: Mask
) -> AccountFits:
    """How well each account fits the ``body`` (bool[n], accounts that are taken for the campaign's)."""
    alike = _most_alike(settings)
    met = meetings(cohort, population, settings, body)
    ties, tied = met.fit(settings), met.fit(settings, cautious=True)
    topics, alike_topics = _words_fit(asked, settings, body), _words_fit(asked, alike, body)
    more, least = _besides(topics, tied, asked, settings, body), _besides(alike_topics, tied, asked, alike, body)
    return AccountFits(
        _with_clock(topics + more + ties, cohort, body, settings),
        _with_clock(topics + least + tied, cohort, body, settings),
        tied,
        _with_clock(alike_topics + (tied + more), cohort, body, alike),
    )


def own_fits(
    cohort: Cohort, asked: Asked, population: Population, settings: LinkSettings, body: Mask
) -> tuple[Floats, Floats]:
    """``tied`` and ``alike`` of :func:`account_fits`: what counts where strangers use a campaign's words."""
    alike = _most_alike(settings)
    tied = meetings(cohort, population, settings, body).fit(settings, cautious=True)
    more = _besides(_words_fit(asked, settings, body), tied, asked, settings, body)
    return tied, _with_clock(_words_fit(asked, alike, body) + (tied + more), cohort, body, alike)


def _most_alike(settings: LinkSettings) -> LinkSettings:
    """The settings under the assumption that most strangers ask what a campaign asks."""
    return settings.model_copy(update={"alike_share": settings.alike_most})


def _words_fit(asked: Asked, settings: LinkSettings, body: Mask) -> Floats:
    """float64[n], what is told by what each account asks with the words."""
    return fit(asked.vectors[: asked.words], asked.member[: asked.words], body, tastes(settings), settings)


def _besides(topics: Floats, tied: Floats, asked: Asked, settings: LinkSettings, body: Mask) -> Floats:
    """float64[n], what each account does besides the words, told by those of the body whom ties tell to be of it.

    topics: what is told by the words alone, under the same settings.
    """
    sure = body & asked.seen & (tied >= settings.tied_known)
    if sure.sum() < settings.least_accounts:
        return np.zeros(len(body))
    apart = np.arange(len(asked.member)) >= asked.words
    everything = fit(asked.vectors, asked.member, body, tastes(settings), settings, apart)
    return dealt(topics, np.where(asked.seen, everything, topics), sure, settings.besides_cap)


def _with_clock(found: Floats, cohort: Cohort, body: Mask, settings: LinkSettings) -> Floats:
    """With what hours say, by the clock of those of the body that fit so far."""
    return found + _clock_fit(cohort, body & (found >= 0), settings)


def topic_fit(cohort: Cohort, population: Population, settings: LinkSettings, body: Mask | None = None) -> Floats:
    """float64[n], the part of :func:`account_fit` that is told by what each account asks."""
    everyone = np.ones(len(cohort.numbers), bool) if body is None else body
    return fit(
        population.projected(cohort.topics), cohort.member[cohort.topic_rows], everyone, tastes(settings), settings
    )


def _clock_fit(cohort: Cohort, body: Mask, settings: LinkSettings) -> Floats:
    """float64[n]: how well each account's hours fit one scheduler's; 0 for all unless the ``body`` shares a clock.

    An operator who gives each account the day of a person leaves no clock, and hours of its own then tell nothing of
    whether an account is his.
    """
    vectors, inside = hours_of_day(cohort.column("ts")), body[cohort.member]
    clock = explain_by_group(
        vectors[inside], cohort.member[inside], queue(settings), hours(settings), settings.variance_inflation
    )
    if clock is None or clock.log10_bf <= 0:
        return np.zeros(len(cohort.numbers))
    return fit(vectors, cohort.member, body, hours(settings), settings)


def hours_of_day(ts: npt.NDArray[np.int64]) -> Floats:
    """float64[m, 4]: two harmonics of the hour of day. ts: microseconds."""
    angle = (ts.astype(np.int64) % (24 * HOUR)) * (2 * np.pi / (24 * HOUR))
    return np.stack([np.cos(angle), np.sin(angle), np.cos(2 * angle), np.sin(2 * angle)], 1)


def fit(
    vectors: Floats,
    member: npt.NDArray[np.integer],
    body: Mask,
    honest: Spread,
    settings: LinkSettings,
    apart: npt.NDArray[np.bool_] | None = None,
) -> Floats:
    """float64[n], log10 Bayes factor of each account's distance from the pool; 0 where nothing is known of it.

    vectors: float64[m, d]. member: int[m], account of each. body: bool[n], accounts that make the pool; it is taken
    twice, the second time without those that the first took for strangers, so that they do not move it. apart: bool[m],
    observations of a second pool, of which each account's are compared with that one; default: there is one pool.
    """
    accounts = len(body)
    if not body[member].any():
        return np.zeros(accounts)
    sort = np.zeros(len(member), np.int64) if apart is None else apart.astype(np.int64)
    cell = 2 * member.astype(np.int64) + sort
    counts = np.bincount(cell, minlength=2 * accounts).astype(np.float64)
    sums = sums_by(cell, vectors, 2 * accounts)
    within = (vectors - (sums / np.maximum(counts, 1)[:, None])[cell])[body[member]]
    of_body = np.repeat(body, 2)
    freedom = max(len(within) - int((counts[of_body] > 0).sum()), 1)
    spread = float((within**2).sum()) / freedom
    if spread <= 1e-9:
        return np.zeros(accounts)
    shape = max(effective_dimensions(within) / 2 / settings.variance_inflation, 0.5)
    seen, kept = counts.reshape(accounts, 2).sum(1), body
    found = np.zeros(accounts)
    for _ in range(2):
        away = (sums - counts[:, None] * _pools(sums, counts, kept)).reshape(accounts, 2, -1).sum(1)
        distance = (away**2).sum(1) / np.maximum(seen, 1) / spread
        found = _log_ratio(distance, seen, shape, honest, settings)
        kept = body & (found > -0.5)
    return found


def _pools(sums: Floats, counts: Floats, body: Mask) -> Floats:
    """float64[2n, d], for both sums of each account the mean of the observations of their sort by the ``body``."""
    parts, numbers = sums.reshape(len(body), 2, -1)[body].sum(0), counts.reshape(len(body), 2)[body].sum(0)
    pool: Floats = np.tile(parts / np.maximum(numbers, 1)[:, None], (len(body), 1))
    return pool


def _log_ratio(distance: Floats, counts: Floats, shape: float, honest: Spread, settings: LinkSettings) -> Floats:
    near = _log_likelihood(distance, counts, shape, queue(settings))
    far = _log_likelihood(distance, counts, shape, honest)
    ratio: Floats = np.where(counts > 0, (near - far) / np.log(10), 0.0)
    return np.clip(ratio, -settings.fit_cap, settings.fit_cap)


def _log_likelihood(distance: Floats, counts: Floats, shape: float, prior: Spread) -> Floats:
    ratios, weights = mixture(prior)
    scale = (1 + counts[:, None] * ratios) / shape
    logs = gamma.logpdf(np.maximum(distance, 1e-9)[:, None], shape, scale=scale)
    found: Floats = logsumexp(np.maximum(logs, -700.0), axis=1, b=weights)
    return found
