from __future__ import annotations

import json
from typing import Any

import pytest

from iolaus.ingest.chat.content import DEEPEST, Content
from iolaus.ingest.chat.messages import read_messages, role_of


def _m(role: str, content: Any, **more: Any) -> dict[str, Any]:
    return {"role": role, "content": content, **more}


CALL = _m("assistant", None, tool_calls=[{"function": {"name": "f", "arguments": "{}"}}])


@pytest.mark.parametrize(
    ("messages", "prompt", "root", "turn", "prefill"),
    [
        ([_m("user", "a")], "a", "a", 0, False),
        ([_m("system", "s"), _m("user", "a")], "a", "a", 0, False),
        ([_m("user", "a"), _m("user", "b")], "a\n\nb", "a", 0, False),
        ([_m("user", "a"), _m("assistant", "x"), _m("user", "b")], "b", "a", 2, False),
        ([_m("user", "a"), _m("system", "s"), _m("assistant", "x"), _m("user", "b")], "b", "a", 2, False),
        ([_m("user", "a"), CALL, _m("tool", "t")], None, "a", 2, False),
        ([_m("user", "a"), CALL, _m("tool", "t"), _m("user", "b")], "b", "a", 2, False),
        ([_m("user", "a"), _m("assistant", "Sure:")], "a", "a", 0, True),
        ([_m("user", "a"), _m("assistant", "x"), _m("user", "b"), _m("assistant", "S")], "b", "a", 2, True),
        ([_m("user", "a"), CALL], "a", "a", 0, False),
        ([_m("assistant", "hello"), _m("user", "a")], "a", "a", 1, False),
        ([_m("user", [{"type": "image", "source": {}}]), _m("assistant", "x"), _m("user", "b")], "b", "b", 2, False),
        ([_m("odd role", "a")], "a", "a", 0, False),
        (["a", "b"], "a\n\nb", "a", 0, False),
        ("a", "a", "a", 0, False),
        ([], None, None, None, None),
        (None, None, None, None, None),
        (7, None, None, None, None),
    ],
)
def test_what_is_new(messages: Any, prompt: Any, root: Any, turn: Any, prefill: Any) -> None:
    context = read_messages(messages)
    assert (context.prompt, context.root, context.turn, context.prefill) == (prompt, root, turn, prefill)
    assert context.seen == (turn is not None)


def test_only_new_tool_results_count() -> None:
    messages = [_m("user", "a"), CALL, _m("tool", "old"), CALL, _m("tool", "new"), _m("tool", [{"text": "two"}])]
    assert read_messages(messages).result == "new\n\ntwo"


def test_a_growing_conversation_tells_each_text_once() -> None:
    messages: list[Any] = [_m("system", "s")]
    told = []
    for number in range(20):
        messages.append(_m("user", f"u{number}"))
        context = read_messages(messages)
        told.append(context.prompt)
        assert (context.root, context.turn, context.system) == ("u0", 2 * number, "s")
        messages.append(_m("assistant", f"a{number}"))
    assert told == [f"u{number}" for number in range(20)]


def test_system_and_developer_messages_join_the_instructions() -> None:
    context = read_messages([_m("developer", "b"), _m("user", "u"), _m("System", [{"text": "c"}])], system="a")
    assert context.system == "a\n\nb\n\nc", "instructions late in a conversation do not hide"


def test_messages_kept_as_json_text_are_decoded_and_json_prompts_are_not() -> None:
    assert read_messages(json.dumps([_m("user", "a")])).prompt == "a"
    assert read_messages('[{"id": 1}]').prompt == '[{"id": 1}]'


@pytest.mark.parametrize(
    ("item", "role"),
    [
        ({"type": "function_call", "name": "f"}, "assistant"),
        ({"type": "web_search_call"}, "assistant"),
        ({"type": "reasoning"}, "assistant"),
        ({"type": "item_reference", "id": "x"}, "assistant"),
        ({"type": "function_call_output"}, "tool"),
        ({"type": "input_text", "text": "a"}, "user"),
        ({"role": "model"}, "assistant"),
        ({"role": "FUNCTION"}, "tool"),
        ({}, "user"),
        (None, "user"),
    ],
)
def test_roles(item: Any, role: str) -> None:
    assert role_of(item) == role


@pytest.mark.parametrize(
    ("part", "text", "modalities"),
    [
        ({"type": "text", "text": "a"}, "a", []),
        ({"type": "input_text", "text": "a"}, "a", []),
        ({"type": "text", "content": "a"}, "a", []),
        ({"type": "text", "text": {"value": "a"}}, "a", []),
        ({"text": "a"}, "a", []),
        ({"type": "unheard_of", "text": "a"}, "a", []),
        ({"type": "image_url", "image_url": {}}, None, ["image"]),
        ({"type": "input_audio"}, None, ["audio"]),
        ({"type": "blob", "modality": "audio", "content": "aGk="}, None, ["audio"]),
        ({"type": "uri", "modality": "video"}, None, ["file"]),
        ({"type": "file"}, None, ["file"]),
        ({"type": "thinking", "thinking": "a"}, None, []),
        ({"type": "tool_use", "name": "f", "input": {}}, None, []),
        ({"type": ["text"]}, None, []),
    ],
)
def test_parts(part: dict[str, Any], text: str | None, modalities: list[str]) -> None:
    content = Content()
    content.add([part, part])
    assert content.text == (None if text is None else f"{text}\n\n{text}")
    assert content.modalities == modalities


def test_parts_are_followed_to_a_depth() -> None:
    part: Any = "deep"
    for _ in range(DEEPEST + 2):
        part = [part]
    content = Content()
    content.add(part)
    assert content.texts == []


def test_tool_results_that_are_no_text_are_kept_as_json() -> None:
    content = Content()
    content.add_result({"temperature": 20})
    assert content.result == '{"temperature":20}'
