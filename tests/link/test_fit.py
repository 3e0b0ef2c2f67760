"""Whether one account fits its cohort's queue."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa

from iolaus.link.fit import account_fit, fit
from iolaus.link.population import HOUR
from iolaus.link.settings import LinkSettings
from iolaus.link.variance import Spread

from . import factories

SETTINGS = LinkSettings()
TASTES = Spread(SETTINGS.tastes_median, SETTINGS.tastes_deviation, SETTINGS.alike_share, SETTINGS.tastes_alike)


def test_order_and_names_of_accounts_change_nothing() -> None:
    found, everyone = factories.made(7, queue=True)
    one = account_fit(found, everyone, SETTINGS)
    assert np.allclose(one, account_fit(factories.shuffled(found, 1), everyone, SETTINGS))
    other, others = factories.renamed(found, everyone, 1)
    assert np.allclose(np.sort(one), np.sort(account_fit(other, others, SETTINGS)))


def test_only_the_body_makes_the_pool() -> None:
    """Many strangers who ask the same other thing do not become the queue that accounts are compared with."""
    rng = np.random.default_rng(4)
    member = factories.each(60, 25)
    taste = np.zeros((60, 24))
    taste[20:] = 0.8
    body = np.arange(60) < 20
    found = fit(taste[member] + rng.normal(0, 1, (len(member), 24)), member, body, TASTES, SETTINGS)
    assert (found[20:] < -0.5).all()
    assert np.median(found[:20]) > 0


def test_hours_of_a_person_tell_nothing_where_no_clock_is_shared() -> None:
    """An operator who gives each account the day of a person: topics still tell, hours do not."""
    found, everyone = factories.made(7, queue=True)
    day = found.column("ts").astype(np.int64) // (24 * HOUR)
    own = day * 24 * HOUR + (found.member.astype(np.int64) % 24) * HOUR
    at = found.conversations.column_names.index("ts")
    mimicked = replace(found, conversations=found.conversations.set_column(at, "ts", pa.array(own)))
    assert np.median(account_fit(mimicked, everyone, SETTINGS)) > 0
