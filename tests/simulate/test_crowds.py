from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from iolaus.simulate.accounts import Columns
from iolaus.simulate.compose import Messages, compose
from iolaus.simulate.crowds import crowds
from iolaus.simulate.draws import mix
from iolaus.simulate.ground import DAY, SECOND, Ground, parse_day
from iolaus.simulate.lexicon import lexicon


def wrapped(ground: Ground, talks: Columns, *families: str) -> npt.NDArray[np.bool_]:
    """Which conversations open with a template of these families."""
    return np.isin(talks["play"], [number for play, number in ground.plays.items() if play.template in families])


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


def test_translators_share_exits_with_one_another_and_few_do_a_job_twice() -> None:
    ground = Ground(1, parse_day("2026-03-02"), 7)
    made = crowds()["phone_translators"].build(ground, 120)
    people = made.accounts
    known = np.concatenate(ground.pools)
    _, mine = np.unique(people["signup_ip"], return_counts=True)
    assert mine.max() >= 2 and len(np.unique(people["signup_ip"] >> 8)) < 45
    strangers = ground.exits(np.random.default_rng(0), "mobile", 4_000)
    assert np.isin(people["signup_ip"], strangers).sum() >= 30
    assert np.isin(known[people["book"]], strangers).sum() >= 30
    jobs = wrapped(ground, made.talks, "phonetranslate", "phonegrade")
    assert 0.6 < jobs.mean() < 0.8
    _, times = np.unique(made.talks["item"][jobs], return_counts=True)
    assert 0.05 < (times > 1).mean() < 0.25


def test_advertisers_are_one_hand_with_few_topics() -> None:
    ground = Ground(1, parse_day("2026-03-02"), 7)
    made = crowds()["advertisers"].build(ground, 60)
    assert wrapped(ground, made.talks, "advert").all()
    assert len(np.unique(made.talks["topic"])) <= 4 and len(np.unique(made.talks["author"])) <= 45
    cards = made.accounts["card"][made.accounts["card"] >= 0]
    assert np.unique(cards, return_counts=True)[1].max() >= 3
    assert len(np.unique(made.accounts["created"] // DAY)) > 20, "they sign up one after the other"
    ended = made.accounts["suspended"]
    assert ((ended < 0) | (ended > made.accounts["created"])).all()


def test_tickets_come_back_to_other_staff() -> None:
    ground = Ground(1, parse_day("2026-03-02"), 7)
    made = crowds()["ticket_desk"].build(ground, 40)
    asked = np.unique(np.stack([made.talks["item"].astype(np.int64), made.talks["account"]]), axis=1)[0]
    _, staff = np.unique(asked, return_counts=True)
    assert 0.25 < (staff > 1).mean() < 0.7
    assert (made.accounts["org"] == -1).all() and (made.accounts["legal"] == -1).all()
    added = wrapped(ground, made.talks, "ticketmacro_again")
    assert 0.15 < added.mean() < 0.4
    assert (wrapped(ground, made.talks, "ticketmacro") | added).all()


def test_a_ticket_that_comes_back_is_quoted_word_for_word() -> None:
    words = lexicon()
    item = mix(np.arange(50), 5)
    flat = np.zeros(50, np.int64)

    def told(family: str) -> list[str]:
        group, wrapper = flat + words.groups["ticket"], flat + words.groups[family]
        columns = (flat, flat, group, wrapper, flat + 1, flat - 1, flat == 0)
        return [str(text) for text in compose(words, Messages(item, item, *columns)).to_pylist()]

    first, again = told("ticketmacro"), told("ticketmacro_again")
    assert all(later.startswith(text + "\n\nThe customer adds: ") for text, later in zip(first, again, strict=True))


def test_collectors_try_one_list_and_its_head_more_often() -> None:
    ground = Ground(1, parse_day("2026-03-02"), 7)
    talks = crowds()["prompt_collectors"].build(ground, 200).talks
    tries = wrapped(ground, talks, "collected", "collected_b")
    assert 0.45 < tries.mean() < 0.65
    _, times = np.unique(talks["item"][tries], return_counts=True)
    assert len(times) <= 350
    assert times.max() > 5 * np.median(times)


def test_every_evaluator_asks_every_item_in_one_order_by_one_clock() -> None:
    ground = Ground(1, parse_day("2026-03-02"), 7)
    made = crowds()["night_evaluators"].build(ground, 14)
    nights = [
        [np.sort(made.talks["start"][(made.talks["account"] == n) & (made.talks["item"] == item)]) for n in range(14)]
        for item in np.unique(made.talks["item"])
    ]
    assert len(nights) == 220
    assert all(len(times) == 7 for item in nights for times in item)
    apart = np.array([np.ptp(np.stack(item), axis=0).max() for item in nights])
    assert np.median(apart) < 20 * SECOND
    assert (made.accounts["org"] == -1).all()
