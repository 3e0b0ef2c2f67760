"""How well one account fits the queue of a cohort: the same question as interchangeability, put to each account."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from iolaus.link.besides import Asked
from iolaus.link.cohort import Cohort
from iolaus.link.dealt import everything_fit, strange_fit, words_fit
from iolaus.link.distance import fit
from iolaus.link.population import HOUR, Floats, Population
from iolaus.link.settings import LinkSettings
from iolaus.link.strangers import Strangers
from iolaus.link.ties import meetings
from iolaus.link.variance import explain_by_group, hours, queue, tastes

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
    as strangers. tied: what ties alone say, as cautiously. alike: the same with hours, topics with the words under the
    assumption that most strangers ask the same, and all that is done besides as far as strangers do otherwise.
    strangers: those among the users, where what is done besides tells.
    """

    usual: Floats
    cautious: Floats
    tied: Floats
    alike: Floats
    strangers: Strangers | None = None


def account_fits(
    cohort: Cohort, asked: Asked, population: Population, settings: LinkSettings, body: Mask, tested: Mask
) -> AccountFits:
    """How well each account fits the ``body`` (bool[n], accounts that are taken for the campaign's).

    tested: bool[n], accounts that come back to the words.
    """
    alike = _most_alike(settings)
    met = meetings(cohort, population, settings, body)
    ties, tied = met.fit(settings), met.fit(settings, cautious=True)
    topics, alike_topics = words_fit(asked, settings, body), words_fit(asked, alike, body)
    more, least = (
        everything_fit(topics, tied, asked, settings, body),
        everything_fit(alike_topics, tied, asked, alike, body),
    )
    beyond, strangers = strange_fit(tied, asked, settings, body, tested)
    return AccountFits(
        _with_clock(topics + more + ties, cohort, body, settings),
        _with_clock(topics + least + tied, cohort, body, settings),
        tied,
        _with_clock(alike_topics + (tied + beyond), cohort, body, alike),
        strangers,
    )


def own_fits(
    cohort: Cohort, asked: Asked, population: Population, settings: LinkSettings, body: Mask, tested: Mask
) -> tuple[Floats, Floats]:
    """``tied`` and ``alike`` of :func:`account_fits`: what counts where strangers use a campaign's words."""
    alike = _most_alike(settings)
    tied = meetings(cohort, population, settings, body).fit(settings, cautious=True)
    beyond, _ = strange_fit(tied, asked, settings, body, tested)
    return tied, _with_clock(words_fit(asked, alike, body) + (tied + beyond), cohort, body, alike)


def _most_alike(settings: LinkSettings) -> LinkSettings:
    """The settings under the assumption that most strangers ask what a campaign asks."""
    return settings.model_copy(update={"alike_share": settings.alike_most})


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
