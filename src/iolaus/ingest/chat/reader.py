"""Reads logs of request and response bodies: what the OpenAI and Anthropic formats have in common."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from iolaus.ingest.chat.answers import read_answer
from iolaus.ingest.chat.content import first
from iolaus.ingest.chat.envelope import read_envelope
from iolaus.ingest.chat.messages import Context, read_messages
from iolaus.ingest.chat.pairing import Pairs, merge
from iolaus.ingest.chat.parameters import read_parameters
from iolaus.ingest.chat.record import Parts, ids_of, take_apart
from iolaus.ingest.draft import Draft, Refused


class ChatReader:
    """Takes records apart, reads both halves, and pairs those that stand apart."""

    def __init__(self) -> None:
        self._pairs = Pairs()

    def context(self, body: dict[str, Any]) -> Context:
        """What the request ``body`` says, in either API's names: gateways write both into one file."""
        messages = first(body, "messages", "input", "prompt")
        return read_messages(messages, first(body, "system", "instructions"))

    def answered(self, draft: Draft, answer: Any) -> None:
        """Called with each exchange whose ``answer`` was found, before it is handed on."""

    def read(self, record: dict[str, Any], row: int) -> Iterator[Draft]:
        """Exchanges that ``record`` completes. Raises Refused where it is neither request nor answer."""
        parts = take_apart(record)
        if parts.request is None and parts.answer is None:
            raise Refused("prompt", None, "neither a request nor an answer stands in this record")
        ids, sure = ids_of(record, parts)
        answer = self._answer(record, parts, row)
        if parts.request is None:
            for draft in self._pairs.answer(answer, ids, sure):
                if draft is not answer:
                    self.answered(draft, parts.answer)
                yield draft
            return
        request = self._request(record, parts, row)
        if parts.answered:
            self.answered(merge(request, answer), parts.answer)
            yield request
        else:
            yield from self._pairs.ask(request, ids, sure)

    def close(self) -> Iterator[Draft]:
        """Requests without an answer, and answers without a request, in order of arrival."""
        yield from self._pairs.close()

    def _request(self, record: dict[str, Any], parts: Parts, row: int) -> Draft:
        body = parts.request or {}
        draft = Draft(row)
        read_envelope(record, draft.values)
        if parts.http is not None:
            read_envelope(parts.http, draft.values)
        if "custom_id" in record:
            draft.values.setdefault("pathway", "batch")
        read_parameters(body, draft.values)
        self.context(body).fill(draft)
        return draft

    def _answer(self, record: dict[str, Any], parts: Parts, row: int) -> Draft:
        draft = Draft(row)
        if parts.reply is not None:
            read_envelope(parts.reply, draft.values)
        if parts.request is None:
            if parts.answer is not record:
                read_envelope(record, draft.values)
            if "custom_id" in record:
                draft.values.setdefault("pathway", "batch")
        read_answer(parts.answer, draft.values)
        return draft
