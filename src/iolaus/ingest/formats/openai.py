"""OpenAI request and response bodies: chat completions, responses, legacy completions, batch files."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from iolaus.ingest.chat.content import first
from iolaus.ingest.chat.messages import Context
from iolaus.ingest.chat.reader import ChatReader
from iolaus.ingest.chat.record import take_apart
from iolaus.ingest.draft import Draft
from iolaus.ingest.formats import anthropic

NAME = "openai"
MEANING = (
    "OpenAI bodies (chat completions, responses, completions, batch files): request and answer in one "
    "record or in two, bare or nested under request_params, request, body or params"
)


def recognise(records: Sequence[dict[str, Any]]) -> float:
    """Share of records with an OpenAI request or answer; a lone ``prompt`` says little, any table has one.

    The other API's records count half: a gateway's file may hold both, and both readers read both.
    """
    if not records:
        return 0.0
    return 0.9 * sum(_likeness(record) for record in records) / len(records)


def _likeness(record: dict[str, Any]) -> float:
    parts = take_apart(record)
    if anthropic.is_anthropic(record, parts):
        return 0.5
    body = parts.request
    if body is None:
        return float(isinstance(parts.answer, dict) and first(parts.answer, *_ANSWER) is not None)
    if isinstance(body.get("messages"), list):
        return 1.0
    if "input" in body:
        return 1.0 if "model" in body else 0.5
    return 0.5 if "model" in body and "max_tokens" in body else 0.3


_ANSWER = ("choices", "output", "outputs", "error")


REMEMBERED = 4_096
"""Answers that a later request may build on by ``previous_response_id``: the newest so many."""

LONGEST_ROOT = 16_384
"""Conversations whose first user text is longer (characters) are not remembered: memory stays bounded."""


class Reader(ChatReader):
    """Reads one file of OpenAI bodies. Raises Refused for a record that holds neither half.

    A request that names a ``previous_response_id`` sends no context, because the server kept it. Its root
    and turn come from the exchange that gave that answer.
    """

    def __init__(self) -> None:
        super().__init__()
        self._kept: OrderedDict[str, tuple[str | None, int]] = OrderedDict()

    def context(self, body: dict[str, Any]) -> Context:
        """What the request says, after what the server kept of its conversation."""
        context = super().context(body)
        before = body.get("previous_response_id")
        if isinstance(before, str) and before in self._kept and context.turn is not None:
            root, turn = self._kept[before]
            context.root = root
            context.turn += turn
        return context

    def answered(self, draft: Draft, answer: Any) -> None:
        """Remember where the conversation stands after this answer."""
        name = answer.get("id") if isinstance(answer, dict) and answer.get("object") == "response" else None
        if not isinstance(name, str) or draft.context_turn is None:
            return
        if draft.root_text is None or len(draft.root_text) <= LONGEST_ROOT:
            # The request brought at least one message, the answer is one more.
            self._kept[name] = (draft.root_text, draft.context_turn + 2)
            if len(self._kept) > REMEMBERED:
                self._kept.popitem(last=False)
