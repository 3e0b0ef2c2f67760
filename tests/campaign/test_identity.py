"""Ids over time: replaced accounts, changed words, splits, merges, and ids that are asleep."""

from __future__ import annotations

from collections.abc import Mapping

from iolaus.campaign.identity import Identity, Sameness, identify, shared_members, shared_words

SAME = Sameness(0.5, 0.5)


def campaign(name: str, at: str, words: set[int], members: Mapping[str, int]) -> Identity:
    return Identity(name, at, at, frozenset(words), members)


OLD = campaign("campaign-old", "2026-01-01", {1, 2, 3, 4}, {"a": 10, "b": 10})


def events(one: Identity) -> list[tuple[str, str, str]]:
    return [(event.event, event.id, event.at) for event in one.lineage]


def test_the_first_alarm_mints_the_id() -> None:
    (named,), known = identify([OLD], [], SAME)
    assert named == OLD and known == [OLD]


def test_words_carry_the_id_over_new_accounts() -> None:
    now = campaign("campaign-new", "2026-01-09", {1, 2, 3, 9}, {"x": 5, "y": 5})
    (named,), known = identify([now], [OLD], SAME)
    assert (named.id, named.first_alarm_at, named.last_alarm_at) == ("campaign-old", "2026-01-01", "2026-01-09")
    assert named.members == now.members and events(named) == []
    assert known == [named]


def test_accounts_carry_the_id_over_new_words() -> None:
    now = campaign("campaign-new", "2026-01-09", {7, 8}, {"a": 10, "x": 5})
    assert shared_members(now, OLD) == 20 / 35
    assert identify([now], [OLD], SAME)[0][0].id == "campaign-old"


def test_accounts_count_by_their_exchanges() -> None:
    now = campaign("campaign-new", "2026-01-09", {7, 8}, {"a": 1, **{f"x{n}": 30 for n in range(9)}})
    (named,), known = identify([now], [OLD], SAME)
    assert named.id == "campaign-new"
    assert {one.id for one in known} == {"campaign-old", "campaign-new"}


def test_a_split_leaves_the_id_to_the_larger() -> None:
    small = campaign("campaign-a", "2026-01-09", {1, 2}, {"a": 5})
    large = campaign("campaign-b", "2026-01-09", {3, 4}, {"b": 50})
    named, known = identify([small, large], [OLD], SAME)
    assert [one.id for one in named] == ["campaign-a", "campaign-old"]
    assert events(named[0]) == [("split_from", "campaign-old", "2026-01-09")]
    assert named[0].first_alarm_at == "2026-01-09" and events(named[1]) == []
    assert len(known) == 2


def test_a_merge_leaves_the_oldest() -> None:
    younger = campaign("campaign-younger", "2026-01-03", {5, 6}, {"c": 100})
    now = campaign("campaign-now", "2026-01-09", {1, 2, 3, 4, 5, 6}, {"a": 9, "c": 99})
    (named,), known = identify([now], [younger, OLD], SAME)
    assert (named.id, named.first_alarm_at) == ("campaign-old", "2026-01-01")
    assert events(named) == [("merged_with", "campaign-younger", "2026-01-09")]
    assert known == [named]
    (later,), _ = identify([campaign("campaign-now", "2026-01-12", {5, 6}, {"z": 1})], known, SAME)
    assert later.id == "campaign-old" and events(later) == events(named)


def test_a_campaign_that_sleeps_is_known_when_it_wakes() -> None:
    other = campaign("campaign-other", "2026-01-05", {70, 71}, {"q": 4})
    _, known = identify([other], [OLD], SAME)
    assert [one.id for one in known] == ["campaign-old", "campaign-other"]
    (woken,), _ = identify([campaign("campaign-x", "2026-02-05", {1, 2, 3}, {"n": 1})], known, SAME)
    assert woken.id == "campaign-old"


def test_an_id_is_never_given_twice() -> None:
    now = campaign("campaign-old", "2026-01-09", {90, 91}, {"n": 1})
    named, known = identify([now, now], [OLD], SAME)
    assert [one.id for one in named] == ["campaign-old-2", "campaign-old-3"]
    assert len({one.id for one in known}) == 3


def test_campaigns_without_words_or_accounts_share_nothing() -> None:
    empty = campaign("campaign-e", "2026-01-09", set(), {})
    assert shared_words(empty, OLD) == shared_members(empty, empty) == 0.0
    assert identify([empty], [OLD], SAME)[0][0].id == "campaign-e"
