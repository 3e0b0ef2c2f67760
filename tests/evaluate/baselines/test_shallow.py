"""The seven features are learnt by source, never from what is judged."""

from __future__ import annotations

import numpy as np

from evaluate.sheets import hostile, sheet
from iolaus.evaluate.baselines import shallow
from iolaus.evaluate.sheet import Sheet


def people(campaigns: tuple[str, ...], gap: float) -> Sheet:
    """Forty accounts of each of six crowds and of each campaign, whose features lie ``gap`` away."""
    draws = np.random.default_rng(3)
    rows = [{"crowd": f"crowd-{n}"} for n in range(6) for _ in range(40)]
    rows += [hostile(name) for name in campaigns for _ in range(40)]
    guilty = np.array([row.get("hostile", False) for row in rows])
    values = draws.standard_normal((len(rows), 7)) + gap * guilty[:, None]
    columns = {shallow.MEAN + name: values[:, n].tolist() for n, name in enumerate(shallow.FEATURES)}
    return sheet(*rows, extra=columns)


def test_an_unseen_campaign_of_the_same_style_is_found() -> None:
    found = shallow.scored(people(("A", "B", "C"), 2.0))
    assert found.flags("own:seven_features")[found.flags("hostile")].mean() > 0.9
    assert found.flags("own:seven_features")[~found.flags("hostile")].mean() < 0.1


def test_one_campaign_alone_cannot_be_learnt_and_judged() -> None:
    found = shallow.scored(people(("A",), 2.0))
    assert np.isnan(found.numbers("score:seven_features")).all()


def test_means_by_account() -> None:
    columns = shallow.means(np.array([0, 0, 2]), np.arange(21.0).reshape(3, 7), 3)
    first = columns[shallow.MEAN + shallow.FEATURES[0]].to_pylist()
    assert first == [3.5, None, 14.0]
