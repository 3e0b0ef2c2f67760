from __future__ import annotations

import numpy as np
import pytest

from iolaus.simulate.crowds import crowds
from iolaus.simulate.ground import DAY, Ground, parse_day


@pytest.mark.parametrize("name", list(crowds()))
def test_each_crowd_is_whole(name: str) -> None:
    ground = Ground(7, parse_day("2026-03-02"), 7)
    module = crowds()[name]
    made = module.build(ground, 24)
    assert module.GUILTY and module.DECLARES and module.__doc__
    assert made.size == 24
    talks = made.talks
    assert len(talks["start"]) > 20
    assert talks["account"].min() >= 0 and talks["account"].max() < 24
    assert (talks["turns"] >= 1).all()
    assert (talks["campaign"] == -1).all()
    assert (talks["start"] >= ground.start - DAY).all()
    assert len({len(values) for values in talks.values()}) == 1
    assert len({len(values) for values in made.accounts.values()}) == 1


def test_an_enterprise_is_one_organisation_and_verified() -> None:
    made = crowds()["enterprise"].build(Ground(1, parse_day("2026-03-02"), 7), 40)
    for name in ("org", "legal", "card", "mail"):
        assert len(np.unique(made.accounts[name])) == 1
    assert (made.accounts["verification"] == 4).all()


def test_few_strangers_share_a_card_or_a_device() -> None:
    made = crowds()["individuals"].build(Ground(1, parse_day("2026-03-02"), 7), 300)
    for name in ("card", "device"):
        held = made.accounts[name][made.accounts[name] >= 0]
        assert 0.92 * len(held) < len(np.unique(held)) < len(held)


def test_the_worksheet_is_the_same_for_all() -> None:
    made = crowds()["university_class"].build(Ground(1, parse_day("2026-03-02"), 7), 60)
    _, sizes = np.unique(made.talks["item"], return_counts=True)
    assert np.sort(sizes)[-12:].min() >= 15
