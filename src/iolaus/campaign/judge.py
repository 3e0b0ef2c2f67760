"""The four questions of a cohort, and the verdict that follows from their answers.

Within a family only the strongest piece of evidence counts; pieces of content, each of another thing, add up.
Families after the strongest weigh ``verdict.joint_weight``, as honest look-alikes show several at once. Linking is not
guilt: no single question and no single family accuses anybody.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from iolaus.campaign.borne import borne_out
from iolaus.campaign.explanations import explanations
from iolaus.campaign.handful import ASK, SENTENCE, settled
from iolaus.campaign.settings import CampaignSettings, VerdictSettings
from iolaus.findings import Answer, Evidence, Explanation, Question, Verdict
from iolaus.link.kinds import kinds
from iolaus.link.population import Population
from iolaus.link.run import Tested
from iolaus.link.ties import TIES

WORDS: dict[Question, tuple[str, str, str]] = {
    "control": (
        "The accounts are run by one hand",
        "The accounts act as independent people do",
        "Whether one hand runs the accounts cannot be told",
    ),
    "concealment": (
        "That hand hides",
        "Nothing is hidden",
        "Whether anything is hidden cannot be told",
    ),
    "content": (
        "The traffic is worth training on",
        "The traffic is not what one trains on",
        "What the traffic is for cannot be told",
    ),
    "consumption": (
        "Taken so far",
        "Taken so far",
        "Taken so far",
    ),
}


TIED = "Rare values tie these accounts, and what they ask does not depend on which of them asks; nothing else tells."
ASK_TIED = "What do sign-up, payment and network records outside the logs say of three of these accounts?"


@dataclass(frozen=True)
class Judgement:
    """What is believed of one cohort, and why. ``log10_bf``: of all three questions less what explains them."""

    verdict: Verdict
    sentence: str
    question_to_ask: str
    probability: float
    questions: dict[Question, Answer]
    evidence: tuple[Evidence, ...]
    explanations: tuple[Explanation, ...]
    log10_bf: float


def judge(tested: Tested, population: Population, campaign: CampaignSettings, verdict: VerdictSettings) -> Judgement:
    """Answer the questions about one tested cohort and weigh every honest explanation."""
    evidence = borne_out(_without_selecting(tested), verdict)
    by_kind = {piece.kind: piece for piece in evidence if piece.counted}
    honest = tuple(
        found
        for explanation in explanations()
        if (found := explanation.weigh(tested.cohort, population, by_kind, campaign)) is not None
    )
    counted = _count(evidence)
    control = _answer("control", counted, verdict)
    if control.log10_bf < verdict.strong_control:
        dependent = {kind.KIND for kind in kinds() if getattr(kind, "NEEDS_CONTROL", False)}
        counted = tuple(
            msgspec.structs.replace(piece, counted=False) if piece.kind in dependent else piece for piece in counted
        )
    questions: dict[Question, Answer] = {
        "control": control,
        "concealment": _answer("concealment", counted, verdict),
        "content": _answer("content", counted, verdict),
        "consumption": _consumption(tested),
    }
    families = _speaking_families(counted, verdict)
    dealt = max((p.log10_bf for p in counted if p.family == "allocation"), default=0.0) >= verdict.least_allocation
    # No answer may stand in for another: strong control does not make up for a hand that does not hide.
    cap = verdict.question_cap
    answers = [questions[q] for q in ("control", "concealment", "content")]
    weight = sum(-cap if a.answer == "no" else min(a.log10_bf, cap) for a in answers)
    weight -= max([0.0, *(found.log10_bf for found in honest)])
    odds = verdict.prior_log10 + weight
    probability = 1 / (1 + 10 ** -max(-12.0, min(12.0, odds)))
    name, sentence, ask = _verdict(questions, honest, families if dealt else 0, probability, verdict)
    if not settled(name, tested, counted, questions["content"].log10_bf, verdict):
        name, sentence, ask = "undetermined", SENTENCE, ASK
    elif name == "explained" and _tied_queue(tested, counted, questions["control"], honest, verdict):
        name, sentence, ask = "undetermined", TIED, ASK_TIED
    most = {"undetermined": verdict.undetermined_most, "explained": verdict.explained_most}.get(name, 1.0)
    probability = round(min(probability, most), 6)
    return Judgement(name, sentence, ask, probability, questions, counted, honest, round(weight, 6))


def _tied_queue(
    tested: Tested,
    evidence: Iterable[Evidence],
    control: Answer,
    honest: Iterable[Explanation],
    settings: VerdictSettings,
) -> bool:
    """Whether rare values selected accounts that ask as one queue does, so that a person should be asked of them."""
    leads = {explanation.NAME: explanation.LEADS_TO for explanation in explanations()}
    return (
        TIES in tested.cohort.selected_by.split("+")
        and control.answer == "unknown"
        and any(piece.family == "allocation" and piece.log10_bf >= settings.yes for piece in evidence)
        and not any(found.held and leads[found.name] in ("explained", "declared") for found in honest)
    )


def _without_selecting(tested: Tested) -> tuple[Evidence, ...]:
    """The evidence; what selected the cohort is shown and not counted, as a selection proves nothing by itself."""
    by = set(tested.cohort.selected_by.split("+"))
    selecting = {kind.KIND for kind in kinds() if by & {*getattr(kind, "SELECTS", ())}}
    return tuple(
        msgspec.structs.replace(piece, counted=False) if piece.kind in selecting else piece for piece in tested.evidence
    )


def _count(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Mark all but the strongest piece of each question and family as not counted; pieces of content add up."""
    strongest: dict[tuple[str, str], Evidence] = {}
    pieces = tuple(evidence)
    for piece in (piece for piece in pieces if piece.counted):
        place = (piece.question, piece.family)
        if place not in strongest or abs(piece.log10_bf) > abs(strongest[place].log10_bf):
            strongest[place] = piece
    kept = {id(piece) for piece in strongest.values()}
    kept |= {id(piece) for piece in pieces if piece.question == "content" and piece.counted}
    return tuple(msgspec.structs.replace(piece, counted=id(piece) in kept) for piece in pieces)


def _answer(question: Question, evidence: Sequence[Evidence], settings: VerdictSettings) -> Answer:
    weights = sorted(
        (piece.log10_bf for piece in evidence if piece.question == question and piece.counted),
        key=abs,
        reverse=True,
    )
    if not weights:
        return Answer(answer="unknown", log10_bf=0.0, sentence=f"{WORDS[question][2]}: nothing to look at.")
    # Content adds up what is seen of one thing; its pieces are no independent families, so the joint weight is for all.
    total = weights[0] + settings.joint_weight * math.fsum(weights[1:])
    if question == "content":
        total = math.fsum(p.log10_bf for p in evidence if p.question == question)
    total = round(total, 6) + 0.0
    if total >= settings.yes:
        return Answer(answer="yes", log10_bf=total, sentence=f"{WORDS[question][0]}.")
    if total <= settings.no:
        return Answer(answer="no", log10_bf=total, sentence=f"{WORDS[question][1]}.")
    return Answer(answer="unknown", log10_bf=total, sentence=f"{WORDS[question][2]}.")


def _consumption(tested: Tested) -> Answer:
    exchanges = int(tested.cohort.column("exchanges").sum())
    tokens = int(tested.cohort.column("output_tokens").sum())
    return Answer(
        answer="yes",
        log10_bf=0.0,
        sentence=f"{exchanges:,} exchanges and {tokens:,} answer tokens in {len(tested.cohort.conversations):,}"
        " conversations.",
    )


def _speaking_families(evidence: Iterable[Evidence], settings: VerdictSettings) -> int:
    """Families that tie the accounts by themselves; wording selected the cohort and never counts.

    Succession ties a new account to a suspended one, though it answers the question of concealment.
    """
    return len(
        {
            piece.family
            for piece in evidence
            if piece.counted
            and piece.question in ("control", "concealment")
            and piece.family != "wording"
            and piece.kind != "unrelated_persons"
            and piece.log10_bf >= settings.family_least
        }
    )


def _verdict(
    questions: dict[Question, Answer],
    honest: Sequence[Explanation],
    families: int,
    probability: float,
    settings: VerdictSettings,
) -> tuple[Verdict, str, str]:
    """Verdict, its sentence, and the question that a person should ask where it cannot be settled."""
    control, concealment, content = (questions[q].answer for q in ("control", "concealment", "content"))
    leads = {explanation.NAME: explanation.LEADS_TO for explanation in explanations()}
    asks = {explanation.NAME: getattr(explanation, "ASK", "") for explanation in explanations()}
    held = {leads[found.name]: found for found in honest if found.held}
    if control == "no" or (control == "unknown" and "explained" in held):
        return "explained", "No one hand runs these accounts.", ""
    if "explained" in held:
        return "explained", f"Explained by {held['explained'].name}: {held['explained'].sentence}", ""
    if "declared" in held:
        if questions["control"].log10_bf >= settings.strong_control and content == "yes":
            return (
                "declared_harvest",
                f"One declared hand harvests: {held['declared'].sentence} A contract matter, no accusation.",
                "Do the terms that this customer agreed to allow training on the answers?",
            )
        return "explained", f"Explained by {held['declared'].name}: {held['declared'].sentence}", ""
    if control == "unknown" and probability < settings.least_probability:
        return "explained", "Nothing but what selected them ties these accounts together.", ""
    if control == "unknown":
        return "undetermined", "Too little is known of who runs these accounts.", "Who runs these accounts?"
    if probability < settings.least_probability:
        return "explained", "The honest explanations outweigh what ties these accounts together.", ""
    if concealment == "unknown":
        return (
            "undetermined",
            "One hand, but whether it hides cannot be told from what was given.",
            "Are these accounts one customer of ours, by contract or by verification?",
        )
    if concealment == "no":
        return "explained", "One hand that does not hide.", ""
    if content != "yes" and families >= settings.least_families:
        marks = " without the marks of extraction" if content == "no" else "; whether it extracts cannot be told"
        return "concealed_pool", f"One concealed hand{marks}: to be watched.", ""
    if content == "yes" and "undetermined" in held:
        return (
            "undetermined",
            f"{held['undetermined'].name.capitalize()} would look the same.",
            asks[held["undetermined"].name],
        )
    if families < settings.least_families:
        return (
            "undetermined",
            "What ties these accounts together is too little of one kind, or they differ in what they ask.",
            "What do sign-up, payment and network records outside the logs say of three of these accounts?",
        )
    if probability < settings.accuse_probability:
        return (
            "undetermined",
            "The evidence is not strong enough for an accusation.",
            "What would a week more of traffic show?",
        )
    return "campaign", "One concealed hand harvests through these accounts.", ""
