"""Found campaigns against true ones."""

from __future__ import annotations

from evaluate.sheets import cohort, facts, hostile, sheet
from iolaus.evaluate.matching import matching


def test_pieces_and_purity() -> None:
    rows = [
        *[hostile("A", found="one")] * 4,
        *[hostile("A", found="two")] * 2,
        {"accused": True, "found": "two"},
        *[hostile("A", accused=False)] * 2,
    ]
    found = matching(sheet(*rows), [facts()])
    assert {each.id: (each.main, round(each.purity, 3), each.false) for each in found.found} == {
        "one": ("A", 1.0, False), "two": ("A", 0.667, False),
    }  # fmt: skip
    (true,) = found.true
    assert (true.found_in, true.mean_pieces, true.mean_largest_share) == (1, 2.0, 0.5)


def test_a_campaign_of_mostly_honest_accounts_is_false() -> None:
    rows = [hostile("A", found="odd"), *[{"accused": True, "found": "odd"}] * 2]
    found = matching(sheet(*rows), [facts()])
    assert found.found[0].false
    assert found.true[0].found_in == 0


def test_campaigns_put_together_are_impure_but_not_false() -> None:
    rows = [hostile(name, found="all") for name in ("A", "B", "C") for _ in range(3)]
    found = matching(sheet(*rows), [facts()])
    assert (found.found[0].hostile, found.found[0].purity, found.found[0].false) == (9, 0.333333, False)
    assert {(each.found_in, each.merged_in, each.mean_pieces) for each in found.true} == {(0, 1, 0.0)}


def test_the_promise_and_what_honest_cohorts_scored_stand_beside_what_was_measured() -> None:
    told = [
        facts("h/0", honest=True, promised=20.0, tested=100, scores=(5.0, 3.0)),
        facts("h/1", honest=True, promised=10.0, tested=60),
        facts("w/0", promised=900.0, tested=40, scores=(9.0,)),
    ]
    exposure = matching(sheet({"world": "h/0"}), told).false_campaigns
    assert (exposure.promised, exposure.cohorts, exposure.score) == (20.0, 160, 5.004)
    nothing = matching(sheet({"world": "h/0"}), [facts("h/0", honest=True)]).false_campaigns
    assert (nothing.promised, nothing.score) == (None, None)


def test_false_campaigns_are_counted_over_honest_worlds_alone() -> None:
    rows = [
        *[{"world": "h/0", "weeks": 2, "accused": n < 2, "found": "wrong" if n < 2 else None} for n in range(500)],
        {"world": "w/0", "accused": True, "found": "wrong"},
    ]
    exposure = matching(sheet(*rows), [facts(), facts("h/0", honest=True)]).false_campaigns
    assert (exposure.worlds, exposure.active_account_weeks, exposure.false_campaigns) == (1, 1000, 1)
    assert exposure.per_million == 1000.0
    assert exposure.per_million_high > 5000


def test_verdicts_are_counted_with_those_in_honest_worlds() -> None:
    told = [
        facts(cohorts=(cohort(0.99, 8), cohort(0.9, 1, verdict="undetermined"))),
        facts("h/0", honest=True, cohorts=(cohort(0.9, 0, verdict="concealed_pool"),)),
    ]
    found = matching(sheet(hostile()), told)
    assert [(each.verdict, each.cohorts, each.true, each.in_honest_worlds) for each in found.verdicts] == [
        ("campaign", 1, 1, 0), ("concealed_pool", 1, 0, 1), ("undetermined", 1, 0, 0),
    ]  # fmt: skip


def test_no_honest_world_gives_no_rate() -> None:
    exposure = matching(sheet(hostile()), [facts()]).false_campaigns
    assert exposure.per_million is None
