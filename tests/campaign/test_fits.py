"""Whether a campaign's words count as its own, where ties tell too few with whom to compare."""

from __future__ import annotations

import numpy as np
import pytest

from iolaus.campaign.fits import Fits
from iolaus.campaign.settings import VerdictSettings
from iolaus.link.fit import AccountFits
from iolaus.link.strangers import Strangers

SETTINGS = VerdictSettings()
USERS = 40


def told(fit: float, strangers: Strangers | None) -> Fits:
    """Users of whom each fits alike, log10 ``fit``, and all of whom come back to the words."""
    each = np.full(USERS, fit)
    by_account = AccountFits(each, each, 0 * each, each, strangers)
    return Fits(np.arange(USERS, dtype=np.int32), by_account, each, np.ones(USERS, bool))


@pytest.mark.parametrize(
    ("fit", "share", "own"), [(1.0, 0.0, True), (0.2, 0.0, False), (0.05, 0.0, False), (1.0, 0.08, False)]
)
def test_without_ties_fits_must_tell_plainly_and_no_strangers_be_counted(fit: float, share: float, own: bool) -> None:
    """Who asks as the campaign does told whom all are compared with: that there is nobody else is no proof of it."""
    found = told(fit, Strangers(share, 0.2, 0.5, 0.1, by_ties=False))
    assert found.exclusive(SETTINGS) == own


def test_where_ties_told_the_count_of_strangers_alone_decides() -> None:
    """Fits hold the ties too, and are then no second witness."""
    for evidence, own in ((2.0, True), (0.7, False)):
        assert told(0.05, Strangers(0.0, 0.0, 0.5, evidence)).exclusive(SETTINGS) == own


def test_where_nothing_is_done_besides_the_fit_alone_decides() -> None:
    assert told(1.0, None).exclusive(SETTINGS)
    assert not told(0.2, None).exclusive(SETTINGS), (
        "weak hints of many accounts sum up to a guess that is sure and wrong"
    )


def test_a_few_who_know_each_other_do_not_make_the_others_strangers() -> None:
    """Two of a campaign meet by chance; that all others meet nobody is no sign against them where no ties tell."""
    fit = np.full(USERS, 2.0)
    tied = np.where(np.arange(USERS) < 2, 1.0, -1.3)
    numbers, tested = np.arange(USERS, dtype=np.int32), np.ones(USERS, bool)
    of_topics = Fits(numbers, AccountFits(fit, fit + tied, tied, fit), fit, tested)
    of_ties = Fits(numbers, AccountFits(0 * fit, np.full(USERS, 1.0), np.full(USERS, 1.0), fit), fit, tested)
    assert of_topics.exclusive(SETTINGS) == (of_topics.part >= SETTINGS.own_part)
    assert of_topics.part >= SETTINGS.own_part
    assert not of_ties.exclusive(SETTINGS)
