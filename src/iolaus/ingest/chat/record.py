"""Where a log record keeps its request and its answer: beside each other, nested, or itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from iolaus.ingest.chat.content import from_json

REQUESTS = ("request_params", "request", "request_body", "params", "body", "kwargs", "payload")
ANSWERS = ("response", "response_body", "result", "answer", "outputs")
SURE_IDS = ("custom_id", "request_id", "correlation_id", "call_id", "interaction_id", "x_request_id")
"""Names that log writers give both halves; a plain ``id`` may be the record's own."""


@dataclass(slots=True)
class Parts:
    """A record taken apart. answered: the record has a place for the answer, even if it is empty.

    http: what stood around a nested body, such as url, headers or status_code.
    """

    request: dict[str, Any] | None = None
    answer: Any = None
    answered: bool = False
    http: dict[str, Any] | None = None
    reply: dict[str, Any] | None = None


def take_apart(record: dict[str, Any]) -> Parts:
    """Find the request body and the answer in ``record``; either may be absent."""
    parts = Parts()
    if not is_answer(record):
        _find_request(record, parts)
    _find_answer(record, parts)
    return parts


def is_request(body: Any) -> bool:
    """Whether ``body`` is a request body of a chat, responses or completions call."""
    return isinstance(body, dict) and (
        isinstance(body.get("messages"), list | str)
        or isinstance(body.get("input"), list | str)
        or isinstance(body.get("prompt"), list | str)
    )


def is_answer(body: Any) -> bool:
    """Whether ``body`` is a response body, or an error in its place."""
    if not isinstance(body, dict):
        return False
    if isinstance(body.get("choices"), list) or body.get("object") == "response":
        return True
    return body.get("type") in ("message", "error") and ("content" in body or "error" in body)


def ids_of(record: dict[str, Any], parts: Parts) -> tuple[tuple[str, ...], bool]:
    """Ids by which the two halves may find each other, and whether they were made for that."""
    found = [f"{name}:{record[name]}" for name in SURE_IDS if isinstance(record.get(name), str | int)]
    if found:
        return tuple(found), True
    own = record.get("id")
    # The id of an answer's body is the model server's; only the record's own can match a request's.
    if isinstance(own, str | int) and not is_answer(record):
        return (f"id:{own}",), False
    return (), False


def _find_request(record: dict[str, Any], parts: Parts) -> None:
    if is_request(record):
        parts.request = record
        return
    for name in REQUESTS:
        body = from_json(record.get(name))
        if not isinstance(body, dict):
            continue
        inner = from_json(body.get("body"))
        if is_request(body):
            parts.request = body
        elif is_request(inner):
            parts.request, parts.http = inner, body
        else:
            continue
        return


def _find_answer(record: dict[str, Any], parts: Parts) -> None:
    if parts.request is None and is_answer(record):
        parts.answer, parts.answered = record, True
        return
    for name in ANSWERS:
        if name in record:
            parts.answered = True
            value = from_json(record[name])
            if value is not None and value != {}:
                _unwrap_answer(name, value, record, parts)
                return
    error = record.get("error")
    if error:
        parts.answer, parts.answered = {"error": error}, True


def _unwrap_answer(name: str, value: Any, record: dict[str, Any], parts: Parts) -> None:
    if name == "outputs":
        # The short form of some agents' logs: texts and calls, token counts beside them.
        value = {field: record[field] for field in ("outputs", *_COUNTS) if field in record}
    elif isinstance(value, dict) and not is_answer(value):
        body = from_json(value["body"]) if "body" in value else value.get("message")
        if isinstance(body, dict | str) and body:
            parts.reply, value = value, body
    parts.answer = value


_COUNTS = ("input_tokens", "output_tokens", "model")
