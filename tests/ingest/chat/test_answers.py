from __future__ import annotations

from typing import Any

import pytest

from iolaus.ingest.chat.answers import error_status, read_answer, read_usage


def _read(answer: Any) -> dict[str, Any]:
    values: dict[str, Any] = {}
    read_answer(answer, values)
    return values


def _choice(message: Any, **more: Any) -> dict[str, Any]:
    return {"choices": [{"message": message, **more}]}


@pytest.mark.parametrize(
    ("answer", "response"),
    [
        ("plain", "plain"),
        (_choice({"content": "a"}), "a"),
        (_choice({"content": None, "refusal": "No."}), "No."),
        (_choice({"content": None}), ""),
        (_choice({"content": "a", "tool_calls": [{"function": {"name": "f", "arguments": "{}"}}]}), "a\n\nf({})"),
        (_choice({"content": None, "function_call": {"name": "f", "arguments": "1"}}), "f(1)"),
        ({"choices": [{"text": "a"}, {"text": "b"}]}, "a\n\nb"),
        ({"outputs": [{"message": "a", "tool_calls": []}]}, "a"),
        ({"output_text": "a"}, "a"),
        ({"completion": " a", "stop_reason": "stop_sequence"}, " a"),
        ({"type": "message", "content": []}, ""),
        ([{"delta": {"text": "a"}}, {"delta": {"text": "b"}}], "ab"),
        ([{"type": "response.output_text.delta", "delta": x} for x in "ab"], "ab"),
        ({"error": {"code": 429}}, None),
        (None, None),
        (3, None),
        ({}, None),
    ],
)
def test_text_of_an_answer(answer: Any, response: str | None) -> None:
    assert _read(answer).get("response") == response


def test_an_incomplete_response_says_why() -> None:
    body = {"output": [], "status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}
    assert _read(body)["finish_reason"] == "max_output_tokens"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        ({"code": 404}, 404),
        ({"code": "429"}, 429),
        ({"type": "overloaded_error"}, 529),
        ({"type": "error", "error": {"type": "invalid_request_error"}}, 400),
        ({"code": "insufficient_quota", "type": "x"}, 429),
        ({"code": 99_999}, 500),
        ({"code": "²"}, 500),
        ("broken", 500),
        (True, 500),
    ],
)
def test_status_of_an_error(error: Any, status: int) -> None:
    assert error_status(error) == status


def test_cached_tokens_are_part_of_the_input_in_every_spelling() -> None:
    spellings = (
        {"prompt_tokens": 110, "prompt_tokens_details": {"cached_tokens": 100}},
        {"input_tokens": 110, "input_tokens_details": {"cached_tokens": 100}},
        {"input_tokens": 7, "cache_read_input_tokens": 100, "cache_creation_input_tokens": 3},
        {"prompt_tokens": 110, "cache_read_input_tokens": 100},
    )
    for usage in spellings:
        values: dict[str, Any] = {}
        read_usage(usage, values)
        assert (values["input_tokens"], values["cached_input_tokens"]) == (110, 100), usage
