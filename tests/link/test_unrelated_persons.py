"""Who writes from one mail domain of its own hides nothing of each other; two such domains on one list do."""

from __future__ import annotations

import numpy as np
import pytest

from iolaus.link.kinds import unrelated_persons
from iolaus.link.settings import LinkSettings

from . import factories

SETTINGS = LinkSettings()
MEMBERS, OTHERS = 40, 60


def weighed(domains: list[str]) -> float:
    """``domains`` of the members; everybody else has an address at a public provider."""
    seen = factories.asked(
        np.random.default_rng(0), factories.each(MEMBERS + OTHERS, 2), np.zeros((MEMBERS + OTHERS, 8))
    )
    known = {"email_domain": [*domains, *["gmail.com"] * OTHERS]}
    everyone = factories.population(seen, MEMBERS + OTHERS, known)
    cohort = factories.cohort(everyone, seen, np.arange(MEMBERS, dtype=np.int32))
    found = unrelated_persons.weigh(cohort, everyone, SETTINGS)
    assert found is not None
    return found.log10_bf


@pytest.mark.parametrize(
    ("domains", "weight"),
    [
        (["gmail.com"] * MEMBERS, SETTINGS.unrelated_cap),
        ([f"own-{place}.example" for place in range(MEMBERS)], SETTINGS.unrelated_cap),
        (["school.example"] * MEMBERS, 0.0),
        (["one.example", "two.example"] * (MEMBERS // 2), SETTINGS.unrelated_cap),
        (["9f86d081884c7d65"] * MEMBERS, SETTINGS.unrelated_cap),
    ],
    ids=["public", "each its own", "one school", "two firms on one list", "hashed"],
)
def test_what_a_mail_domain_says(domains: list[str], weight: float) -> None:
    assert weighed(domains) == pytest.approx(weight)


def test_the_more_write_from_one_domain_the_less_is_hidden() -> None:
    weights = [weighed(["school.example"] * some + ["gmail.com"] * (MEMBERS - some)) for some in (8, 20, 30, 40)]
    assert weights == sorted(weights, reverse=True)
    assert weights[0] == SETTINGS.unrelated_cap
    assert weights[1] < 1.0
