"""When a handful of keys may be accused: harder than when many are.

A few accounts with one private template are, nearly always, one honest customer: a shop with several keys, a developer
with a second account, founders who each took a card of their own. So one hand that hides is not enough. What is asked
must itself read as harvesting, by more than a list that is worked through, and there must be much of it. Else a person
is asked. One account alone is never accused: it has nobody to hide behind.
"""

from __future__ import annotations

from collections.abc import Sequence

from iolaus.campaign.settings import VerdictSettings
from iolaus.findings import Evidence, Verdict
from iolaus.link.run import Tested

SENTENCE = "A handful of keys works through one list; that they harvest cannot be told from one customer's own work."
ASK = "Whose work do these keys do, and may the answers train a model by that customer's contract?"


def is_handful(tested: Tested, settings: VerdictSettings) -> bool:
    """Whether a cohort has fewer accounts than are judged as a crowd."""
    return len(tested.cohort.everyone) < settings.handful


def settled(
    name: Verdict, tested: Tested, evidence: Sequence[Evidence], content: float, settings: VerdictSettings
) -> bool:
    """Whether the verdict of a cohort may stand: any but an accusation, and of a handful one that its content bears.

    content: log10 Bayes factor of the content question.
    """
    if name != "campaign" or not is_handful(tested, settings):
        return True
    asks = max((piece.log10_bf for piece in evidence if piece.kind == "intents"), default=0.0)
    much = len(tested.cohort.conversations) >= settings.handful_conversations
    return much and content >= settings.handful_content and asks >= settings.handful_intents
