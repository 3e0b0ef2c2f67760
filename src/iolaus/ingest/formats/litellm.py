"""LiteLLM's standard logging payload, bare or under ``standard_logging_object``."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from typing import Any

from iolaus.ingest.chat.answers import FAILED, read_answer, read_usage
from iolaus.ingest.chat.content import child, first, from_json
from iolaus.ingest.chat.envelope import read_headers
from iolaus.ingest.chat.messages import read_messages
from iolaus.ingest.chat.pairing import elapsed_ms
from iolaus.ingest.chat.parameters import read_parameters
from iolaus.ingest.draft import Draft, Refused

NAME = "litellm"
MEANING = "LiteLLM's standard logging payload, one a line, bare or under standard_logging_object"

WRAPPINGS = ("standard_logging_object", "standard_logging_payload")
MARKS = ("call_type", "startTime", "model_parameters", "metadata", "custom_llm_provider", "model_group")

ACCOUNT = ("user_api_key_user_id", "user_api_key_team_id", "user_api_key_hash", "user_api_key_org_id")
"""Metadata that names the account, the smallest unit that can be suspended first."""

NOBODY = frozenset(("", "default_user_id"))
"""User ids that the gateway writes for keys without an owner: they would make strangers one account."""

REDACTED = "redacted-by-litellm"

ERRORS = {
    "BadRequestError": 400,
    "ContextWindowExceededError": 400,
    "ContentPolicyViolationError": 400,
    "GuardrailRaisedException": 400,
    "AuthenticationError": 401,
    "PermissionDeniedError": 403,
    "NotFoundError": 404,
    "Timeout": 408,
    "UnprocessableEntityError": 422,
    "RateLimitError": 429,
    "BudgetExceededError": 429,
    "InternalServerError": 500,
    "APIConnectionError": 500,
    "ServiceUnavailableError": 503,
}
"""error_class -> HTTP status, where the payload has no error_code."""

REMEMBERED = 4_096
"""Failed calls of which a retry or fallback may still come: the newest so many traces."""


def recognise(records: Sequence[dict[str, Any]]) -> float:
    """Share of records that carry at least four of the payload's own fields."""
    if not records:
        return 0.0
    likeness = [sum(name in _payload(record) for name in MARKS) for record in records]
    return sum(marks >= 4 for marks in likeness) / len(records)


def _payload(record: dict[str, Any]) -> dict[str, Any]:
    for name in WRAPPINGS:
        inner = from_json(record.get(name))
        if isinstance(inner, dict):
            return inner
    return record


class Reader:
    """Reads one file of payloads; each stands for itself, so nothing waits.

    A failed call and what LiteLLM tries next share a trace_id, but so does everything that a client sends
    under a session of its own. So a call is a retry only where the one before it in the trace failed and
    asked for the same text.
    """

    def __init__(self) -> None:
        self._failed: OrderedDict[tuple[Any, str], tuple[str, Any]] = OrderedDict()

    def read(self, record: dict[str, Any], row: int) -> Iterator[Draft]:
        """The exchange of one payload. Raises Refused where the record is none."""
        payload = _payload(record)
        if not any(name in payload for name in MARKS):
            raise Refused("prompt", None, "no field of a LiteLLM payload stands in this record")
        draft = Draft(row)
        _who(payload, draft.values)
        _what(payload, draft)
        _outcome(payload, draft.values)
        self._retry(payload, draft)
        yield draft

    def close(self) -> Iterator[Draft]:
        """Nothing waits."""
        yield from ()

    def _retry(self, payload: dict[str, Any], draft: Draft) -> None:
        trace, values = payload.get("trace_id"), draft.values
        if not isinstance(trace, str) or not trace:
            return
        place = (values.get("account_id"), trace)
        asked = (values.get("prompt"), draft.root_text, draft.context_turn)
        before = self._failed.pop(place, None)
        first_try = values.get("request_id")
        if before is not None and before[1] == hash(asked):
            values["retry_of"] = first_try = before[0]
        if payload.get("status") == "failure" and isinstance(first_try, str):
            self._failed[place] = (first_try, hash(asked))
            if len(self._failed) > REMEMBERED:
                self._failed.popitem(last=False)


def _who(payload: dict[str, Any], values: dict[str, Any]) -> None:
    metadata = child(payload, "metadata")
    for name in ACCOUNT:
        account = metadata.get(name)
        if isinstance(account, str) and account not in NOBODY:
            values["account_id"] = account
            break
    for column, value in (
        ("ts", first(payload, "startTime", "start_time")),
        ("request_id", first(payload, "litellm_call_id", "id")),
        ("key_id", metadata.get("user_api_key_hash")),
        ("endpoint", first(metadata, "user_api_key_request_route") or payload.get("call_type")),
        ("ip", first(payload, "requester_ip_address") or metadata.get("requester_ip_address")),
        ("user_agent", first(payload, "user_agent") or metadata.get("user_agent")),
        ("client_user", first(payload, "end_user") or metadata.get("user_api_key_end_user_id")),
    ):
        if isinstance(value, str | int | float) and value != "":
            values[column] = value
    read_headers(child(metadata, "requester_custom_headers"), values)


def _what(payload: dict[str, Any], draft: Draft) -> None:
    values = draft.values
    client_user = values.get("client_user")
    parameters = from_json(payload.get("model_parameters"))
    if isinstance(parameters, dict):
        read_parameters(parameters, values)
    if client_user is not None:
        values["client_user"] = client_user
    model = first(payload, "model_group", "model")
    if model is not None:
        values["model"] = model
    messages = from_json(payload.get("messages"))
    system = parameters.get("system") if isinstance(parameters, dict) else None
    if isinstance(messages, dict) and "messages" in messages:
        messages, system = messages["messages"], first(messages, "system") or system
    context = read_messages(messages, system)
    if context.prompt == REDACTED:
        context.prompt = context.root = None
        context.seen = False
    context.fill(draft)


def _outcome(payload: dict[str, Any], values: dict[str, Any]) -> None:
    elapsed = elapsed_ms(values.get("ts"), first(payload, "endTime", "end_time"))
    if elapsed is not None:
        values["duration_ms"] = elapsed
    usage = child(child(payload, "metadata"), "usage_object")
    for source in (usage, payload):
        read_usage(source, values)
    if payload.get("status") == "failure" or payload.get("error_str"):
        values["status"] = _error_status(child(payload, "error_information"))
        values["finish_reason"] = "blocked" if _blocked(payload) else "error"
        return
    answer = from_json(payload.get("response"))
    told: dict[str, Any] = {}
    read_answer(answer, told)
    if told.get("response") == REDACTED:
        del told["response"]
    values["status"] = 200
    for column in ("response", "finish_reason", "reasoning_tokens", "cached_input_tokens"):
        if told.get(column) is not None:
            values.setdefault(column, told[column])


def _error_status(error: dict[str, Any]) -> int:
    code = error.get("error_code")
    if isinstance(code, str) and code.isascii() and code.isdigit():
        code = int(code)
    if isinstance(code, int) and 100 <= code <= 599:
        return code
    kind = error.get("error_class")
    return ERRORS.get(kind, FAILED) if isinstance(kind, str) else FAILED


def _blocked(payload: dict[str, Any]) -> bool:
    if child(payload, "status_fields").get("guardrail_status") in ("guardrail_intervened", "blocked"):
        return True
    guardrails = payload.get("guardrail_information")
    guardrails = guardrails if isinstance(guardrails, list) else [guardrails]
    return any(isinstance(g, dict) and g.get("guardrail_status") == "guardrail_intervened" for g in guardrails)
