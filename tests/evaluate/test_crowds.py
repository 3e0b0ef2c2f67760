"""Honest accounts and organisations accused."""

from __future__ import annotations

import pytest

from evaluate.sheets import hostile, sheet
from iolaus.evaluate.crowds import honest_accused


def organisation(size: int, accused: int, name: str = "o", crowd: str = "enterprise") -> list[dict[str, object]]:
    return [{"organisation": name, "crowd": crowd, "accused": n < accused} for n in range(size)]


@pytest.mark.parametrize(
    ("size", "accused", "wrong"),
    [
        (1, 1, True),
        (2, 1, True),
        (3, 1, False),
        (3, 2, True),
        (4, 1, False),
        (4, 2, True),
        (100, 2, True),
        (2, 0, False),
    ],
)
def test_an_organisation_is_accused_where_two_or_half_of_a_few_are(size: int, accused: int, wrong: bool) -> None:
    found = honest_accused(sheet(*organisation(size, accused)))
    assert found.organisations.hits == int(wrong)
    assert found.accounts.hits == accused


def test_by_crowd_and_size_and_never_the_hostile() -> None:
    rows = [*organisation(5, 2), *organisation(60, 0, "p", "university_class"), hostile(organisation="o")]
    found = honest_accused(sheet(*rows))
    assert found.accounts.of == 65
    assert {each.crowd: (each.accounts.hits, each.organisations.hits) for each in found.by_crowd} == {
        "enterprise": (2, 1), "university_class": (0, 0),
    }  # fmt: skip
    assert {each.size: each.organisations.hits for each in found.by_size if each.organisations.of} == {
        "4 to 9": 1, "50 to 199": 0,
    }  # fmt: skip


def test_one_organisation_in_two_worlds_is_two() -> None:
    rows = [row | {"world": world} for world in ("w/0", "w/1") for row in organisation(4, 1)]
    assert honest_accused(sheet(*rows)).organisations.of == 2
