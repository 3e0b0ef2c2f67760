"""What an answer says: its text, why it ended, and what it cost, in the shapes of each API."""

from __future__ import annotations

from typing import Any

from iolaus.ingest.chat.content import SEPARATOR, Content, as_json, call_text, child, first

FAILED = 500
"""Status of an answer that is an error and names no HTTP status."""

ERROR_STATUS = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "rate_limit_exceeded": 429,
    "insufficient_quota": 429,
    "api_error": 500,
    "server_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}
"""Error types of the OpenAI and Anthropic APIs -> the HTTP status that their documents give."""


def read_answer(answer: Any, values: dict[str, Any]) -> None:
    """Put into ``values`` what ``answer`` tells: a text, a response body, or a list of streamed chunks.

    ``response`` is set wherever there is an answer, empty where it holds no text; an error sets none.
    """
    if isinstance(answer, str):
        values["response"] = answer
    elif isinstance(answer, list):
        values["response"] = _streamed(answer)
    elif isinstance(answer, dict):
        _read_body(answer, values)


def _read_body(body: dict[str, Any], values: dict[str, Any]) -> None:
    error = body.get("error")
    if error:
        values["status"] = error_status(error)
    text = _text(body, values)
    if text is not None:
        values["response"] = text
    for column, names in (("model", ("model",)), ("ts", ("created", "created_at"))):
        value = first(body, *names)
        if value is not None:
            values.setdefault(column, value)
    usage = body.get("usage")
    read_usage(usage if isinstance(usage, dict) else body, values)


def _text(body: dict[str, Any], values: dict[str, Any]) -> str | None:
    choices = first(body, "choices", "outputs")
    if isinstance(choices, list):
        return _join([_choice(choice, values) for choice in choices])
    output = first(body, "output", "content")
    if output is None:
        text = first(body, "output_text", "completion")
        return text if isinstance(text, str) else None
    reason = first(child(body, "incomplete_details"), "reason") or first(body, "stop_reason", "status")
    if isinstance(reason, str):
        values.setdefault("finish_reason", reason)
    return answer_text(output)


def _choice(choice: Any, values: dict[str, Any]) -> str | None:
    if not isinstance(choice, dict):
        return choice if isinstance(choice, str) else None
    reason = choice.get("finish_reason")
    if isinstance(reason, str):
        values.setdefault("finish_reason", reason)
    message = first(choice, "message", "delta", "text")
    if isinstance(message, dict):
        return message_text(message)
    return _join([answer_text(message), *calls_text(choice.get("tool_calls"))])


def message_text(message: dict[str, Any]) -> str | None:
    """Text of an assistant's message, then its tool calls, as one; None where it has neither."""
    content = answer_text(first(message, "content", "parts"))
    refusal = message.get("refusal")
    calls = calls_text(message.get("tool_calls"))
    if isinstance(message.get("function_call"), dict):
        calls.append(call_text(message["function_call"]))
    return _join([content, refusal if isinstance(refusal, str) else None, *calls])


def calls_text(calls: Any) -> list[str]:
    """Each tool call as ``name(arguments)``."""
    return [call_text(call) for call in calls if isinstance(call, dict)] if isinstance(calls, list) else []


def answer_text(output: Any) -> str:
    """Text and calls of blocks (Messages), items (Responses) or a plain text; reasoning is no part of it."""
    if isinstance(output, str):
        return output
    items = output if isinstance(output, list) else [output]
    content = Content()
    for item in items:
        if isinstance(item, dict) and item.get("type") == "message":
            content.add(item.get("content"))
        elif isinstance(item, dict) and item.get("role") and "parts" in item:
            content.add(item["parts"])
        else:
            content.add(item)
    return SEPARATOR.join(content.texts + content.calls)


def _join(texts: list[str | None]) -> str:
    return SEPARATOR.join(text for text in texts if text)


def _streamed(chunks: list[Any]) -> str:
    pieces: list[str] = []
    for chunk in chunks:
        if isinstance(chunk, dict) and isinstance(chunk.get("choices"), list):
            for choice in chunk["choices"]:
                delta = child(choice, "delta").get("content") if isinstance(choice, dict) else None
                if isinstance(delta, str):
                    pieces.append(delta)
        elif isinstance(chunk, dict) and chunk.get("type") == "response.output_text.delta":
            pieces.append(chunk["delta"] if isinstance(chunk.get("delta"), str) else "")
        elif isinstance(chunk, dict) and isinstance(child(chunk, "delta").get("text"), str):
            pieces.append(chunk["delta"]["text"])
    return "".join(pieces) or answer_text(chunks)


def error_status(error: Any) -> int:
    """HTTP status of an error body, from its code or type; 500 where it names none."""
    if isinstance(error, dict):
        inner = error.get("error")
        error = inner if isinstance(inner, dict) else error
        for name in ("status", "status_code", "error_code", "code", "type"):
            value = error.get(name)
            if isinstance(value, str):
                value = int(value) if value.isascii() and value.isdigit() else ERROR_STATUS.get(value)
            if isinstance(value, int) and 100 <= value <= 599:
                return value
    return FAILED


def read_usage(usage: dict[str, Any], values: dict[str, Any]) -> None:
    """Token counts, in the names of any of the APIs.

    ``input_tokens`` counts cached ones in. Messages answers report them apart and OpenAI's do not:
    only the former name ``cache_read_input_tokens`` without ``prompt_tokens``.
    """
    prompt = first(usage, "prompt_tokens", "input_tokens")
    details = child(usage, "prompt_tokens_details") or child(usage, "input_tokens_details")
    cached = first(details, "cached_tokens")
    if "prompt_tokens" not in usage and "cache_read_input_tokens" in usage:
        parts = (prompt, usage.get("cache_read_input_tokens"), usage.get("cache_creation_input_tokens"))
        prompt = sum(p for p in parts if isinstance(p, int))
    cached = first(usage, "cache_read_input_tokens") if cached is None else cached
    outputs = child(usage, "completion_tokens_details") or child(usage, "output_tokens_details")
    for column, value in (
        ("input_tokens", prompt),
        ("cached_input_tokens", cached),
        ("output_tokens", first(usage, "completion_tokens", "output_tokens")),
        ("reasoning_tokens", first(outputs, "reasoning_tokens", "thinking_tokens")),
    ):
        if value is not None:
            values.setdefault(column, value)


def as_text(value: Any) -> str | None:
    """A text as it is, any other value as JSON, null as None."""
    return value if value is None or isinstance(value, str) else as_json(value)
