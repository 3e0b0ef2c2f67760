from __future__ import annotations

import json
from typing import Any

import pytest

from iolaus.ingest.telemetry.content import read_input, read_output, read_tools
from iolaus.ingest.telemetry.otlp import Event

MESSAGES = [{"role": "system", "content": "s"}, {"role": "user", "content": "u"}]


@pytest.mark.parametrize(
    "attributes",
    [
        {"gen_ai.prompt": json.dumps(MESSAGES)},
        {"gen_ai.prompt": json.dumps({"messages": MESSAGES})},
        {"gen_ai.prompt": "u", "gen_ai.system_instructions": "s"},
        {"llm.prompts.0.user": "", "gen_ai.prompt.0.role": "system", "gen_ai.prompt.0.content": "s"}
        | {"gen_ai.prompt.10.role": "user", "gen_ai.prompt.10.content": "u"},
        {"input.value": json.dumps({"input": "u", "instructions": "s"})},
    ],
)
def test_inputs_in_every_attribute(attributes: dict[str, Any]) -> None:
    context = read_input(attributes, [])
    assert (context.system, context.prompt) == ("s", "u")


def test_plain_input_value_is_the_prompt() -> None:
    assert read_input({"input.value": "u"}, []).prompt == "u"
    assert read_input({"input.value": '{"query": 1}'}, []).prompt == '{"query": 1}'


def test_user_text_that_looks_like_json_stays_text() -> None:
    event = Event("gen_ai.user.message", {"content": '["a", "b"]'})
    assert read_input({}, [event]).prompt == '["a", "b"]'


@pytest.mark.parametrize(
    ("attributes", "events", "response"),
    [
        ({"gen_ai.completion": "a"}, [], "a"),
        ({"gen_ai.completion": json.dumps([{"role": "assistant", "content": "a"}])}, [], "a"),
        (
            {"gen_ai.completion.0.tool_calls.0.name": "f", "gen_ai.completion.0.tool_calls.0.arguments": "{}"},
            [],
            "f({})",
        ),
        ({"output.value": "a"}, [], "a"),
        ({}, [Event("gen_ai.choice", {}, {"message": {"content": "a"}})], "a"),
        ({}, [Event("gen_ai.choice", {"message": "a"})], "a"),
        ({}, [Event("gen_ai.choice", {}, {"message": {"content": x}}) for x in "ab"], "a\n\nb"),
        ({}, [Event("gen_ai.choice", {}, {"message": {"tool_calls": [{"function": {"name": "f"}}]}})], "f()"),
        ({"gen_ai.output.messages": json.dumps([{"parts": []}])}, [], ""),
        ({}, [], None),
    ],
)
def test_outputs_in_every_place(attributes: dict[str, Any], events: list[Event], response: str | None) -> None:
    values: dict[str, Any] = {}
    read_output(attributes, events, values)
    assert values.get("response") == response


@pytest.mark.parametrize(
    "attributes",
    [
        {"gen_ai.tool.definitions": json.dumps([{"type": "function", "name": "f"}])},
        {"gen_ai.tool.definitions": [{"type": "function", "name": "f"}]},
        {"llm.tools.0.tool.name": "f"},
        {"llm.tools.0.tool.json_schema": '{"function": {"name": "f"}}'},
        {"llm.request.functions.0.name": "f"},
    ],
)
def test_tools(attributes: dict[str, Any]) -> None:
    assert read_tools(attributes) == ["f"]
