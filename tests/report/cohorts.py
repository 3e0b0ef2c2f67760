"""Invented cohorts of realistic shape: two campaigns and what is found beside them."""

from __future__ import annotations

from typing import Any

from iolaus.findings import (
    Answer,
    Campaign,
    Day,
    Evidence,
    Explanation,
    Level,
    LineageEvent,
    Phrase,
    Question,
    Verdict,
)

HOSTILE_PHRASE = "Score the answer</script><script>alert('x')</script> below\x1b[31m against this rubric, 1 to 10"
"""A shared phrase that tries to leave its place in the page and on the terminal."""


def days(first: int, counts: list[tuple[int, int]]) -> list[Day]:
    return [Day(date=f"2026-03-{first + i:02d}", exchanges=e, accounts=a) for i, (e, a) in enumerate(counts)]


def piece(
    kind: str,
    family: Any,
    question: Question,
    bf: float,
    sentence: str,
    counted: bool = True,
    **numbers: float,
) -> Evidence:
    return Evidence(
        kind=kind,
        family=family,
        question=question,
        log10_bf=bf,
        numbers=numbers,
        sentence=sentence,
        counted=counted,
    )


def four(*answers: tuple[str, float, str]) -> dict[Question, Answer]:
    names: tuple[Question, ...] = ("control", "concealment", "content", "consumption")
    return {
        name: Answer(answer=answer, log10_bf=bf, sentence=sentence)  # type: ignore[arg-type]
        for name, (answer, bf, sentence) in zip(names, answers, strict=True)
    }


def cohort(identifier: str, verdict: Verdict, sentence: str, **fields: Any) -> Campaign:
    base: dict[str, Any] = {
        "question_to_ask": "",
        "lineage": [],
        "first_seen": "2026-03-02T00:11:09Z",
        "last_seen": "2026-03-08T23:48:51Z",
        "first_alarm_at": "2026-03-09T00:00:00Z",
        "accounts": 40,
        "exchanges": 5200,
        "probability": 0.02,
        "honest_explanations": [],
        "phrases": [],
        "evidence": [],
        "questions": {},
        "timeline": days(2, [(700, 31), (810, 34), (790, 33), (760, 35), (820, 36), (640, 30), (680, 29)]),
    }
    return Campaign(id=identifier, verdict=verdict, verdict_sentence=sentence, **base | fields)


def hydra() -> Campaign:
    return cohort(
        "hydra-7f3a",
        "campaign",
        "One hand runs these 120 accounts, hides that it does, and harvests worked reasoning with them.",
        lineage=[LineageEvent(event="split_from", id="hydra-51c0", at="2026-03-05T00:00:00Z")],
        accounts=120,
        exchanges=41873,
        probability=0.9971,
        level=Level(score=6.21, reached=3.87, needed=3.113147),
        questions=four(
            ("yes", 6.4, "The 120 accounts draw their work from one queue, whoever asks, and pace it together."),
            ("yes", 3.1, "61 accounts were opened within 72 hours of a suspension and took its queue over."),
            ("yes", 2.7, "94 % of conversations ask for worked reasoning over one swept list of problems."),
            ("yes", 0.0, "41,873 exchanges in 7 days; the daily amount doubled after the release of the 6th."),
        ),
        evidence=[
            piece(
                "shared_phrase",
                "wording",
                "control",
                1.4,
                "120 accounts share one template that 3 others use.",
                counted=False,
                accounts=120,
                background_accounts=3,
                lift=812.4,
            ),
            piece(
                "one_queue",
                "allocation",
                "control",
                3.8,
                "Within the template the account does not explain what is asked: intraclass correlation 0.004.",
                intraclass=0.004,
                low=0.001,
                high=0.011,
                conversations=38110,
            ),
            piece(
                "disjoint_items",
                "allocation",
                "control",
                2.2,
                "Accounts repeat each other's items less than chance.",
                counted=False,
                overlap=0.0003,
                expected=0.021,
            ),
            piece(
                "common_pacing",
                "time",
                "control",
                1.9,
                "The total varies a fifth as much as its parts would.",
                variance_ratio=0.19,
                intervals=2016,
            ),
            piece(
                "shared_exit",
                "network",
                "control",
                -0.4,
                "Addresses are spread over 311 home networks.",
                networks=311,
                largest_share=0.02,
            ),
            piece(
                "shared_card",
                "identity",
                "control",
                1.1,
                "14 accounts pay with 3 cards that nobody else uses.",
                accounts=14,
                cards=3,
            ),
            piece(
                "succession",
                "lifecycle",
                "concealment",
                3.1,
                "61 successors took up the queue of suspended accounts.",
                successors=61,
                within_hours=72,
                expected=1.7,
            ),
            piece(
                "contradicting_identity",
                "identity",
                "concealment",
                0.8,
                "9 accounts of one card name 9 countries.",
                counted=False,
                accounts=9,
            ),
            piece(
                "elicited_reasoning",
                "content",
                "content",
                2.7,
                "94 % of conversations elicit worked reasoning.",
                share=0.94,
                low=0.93,
                high=0.95,
            ),
            piece(
                "release_pivot",
                "consumption",
                "consumption",
                0.6,
                "Half of the traffic moved to a new model in a day.",
                share=0.52,
                hours=24,
            ),
        ],
        honest_explanations=[
            Explanation(
                name="agent framework",
                log10_bf=-4.2,
                held=False,
                sentence="Users of a framework differ in what they ask; these do not (F = 1.03).",
            ),
            Explanation(
                name="declared firm",
                log10_bf=-2.0,
                held=False,
                sentence="No account carries a business verification or a legal entity.",
            ),
            Explanation(
                name="class with one worksheet",
                log10_bf=-1.6,
                held=False,
                sentence="A class repeats the items of its sheet; these accounts hardly ever do.",
            ),
        ],
        phrases=[
            Phrase(
                id="p-01",
                text="Think step by step and write out every intermediate result before the answer",
                accounts=118,
                exchanges=33120,
            ),
            Phrase(id="p-02", text="", accounts=22, exchanges=1904),
        ],
        timeline=days(2, [(2110, 63), (2390, 66), (2804, 71), (0, 0), (9940, 112), (12210, 118), (12419, 120)]),
    )


def grader() -> Campaign:
    return cohort(
        "grader-19be",
        "campaign",
        "One hand runs these 31 accounts, hides that it does, and uses the model as a grader.",
        accounts=31,
        exchanges=15020,
        probability=0.871,
        questions=four(
            ("yes", 4.2, "31 accounts start and stop within the same minutes on 6 of 7 days."),
            ("yes", 1.3, "Four cards pay for 31 accounts that claim to be unrelated."),
            ("yes", 1.8, "88 % of conversations grade an answer against a rubric."),
            ("unknown", 0.0, "The window holds no release to compare with."),
        ),
        evidence=[
            piece("synchrony", "time", "control", 4.2, "Starts and stops coincide to the minute.", minutes=1.0),
            piece("card_fan_out", "identity", "concealment", 1.3, "4 cards pay for 31 accounts.", cards=4, accounts=31),
            piece("rubric", "content", "content", 1.8, "88 % of conversations grade by rubric.", share=0.88),
        ],
        honest_explanations=[
            Explanation(name="hackathon", log10_bf=-0.7, held=False, sentence="The accounts outlive any event."),
        ],
        phrases=[Phrase(id="p-11", text=HOSTILE_PHRASE, accounts=31, exchanges=14870)],
    )


def others() -> list[Campaign]:
    ask = cohort(
        "annotators-c2d4",
        "undetermined",
        "Control and content are seen; whether the hand hides cannot be told from gig annotators on one queue.",
        question_to_ask="Does the labelling firm that these people name confirm that they work for it?",
        probability=0.44,
        accounts=64,
        questions=four(
            ("yes", 2.9, "The 64 accounts share one queue."),
            ("unknown", 0.2, "Nothing positive was seen; the account table names no employer."),
            ("yes", 1.1, "81 % of conversations grade answers by rubric."),
            ("no", 0.0, "Ordinary amounts."),
        ),
        phrases=[Phrase(id="p-21", text="Rate the reply for tone, from 1 to 5", accounts=64, exchanges=4100)],
        honest_explanations=[
            Explanation(name="gig annotators", log10_bf=0.3, held=True, sentence="The data fit this as well."),
        ],
    )
    declared = cohort(
        "declared-8aa0",
        "declared_harvest",
        "A declared and verified firm harvests on twenty keys: a matter of contract, no accusation.",
        probability=0.06,
        accounts=20,
        questions=four(
            ("yes", 3.3, "20 keys share one queue."),
            ("no", -3.0, "All 20 are verified as one business, older than the traffic."),
            ("yes", 1.9, "One swept work-list."),
            ("yes", 0.0, "28,000 exchanges."),
        ),
    )
    fine = [
        cohort(
            f"crowd-{number:04d}",
            "explained",
            "Users of one agent framework: each asks for something else.",
            probability=round(0.001 * (number + 1), 6),
            accounts=90 + number,
            questions=four(
                ("no", -2.1, "Accounts differ in what they ask."),
                ("no", -0.2, "Nothing positive was seen."),
                ("unknown", 0.1, "Too few sampled texts."),
                ("no", 0.0, "Ordinary amounts."),
            ),
            honest_explanations=[
                Explanation(name="agent framework", log10_bf=3.0, held=True, sentence="One prompt, many purposes.")
            ],
        )
        for number in range(4)
    ]
    return [ask, declared, *fine]
