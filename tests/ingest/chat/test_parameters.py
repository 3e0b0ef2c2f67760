from __future__ import annotations

from typing import Any

import pytest

from iolaus.ingest.chat.envelope import read_envelope
from iolaus.ingest.chat.parameters import EFFORT_BUDGET, read_parameters, tool_names


@pytest.mark.parametrize(
    ("body", "column", "expected"),
    [
        ({"max_tokens": 1}, "max_tokens", 1),
        ({"max_tokens": 1, "max_completion_tokens": 2}, "max_tokens", 2),
        ({"max_output_tokens": 3}, "max_tokens", 3),
        ({"logprobs": True}, "top_logprobs", 0),
        ({"logprobs": False}, "top_logprobs", None),
        ({"logprobs": 5}, "top_logprobs", 5),
        ({"logprobs": True, "top_logprobs": 20}, "top_logprobs", 20),
        ({"response_format": {"type": "json_object"}}, "response_format", "json_object"),
        ({"text": {"format": {"type": "json_schema"}}}, "response_format", "json_schema"),
        ({"thinking": {"type": "enabled", "budget_tokens": 9}}, "thinking_budget", 9),
        ({"thinking": {"type": "adaptive"}, "output_config": {"effort": "high"}}, "thinking_budget", 24_576),
        ({"reasoning": {"effort": "medium"}}, "thinking_budget", EFFORT_BUDGET["medium"]),
        ({"reasoning_effort": "unheard"}, "thinking_budget", None),
        ({"safety_identifier": "s", "user": "u"}, "client_user", "s"),
        ({"user": "u"}, "client_user", "u"),
        ({"tools": '[{"name": "f"}]'}, "tools", ["f"]),
        ({"functions": [{"name": "f"}]}, "tools", ["f"]),
        ({"tools": []}, "tools", None),
    ],
)
def test_parameters(body: dict[str, Any], column: str, expected: Any) -> None:
    values: dict[str, Any] = {}
    read_parameters(body, values)
    assert values.get(column) == expected


def test_efforts_are_in_order() -> None:
    assert list(EFFORT_BUDGET.values()) == sorted(EFFORT_BUDGET.values())


def test_tool_names_are_told_once_and_in_order() -> None:
    tools = [{"function": {"name": "b"}}, {"name": "a"}, {"type": "web_search"}, {"name": "b"}, None, "c", {"name": 1}]
    assert tool_names(tools) == ["b", "a", "web_search", "c"]


def test_envelope_takes_the_smallest_account_and_no_session() -> None:
    values: dict[str, Any] = {}
    record = {
        "organization": "org",
        "project_id": "proj",
        "user_id": {"nested": 1},
        "session_id": "one for everything",
        "api_key": "sk-secret",
        "headers": {"X-Forwarded-For": "198.51.100.1", "User-Agent": ["sdk/1"], 5: "x"},
        "ip": "",
        "remote_addr": "203.0.113.1",
    }
    read_envelope(record, values)
    assert values == {"account_id": "proj", "ip": "203.0.113.1", "user_agent": "sdk/1"}
