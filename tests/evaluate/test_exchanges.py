"""Exchange-level figures, intervals by conversation."""

from __future__ import annotations

from evaluate.sheets import facts
from iolaus.evaluate.exchanges import exchanges
from iolaus.evaluate.sheet import ExchangeCounts


def counts(campaign: str, hostile: bool, exchanges: int, flagged: int, talks: int, told: int) -> ExchangeCounts:
    return ExchangeCounts(
        campaign=campaign, hostile_account=hostile, exchanges=exchanges, flagged=flagged, conversations=talks,
        flagged_conversations=told,
    )  # fmt: skip


def test_pooled_over_worlds() -> None:
    one = facts(
        counts=(counts("A", True, 100, 80, 10, 8), counts("", True, 50, 5, 20, 2), counts("", False, 900, 0, 90, 0))
    )
    two = facts("w/1", counts=(counts("B", True, 100, 0, 10, 0), counts("", False, 100, 15, 10, 3)))
    found = exchanges([one, two])
    assert found.precision == 0.8
    assert (found.precision_by_conversation.hits, found.precision_by_conversation.of) == (8, 13)
    assert found.recall.exchanges == 0.4
    assert {each.campaign: each.exchanges for each in found.by_campaign} == {"A": 0.8, "B": 0.0}
    assert (found.honest_customers_flagged.hits, found.honest_customers_flagged.of) == (2, 20)
    assert (found.honest_accounts_flagged.hits, found.honest_accounts_flagged.of) == (3, 100)


def test_nothing_flagged_has_no_precision() -> None:
    assert exchanges([facts(counts=(counts("A", True, 5, 0, 5, 0),))]).precision is None
