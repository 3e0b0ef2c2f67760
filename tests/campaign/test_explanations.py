"""Every honest explanation, found by itself, put through the same checks; then the crowd that each names."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from iolaus.campaign.explanations import HonestExplanation, explained, explanations
from iolaus.campaign.settings import CampaignSettings
from iolaus.findings import Evidence, Explanation
from iolaus.link.cohort import Cohort
from iolaus.link.population import Holders, Population
from iolaus.link.run import weigh
from iolaus.link.settings import LinkSettings
from link import factories
from link.test_kinds import CASES, Case, every_case, spoiled

SETTINGS = CampaignSettings()
EXPLANATIONS = list(explanations())
BY_NAME = {explanation.NAME: explanation for explanation in EXPLANATIONS}

every_explanation = pytest.mark.parametrize("explanation", EXPLANATIONS, ids=lambda found: found.NAME)


def evidence(found: Cohort, everyone: Population) -> Mapping[str, Evidence]:
    return {piece.kind: piece for piece in weigh(found, everyone, LinkSettings())}


def ask(explanation: HonestExplanation, found: Cohort, everyone: Population) -> Explanation | None:
    return explanation.weigh(found, everyone, evidence(found, everyone), SETTINGS)


def test_explanations_are_found_and_lead_to_a_verdict() -> None:
    assert len(BY_NAME) == len(EXPLANATIONS) >= 5
    for explanation in EXPLANATIONS:
        assert explanation.LEADS_TO in ("explained", "declared", "undetermined", "")
        assert explanation.__doc__, f"{explanation.NAME} does not name its crowd"
        if explanation.LEADS_TO == "undetermined":
            assert getattr(explanation, "ASK", "").endswith("?"), (
                f"{explanation.NAME} leaves a person without a question"
            )


@every_explanation
@every_case
def test_explanation_is_pure(explanation: HonestExplanation, case: Case) -> None:
    found, everyone = case()
    seen = evidence(found, everyone)
    first = explanation.weigh(found, everyone, seen, SETTINGS)
    assert explanation.weigh(found, everyone, seen, SETTINGS) == first
    again, untouched = case()
    assert found.conversations.equals(again.conversations)
    assert found.accounts.equals(again.accounts)
    assert everyone.accounts.equals(untouched.accounts)
    assert np.array_equal(found.topics, again.topics)


@every_explanation
@every_case
@pytest.mark.parametrize("seed", [1, 2])
def test_order_and_names_change_nothing(explanation: HonestExplanation, case: Case, seed: int) -> None:
    found, everyone = case()
    one = ask(explanation, found, everyone)
    for other in (
        ask(explanation, factories.shuffled(found, seed), everyone),
        ask(explanation, *factories.renamed(found, everyone, seed)),
    ):
        if one is None or other is None:
            assert one is other
            continue
        assert math.isclose(one.log10_bf, other.log10_bf, rel_tol=1e-5, abs_tol=2e-5), (one, other)
        assert one.held == other.held


@every_explanation
@pytest.mark.parametrize("name", spoiled())
def test_missing_data_is_no_crash(explanation: HonestExplanation, name: str) -> None:
    found = ask(explanation, *spoiled()[name])
    assert found is None or (math.isfinite(found.log10_bf) and found.sentence), found


@every_explanation
def test_nothing_is_explained_of_nobody(explanation: HonestExplanation) -> None:
    found = ask(explanation, *spoiled()["no accounts"])
    assert found is None or not found.held, found


@every_explanation
@every_case
def test_explanation_is_capped_and_names_nobody(explanation: HonestExplanation, case: Case) -> None:
    found = ask(explanation, *case())
    if found is None:
        return
    assert found.name == explanation.NAME
    assert abs(found.log10_bf) <= SETTINGS.explanation_cap
    assert found.held == (found.log10_bf >= SETTINGS.hold)
    assert found.sentence.endswith(".")
    for secret in ("acct-", *factories.SECRET_WORDS, "card-", "device-", "198.51.", "nan", "inf"):
        assert secret not in found.sentence, found.sentence


@every_explanation
def test_thin_data_refutes_no_honest_explanation(explanation: HonestExplanation) -> None:
    """What three people of two conversations do must not be held against them."""
    for seed in range(40):
        found = ask(explanation, *factories.made(seed, accounts=3, uses=2, others=120))
        assert found is None or found.log10_bf >= -1.0, found


@pytest.mark.parametrize("weight", [-50.0, -0.2, 0.0, 0.99, 1.0, 50.0])
def test_explained_caps_and_holds(weight: float) -> None:
    found = explained("x", weight, "Y.", SETTINGS)
    assert found.log10_bf == max(-SETTINGS.explanation_cap, min(SETTINGS.explanation_cap, weight))
    assert found.held == (weight >= SETTINGS.hold)


def with_accounts(found: Cohort, everyone: Population, **columns: object) -> tuple[Cohort, Population]:
    """The same with account columns of the cohort's accounts set to one value each."""
    accounts = everyone.accounts
    for name, value in columns.items():
        place = accounts.column_names.index(name)
        values = accounts[name].to_pylist()
        for row, number in enumerate(found.numbers):
            values[number] = value(row) if callable(value) else value
        accounts = accounts.set_column(place, name, pa.array(values, accounts.schema.field(name).type))
    return replace(found, accounts=accounts.take(pa.array(found.numbers))), replace(everyone, accounts=accounts)


def queue_with(**columns: object) -> tuple[Cohort, Population]:
    return with_accounts(*factories.made(2, queue=True), **columns)


VERIFIED = {"organization_id": "org-1", "verification": "business", "created_at": factories.START - 90 * factories.DAY}


def test_declared_organisation_holds_for_a_verified_firm() -> None:
    found = ask(BY_NAME["declared organisation"], *queue_with(**VERIFIED))
    assert found is not None and found.held


def test_declared_organisation_needs_age() -> None:
    """A shell company that opened yesterday declares itself too: it gains less than one that was there before."""
    old = ask(BY_NAME["declared organisation"], *queue_with(**VERIFIED))
    new = ask(BY_NAME["declared organisation"], *queue_with(**{**VERIFIED, "created_at": factories.START}))
    assert old is not None and new is not None
    assert new.log10_bf < old.log10_bf - 1
    assert not new.held


def test_declared_organisation_needs_nine_in_ten() -> None:
    half = {**VERIFIED, "organization_id": lambda row: "org-1" if row % 2 else None}
    found = ask(BY_NAME["declared organisation"], *queue_with(**half))
    assert found is not None and not found.held


@pytest.mark.parametrize("name", ["declared organisation", "programme"])
def test_nothing_is_declared_without_an_account_table(name: str) -> None:
    found, everyone = factories.unknown(*factories.made(2, queue=True), absent=True)
    assert ask(BY_NAME[name], found, everyone) is None


def test_programme_holds_for_a_class() -> None:
    found = ask(BY_NAME["programme"], *queue_with(programme="education"))
    assert found is not None and found.held
    assert "education" in found.sentence
    standard = ask(BY_NAME["programme"], *queue_with(programme="standard"))
    assert standard is not None and not standard.held


def test_common_items_hold_for_a_worksheet_and_not_for_a_dealt_list() -> None:
    found, everyone = factories.made(2, queue=True)
    place = found.conversations.column_names.index("text")
    worksheet = np.random.default_rng(0).integers(1, 20, len(found.conversations))
    table = found.conversations.set_column(place, "text", pa.array(worksheet))
    held = ask(BY_NAME["common items"], replace(found, conversations=table), everyone)
    dealt = ask(BY_NAME["common items"], found, everyone)
    assert held is not None and held.held
    assert dealt is not None and dealt.log10_bf < 0


def asked_by(choices: Sequence[np.ndarray], found: Cohort) -> Cohort:
    """The cohort, its conversations' texts given account by account."""
    table = found.conversations
    own = [iter(each.tolist()) for each in choices]
    texts = pa.array([next(own[member]) for member in found.member.tolist()])
    return replace(found, conversations=table.set_column(table.column_names.index("text"), "text", texts))


def test_items_that_are_dealt_twice_are_no_common_items() -> None:
    """Who compares two answers to each item has all of them asked twice; who chooses from a bank meets by chance."""
    found, everyone = factories.made(2, queue=True, uses=25)
    draws, (accounts, each) = np.random.default_rng(4), (len(found.numbers), 25)
    dealt = draws.permutation(np.repeat(np.arange(accounts * each // 2 + 1), 2))[: accounts * each] + 1
    bank = draws.integers(1, accounts * each // 3, accounts * each)
    twice = ask(BY_NAME["common items"], asked_by(np.split(dealt, accounts), found), everyone)
    chosen = ask(BY_NAME["common items"], asked_by(np.split(bank, accounts), found), everyone)
    assert twice is not None and not twice.held and twice.log10_bf < 0
    assert "dealt" in twice.sentence
    assert chosen is not None and chosen.held


def with_clock(found: Cohort, everyone: Population, log10_bf: float) -> Mapping[str, Evidence]:
    """The cohort's evidence with so much that its accounts keep one scheduler's hours."""
    clock = Evidence(kind="clock", family="time", question="control", log10_bf=log10_bf, sentence="s", numbers={})
    return {**evidence(found, everyone), "clock": clock}


def test_a_long_list_under_one_scheduler_is_no_problem_bank_and_a_class_has_a_worksheet() -> None:
    """Four answers to each item by several templates over random accounts look like choices from a bank."""
    found, everyone = factories.made(2, queue=True, uses=25)
    draws, accounts = np.random.default_rng(4), len(found.numbers)
    bank = asked_by([draws.integers(1, accounts * 25, 25) for _ in range(accounts)], found)
    lesson = asked_by([draws.permutation(25) + 1 for _ in range(accounts)], found)
    for cohort, held in ((bank, False), (lesson, True)):
        told = [
            BY_NAME["common items"].weigh(cohort, everyone, with_clock(cohort, everyone, weight), SETTINGS)
            for weight in (-2.0, 2.0)
        ]
        assert [each is not None and each.held for each in told] == [True, held]


def test_a_long_list_whose_accounts_share_cards_is_no_problem_bank() -> None:
    """Those who choose from a bank have a card each; a class whose sign-ups share an address has a worksheet."""
    found, everyone = factories.made(2, queue=True, uses=25)
    draws, accounts = np.random.default_rng(4), len(found.numbers)
    bank = asked_by([draws.integers(1, accounts * 25, 25) for _ in range(accounts)], found)
    lesson = asked_by([draws.permutation(25) + 1 for _ in range(accounts)], found)
    for cohort, linked, held in ((bank, 50, False), (bank, 6, True), (lesson, 50, True)):
        told = {**with_clock(cohort, everyone, -2.0), "shared_identity": tie(linked, 4.0)}
        explanation = BY_NAME["common items"].weigh(cohort, everyone, told, SETTINGS)
        assert explanation is not None and explanation.held == held


@pytest.mark.parametrize(("lines", "holds"), [(1, True), (4, True), (5, False)])
def test_a_school_has_several_lines_and_a_pool_many(lines: int, holds: bool) -> None:
    found, everyone = factories.made(1, uses=25)
    members = np.repeat(found.numbers, lines)
    blocks = Holders.of(members, 1 + np.tile(np.arange(lines), len(found.numbers)))
    placed = replace(everyone, holders={**everyone.holders, "block": blocks})
    explanation = ask(BY_NAME["one workplace"], found, placed)
    assert explanation is not None and explanation.held == holds


@pytest.mark.parametrize(("enrolled", "holds"), [(0.9, True), (0.3, False)])
def test_who_was_enrolled_at_an_office_may_work_from_home(enrolled: float, holds: bool) -> None:
    found, everyone = factories.made(1, uses=25)
    count = len(found.numbers)
    there = np.arange(count) < enrolled * count
    homes = Holders.of(found.numbers, 100 + np.arange(count))
    office = Holders.of(found.numbers, np.where(there, 1, 500 + np.arange(count)), places=np.where(there, 7, 0))
    placed = replace(everyone, holders={**everyone.holders, "block": homes, "signup_ip": office})
    explanation = ask(BY_NAME["one workplace"], found, placed)
    assert explanation is not None and explanation.held == holds


def test_who_asks_of_topics_of_his_own_at_a_scheduler_s_hours_is_no_independent_person() -> None:
    found, everyone = factories.made(1, uses=25)
    people, served = (
        BY_NAME["independent people"].weigh(found, everyone, with_clock(found, everyone, weight), SETTINGS)
        for weight in (-2.0, 2.0)
    )
    assert people is not None and served is not None
    assert people.log10_bf == min(served.log10_bf + 2.0, SETTINGS.explanation_cap)


def test_everybody_who_asks_everything_is_no_dealing() -> None:
    found, everyone = factories.made(2, queue=True, uses=25)
    worksheet = asked_by([np.arange(1, 26)] * len(found.numbers), found)
    held = ask(BY_NAME["common items"], worksheet, everyone)
    assert held is not None and held.held


def test_independent_people_hold_where_the_account_explains_what_is_asked() -> None:
    people = ask(BY_NAME["independent people"], *factories.made(1, uses=25))
    queue = ask(BY_NAME["independent people"], *factories.made(2, queue=True, uses=25))
    assert people is not None and people.log10_bf > 0
    assert queue is not None and queue.log10_bf < 0


def test_people_at_work_speaks_for_sittings_and_against_a_scheduler() -> None:
    """Annotators have hours and connections of their own; a scheduler serves all accounts around the clock."""
    sitting = ask(BY_NAME["people at work on one queue"], *factories.made(1, uses=25))
    served = ask(BY_NAME["people at work on one queue"], *factories.made(2, queue=True, uses=25))
    assert sitting is not None and served is not None
    assert sitting.log10_bf > served.log10_bf + 1
    assert not served.held


def tie(linked: int, log10_bf: float = 2.4) -> Evidence:
    numbers = {"linked_accounts": float(linked), "accounts": 60.0}
    return Evidence(
        kind="shared_identity", family="identity", question="control", log10_bf=log10_bf, sentence="s", numbers=numbers
    )


def test_friends_among_colleagues_do_not_speak_against_people_at_work() -> None:
    """A few annotators who share a home do not make an operator's pool of sixty, however unlikely by chance."""
    found, everyone = factories.made(1, uses=25)
    known = evidence(found, everyone)
    none, few, many = (
        BY_NAME["people at work on one queue"].weigh(found, everyone, {**known, "shared_identity": tie(n)}, SETTINGS)
        for n in (0, 10, 30)
    )
    assert none is not None and few is not None and many is not None
    assert few.log10_bf == none.log10_bf
    assert many.log10_bf < few.log10_bf - 1


def test_cases_are_what_they_say() -> None:
    assert set(CASES) == {"honest", "queue", "suspended", "harvest"}


def handful(verified: int = 0, one_card: int = 0) -> tuple[Cohort, Population]:
    """Five keys with a private template: how many are a verified firm's, and how many are on one card."""
    found, everyone = factories.made(7, accounts=5, uses=30, queue=True)
    table = found.accounts
    cards = ["card-shared"] * one_card + [f"card-{number}" for number in range(one_card, 5)]
    for name, values in (
        ("verification", ["business"] * verified + ["email"] * (5 - verified)),
        ("payment_fingerprint", cards),
        ("device_id", [f"device-{number}" for number in range(5)]),
        ("signup_ip", [f"198.51.100.{number}" for number in range(5)]),
        *((name, [None] * 5) for name in ("legal_entity_id", "parent_account_id", "organization_id")),
    ):
        table = table.set_column(table.column_names.index(name), name, pa.array(values, pa.string()))
    return replace(found, accounts=table, selected_by="private"), replace(everyone, holders={})


@pytest.mark.parametrize(("verified", "holds"), [(0, False), (2, False), (3, True), (5, True)])
def test_verified_customers_are_asked_and_not_accused(verified: int, holds: bool) -> None:
    found = ask(BY_NAME["verified customers"], *handful(verified=verified))
    assert found is not None
    assert found.held == holds, found


@pytest.mark.parametrize(("one_card", "holds"), [(0, False), (2, False), (3, True), (5, True)])
def test_who_shows_one_purse_openly_is_one_household(one_card: int, holds: bool) -> None:
    found = ask(BY_NAME["one household"], *handful(one_card=one_card))
    assert found is not None
    assert found.held == holds, found


def test_only_handfuls_are_households_and_verified_customers() -> None:
    found, everyone = handful(5, 5)
    crowd = replace(found, selected_by="words")
    assert ask(BY_NAME["one household"], crowd, everyone) is None
    assert ask(BY_NAME["verified customers"], crowd, everyone) is None
