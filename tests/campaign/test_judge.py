"""The rules of the verdict, one by one: what never leads to an accusation, and what does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import msgspec
import numpy as np
import pytest

from iolaus.campaign import judge as judging
from iolaus.campaign.explanations import explanations
from iolaus.campaign.judge import Judgement, judge
from iolaus.campaign.settings import CampaignSettings, VerdictSettings
from iolaus.findings import QUESTIONS, Evidence, Explanation, Family, Question
from iolaus.link import run as linking
from iolaus.link.candidates import Candidate
from iolaus.link.cohort import Cohort
from iolaus.link.settings import LinkSettings
from link import factories

CAMPAIGN, VERDICT = CampaignSettings(), VerdictSettings()
FOUND, EVERYONE = factories.made(1)
NAMES = {explanation.LEADS_TO: explanation.NAME for explanation in explanations()}

Weights = dict[str, float]
"""'question/family' or 'question/family/kind' -> log10 Bayes factor."""

GUILTY: Weights = {
    "control/allocation": 3.5,
    "control/network": 3.0,
    "control/identity": 2.5,
    "concealment/lifecycle/succession": 1.0,
    "concealment/identity/unrelated_persons": 1.5,
    "content/content/intents": 1.5,
    "content/content/sweep": 1.0,
}


def piece(place: str, weight: float) -> Evidence:
    question, family, *kind = place.split("/")
    return Evidence(
        kind=kind[0] if kind else f"{family}-{question}",
        family=cast(Family, family),
        question=cast(Question, question),
        log10_bf=weight,
        numbers={},
        sentence="Seen.",
    )


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, float]]:
    """Verdict that an explanation leads to -> its weight: what the tests make the explanations say."""
    weights: dict[str, float] = {}

    def stubs() -> Iterator[SimpleNamespace]:
        for leads, name in NAMES.items():
            weight = weights.get(leads, -1.0)
            said = Explanation(name=name, log10_bf=weight, held=weight >= CAMPAIGN.hold, sentence="Said.")
            yield SimpleNamespace(NAME=name, LEADS_TO=leads, ASK="For whom?", weigh=lambda *_, said=said: said)

    monkeypatch.setattr(judging, "explanations", stubs)
    yield weights


def judged(weights: Weights, cohort: Cohort = FOUND, verdict: VerdictSettings = VERDICT) -> Judgement:
    candidate = Candidate(cohort.id, ("words",), cohort.phrases, cohort.numbers, False, len(cohort.conversations))
    tested = linking.Tested(candidate, cohort, tuple(piece(place, weight) for place, weight in weights.items()))
    return judge(tested, EVERYONE, CAMPAIGN, verdict)


def without(*places: str) -> Weights:
    return {place: weight for place, weight in GUILTY.items() if not place.startswith(places)}


@pytest.mark.usefixtures("held")
def test_control_concealment_and_content_are_a_campaign() -> None:
    found = judged(GUILTY)
    assert found.verdict == "campaign"
    assert found.probability >= VERDICT.accuse_probability
    assert found.question_to_ask == ""
    assert {question: found.questions[question].answer for question in QUESTIONS[:3]} == {
        "control": "yes",
        "concealment": "yes",
        "content": "yes",
    }


NEVER: dict[str, tuple[Weights, dict[str, float], set[str]]] = {
    "no evidence at all": ({}, {}, {"explained", "undetermined"}),
    "control alone": (without("concealment", "content"), {}, {"undetermined"}),
    "content alone": (without("control", "concealment"), {}, {"explained", "undetermined"}),
    "concealment alone": (without("control", "content"), {}, {"explained", "undetermined"}),
    "control and content": (without("concealment"), {}, {"undetermined"}),
    "control and concealment": (without("content"), {}, {"concealed_pool"}),
    "one hand that does not hide": (
        {**without("concealment"), "concealment/identity/unrelated_persons": -1.5},
        {},
        {"explained"},
    ),
    "nobody's hand": ({**without("control"), "control/allocation": -3.0}, {}, {"explained"}),
    "content that one does not train on": (
        {**without("content"), "content/content/sweep": -1.0},
        {},
        {"concealed_pool", "explained"},
    ),
    "one family of control": (
        {**without("control", "concealment"), "control/allocation": 4.0, "concealment/allocation/rotation": 2.0},
        {},
        {"undetermined", "explained"},
    ),
    "wording, which selected the cohort": (
        {**without("control", "concealment"), "control/wording": 4.0, "concealment/wording/mimicry": 2.0},
        {},
        {"undetermined", "explained"},
    ),
    "declared, with content": (GUILTY, {"declared": 3.0}, {"declared_harvest"}),
    "declared, without content": (without("content"), {"declared": 3.0}, {"explained"}),
    "explained by strangers": (GUILTY, {"explained": 3.0}, {"explained"}),
    "people at work on one queue": (GUILTY, {"undetermined": 1.5}, {"undetermined"}),
    "thin evidence": (dict.fromkeys(GUILTY, 0.05), {}, {"explained", "undetermined"}),
    "unrelated persons without control": (
        {"control/allocation": 0.3, "concealment/identity/unrelated_persons": 1.5, "content/content/sweep": 1.5},
        {},
        {"explained", "undetermined"},
    ),
}


@pytest.mark.parametrize("case", NEVER.values(), ids=NEVER)
def test_never_a_campaign(case: tuple[Weights, dict[str, float], set[str]], held: dict[str, float]) -> None:
    weights, honest, allowed = case
    held.update(honest)
    found = judged(weights)
    assert found.verdict in allowed, found
    assert found.sentence
    if found.verdict in ("undetermined", "declared_harvest"):
        assert found.question_to_ask.endswith("?"), "a person is asked nothing"


@pytest.mark.parametrize("name", list(GUILTY))
def test_every_answer_is_needed(name: str, held: dict[str, float]) -> None:
    """Whatever else is said, turning one question's evidence around ends the accusation."""
    question = name.split("/")[0]
    turned = {place: -weight if place.startswith(question) else weight for place, weight in GUILTY.items()}
    assert judged(turned).verdict != "campaign"


def test_strong_control_stands_in_for_nothing(held: dict[str, float]) -> None:
    """A hundredfold control does not make up for a content that is unknown."""
    strong = {**without("content"), "control/time": 4.0, "content/content/sweep": 0.2}
    assert judged(strong).verdict == "concealed_pool"


def test_unrelated_persons_count_only_beside_strong_control(held: dict[str, float]) -> None:
    weak = judged({"control/allocation": 1.2, "concealment/identity/unrelated_persons": 1.5})
    strong = judged({"control/allocation": 3.0, "control/network": 3.0, "concealment/identity/unrelated_persons": 1.5})
    assert {p.kind: p.counted for p in weak.evidence}["unrelated_persons"] is False
    assert weak.questions["concealment"].answer == "unknown"
    assert {p.kind: p.counted for p in strong.evidence}["unrelated_persons"] is True
    assert strong.questions["concealment"].answer == "yes"


def test_within_a_family_only_the_strongest_counts(held: dict[str, float]) -> None:
    found = judged({"control/time/clock": 1.0, "control/time/synchrony": 2.0, "control/network/block": 1.0})
    counted = {one.kind: one.counted for one in found.evidence}
    assert counted == {"clock": False, "synchrony": True, "block": True}
    assert found.questions["control"].log10_bf == pytest.approx(2.0 + VERDICT.joint_weight * 1.0)


def test_the_strongest_may_speak_against(held: dict[str, float]) -> None:
    found = judged({"control/time/clock": 1.0, "control/time/synchrony": -2.0})
    assert {one.kind: one.counted for one in found.evidence} == {"clock": False, "synchrony": True}
    assert found.questions["control"].answer == "no"


def test_one_question_never_counts_for_another(held: dict[str, float]) -> None:
    """Evidence of one family on two questions counts once for each."""
    found = judged({"control/identity/cards": 2.0, "concealment/identity/unrelated_persons": 1.5})
    assert all(one.counted for one in found.evidence)


@pytest.mark.usefixtures("held")
def test_probability_falls_with_an_honest_explanation(held: dict[str, float]) -> None:
    alone = judged(GUILTY).probability
    held["undetermined"] = 0.9
    assert judged(GUILTY).probability < alone


def test_without_an_account_table_nobody_is_accused() -> None:
    """The real kinds and explanations: concealment is unknown, so that no verdict can be campaign."""
    found, everyone = factories.unknown(*factories.made(2, queue=True, uses=25), absent=True)
    pieces = linking.weigh(found, everyone, LinkSettings())
    content = tuple(piece(place, 1.5) for place in GUILTY if place.startswith("content"))
    candidate = Candidate(found.id, ("words",), found.phrases, found.numbers, False, len(found.conversations))
    result = judge(linking.Tested(candidate, found, (*pieces, *content)), everyone, CAMPAIGN, VERDICT)
    assert result.questions["control"].answer == "yes"
    assert result.questions["concealment"].answer == "unknown"
    assert result.verdict == "undetermined"


@pytest.mark.parametrize("seed", range(5))
def test_thin_cohorts_of_real_people_are_never_accused(seed: int) -> None:
    found, everyone = factories.made(seed, accounts=3, uses=2)
    candidate = Candidate(found.id, ("words",), found.phrases, found.numbers, False, len(found.conversations))
    result = judge(
        linking.Tested(candidate, found, linking.weigh(found, everyone, LinkSettings())), everyone, CAMPAIGN, VERDICT
    )
    assert result.verdict in ("explained", "undetermined")
    assert result.probability < 0.5


def test_consumption_states_what_was_taken(held: dict[str, float]) -> None:
    sentence = judged({}).questions["consumption"].sentence
    assert f"{int(np.sum(FOUND.column('exchanges'))):,} exchanges" in sentence
    assert f"{len(FOUND.conversations):,}" in sentence


TIED: Weights = {
    "control/network/shared_network": 4.0,
    "control/identity/shared_identity": 4.0,
    "control/lifecycle/signup_burst": 1.0,
}


@pytest.mark.usefixtures("held")
def test_what_selected_a_cohort_is_shown_and_not_counted() -> None:
    weights = {**without("control", "concealment/lifecycle"), "control/allocation": 3.5, **TIED}
    tied = judged(weights, replace(FOUND, selected_by="ties"))
    assert {piece.kind for piece in tied.evidence if not piece.counted} == {place.split("/")[2] for place in TIED}
    assert tied.questions["control"].log10_bf == 3.5, "ties selected the accounts and count as control of them"
    assert tied.verdict == "undetermined", "one queue alone is one family"
    assert judged(weights).verdict == "campaign"
    assert judged({**weights, "control/time": 1.0}, replace(FOUND, selected_by="ties")).verdict == "campaign"


FEW = VerdictSettings(handful=len(FOUND.numbers) + 1, handful_conversations=len(FOUND.conversations))
INTENTS = "content/content/intents"


@pytest.mark.usefixtures("held")
def test_a_handful_is_accused_for_what_it_asks_alone() -> None:
    assert judged(GUILTY, verdict=FEW).verdict == "campaign"
    listed = {**GUILTY, INTENTS: FEW.handful_intents - 0.01, "content/content/narrowness": 0.5}
    assert judged(listed).verdict == "campaign"
    found = judged(listed, verdict=FEW)
    assert (found.verdict, found.probability) == ("undetermined", VERDICT.undetermined_most)
    assert found.question_to_ask.endswith("?")


@pytest.mark.usefixtures("held")
def test_a_handful_that_takes_little_is_not_accused() -> None:
    more = FEW.model_copy(update={"handful_conversations": len(FOUND.conversations) + 1})
    assert judged(GUILTY, verdict=more).verdict == "undetermined"


@pytest.mark.usefixtures("held")
def test_a_list_alone_accuses_no_handful() -> None:
    weights = {**GUILTY, INTENTS: 0.8, "content/content/sweep": 0.6}
    assert judged(weights).verdict == "campaign"
    assert judged(weights, verdict=FEW).verdict == "undetermined"


def test_a_tied_queue_that_nothing_else_tells_of_is_asked_about(held: dict[str, float]) -> None:
    weights = {**without("control", "concealment"), "control/allocation": 1.9, "control/time": -2.0, **TIED}
    assert judged(weights).verdict != "campaign"
    tied = replace(FOUND, selected_by="ties")
    found = judged(weights, tied)
    assert (found.questions["control"].answer, found.verdict) == ("unknown", "undetermined")
    assert found.question_to_ask.endswith("?")
    assert judged({**weights, "control/allocation": 0.9}, tied).verdict == "explained"
    held["explained"] = 2.0
    assert judged(weights, tied).verdict == "explained"


def content(once: float = 1.0, answers: float = 1.0, **weights: float) -> float:
    """log10 Bayes factor of content, of these pieces, where the accounts are dealt what they ask with 0.6.

    answers: how many times as long as strangers' their answers are.
    """
    places = {f"content/content/{kind}": weight for kind, weight in weights.items()}
    pieces = [piece(place, weight) for place, weight in places.items()] + [piece("control/allocation", 0.6)]
    numbers = {"sweep": {"once": once}, "narrowness": {"answers": answers}}
    told = tuple(replace_numbers(each, numbers.get(each.kind, each.numbers)) for each in pieces)
    tested = linking.Tested(Candidate(FOUND.id, ("words",), FOUND.phrases, FOUND.numbers, False, 9), FOUND, told)
    return judge(tested, EVERYONE, CAMPAIGN, VERDICT).questions["content"].log10_bf


def replace_numbers(found: Evidence, numbers: dict[str, float]) -> Evidence:
    return msgspec.structs.replace(found, numbers=numbers)


@pytest.mark.usefixtures("held")
def test_advertisers_who_fill_one_text_are_no_harvest() -> None:
    """Their requests are all different and all alike: then a sweep weighs half of what says that they are dealt."""
    assert content(sweep=0.9, narrowness=0.5, intents=0.05) == pytest.approx(0.3 + 0.5 + 0.05)
    assert content(sweep=0.9, narrowness=0.1, intents=0.05) == pytest.approx(0.9 + 0.1 + 0.05)


@pytest.mark.usefixtures("held")
@pytest.mark.parametrize(
    ("narrowness", "answers", "found"),
    [(0.5, 0.5, 0.1 + 0.1), (0.5, 1.0, 0.3 + 0.5 + 0.1), (0.5, 2.5, 0.3 + 0.5 + 0.1), (0.35, 0.5, 0.3 + 0.35 + 0.1)],
)
def test_one_text_with_short_answers_must_show_what_it_is_for(narrowness: float, answers: float, found: float) -> None:
    """An advertisement is short, and what is bought to train on is not."""
    assert content(answers=answers, sweep=0.9, narrowness=narrowness, intents=0.1) == pytest.approx(found, abs=1e-5)


@pytest.mark.usefixtures("held")
def test_one_text_whose_purpose_is_plain_counts_in_full() -> None:
    assert content(answers=0.4, sweep=0.9, narrowness=0.5, intents=1.2) == pytest.approx(0.3 + 0.5 + 1.2)


@pytest.mark.usefixtures("held")
def test_what_comes_back_at_a_desk_must_show_what_it_is_for() -> None:
    assert content(once=0.0, sweep=0.6, narrowness=0.1, intents=0.0) == pytest.approx(0.1)
    assert content(once=0.0, sweep=0.6, narrowness=0.1, intents=0.8) == pytest.approx(0.6 + 0.1 + 0.8)
    assert content(once=0.0, sweep=-0.6, narrowness=0.1, intents=0.8) == pytest.approx(0.1 + 0.8 - 0.6)


@pytest.mark.usefixtures("held")
def test_a_pool_is_called_one_where_several_families_tie_it_and_it_is_dealt() -> None:
    """Guests of one hackathon share a card, a network and a day of sign-up, and each asks of a project of his own."""
    pool = without("content")
    assert judged(pool).verdict == "concealed_pool"
    asked = judged(pool | {"control/allocation": VERDICT.least_allocation - 0.1})
    assert asked.verdict == "undetermined"
    assert asked.question_to_ask
