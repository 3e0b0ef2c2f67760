"""Roles said against roles true."""

from __future__ import annotations

from evaluate.sheets import hostile, sheet
from iolaus.evaluate.roles import role_matches


def test_confusions_are_counted_among_the_accused() -> None:
    rows = [
        *[hostile(true_role="compromised", found_role="compromised")] * 2,
        hostile(true_role="compromised", found_role="operated"),
        hostile(true_role="mixed", accused=False),
        {"accused": True, "found_role": "operated"},
    ]
    assert [(each.true, each.said, each.accounts) for each in role_matches(sheet(*rows))] == [
        ("compromised", "compromised", 2), ("compromised", "operated", 1), ("honest", "operated", 1),
    ]  # fmt: skip
