from __future__ import annotations

from typing import Any

import pytest

from iolaus.ingest.draft import Hashed
from iolaus.ingest.formats import anthropic, openai

from .reading import changed, one, read
from .samples import CHAT, MESSAGES


def _with(**body: Any) -> dict[str, Any]:
    return changed(MESSAGES, request={**MESSAGES["request"], **body})


def test_messages_record_fills_every_column_it_tells() -> None:
    draft = one(anthropic, MESSAGES)
    assert (draft.root_text, draft.context_turn) == ("Find the spring.", 2)
    assert draft.values == {
        "ts": "2026-03-01T10:00:00Z",
        "account_id": "org-1",
        "model": "claude-model",
        "max_tokens": 1024,
        "thinking_budget": 4096,
        "client_user": "end-5",
        "tools": ["map", "web_search"],
        "system_prompt": "You are a guide.",
        "prompt": "Describe it.",
        "text_state": "present",
        "modalities": ["text", "image"],
        "prefill": False,
        "tool_result_hash": Hashed("a spring"),
        "reasoning_ref": Hashed("sig-1"),
        "response": 'It is cold.\n\nmap({"zoom":2})',
        "finish_reason": "tool_use",
        "input_tokens": 115,
        "cached_input_tokens": 100,
        "output_tokens": 30,
    }


def test_a_last_message_of_the_assistant_is_a_prefill_and_hides_nothing_new() -> None:
    messages = [{"role": "user", "content": "List them as JSON."}, {"role": "assistant", "content": "["}]
    draft = one(anthropic, _with(messages=messages))
    assert draft.values["prefill"] is True
    assert (draft.values["prompt"], draft.context_turn) == ("List them as JSON.", 0)


def test_redacted_reasoning_is_known_by_its_data_and_the_newest_block_counts() -> None:
    messages = [
        {"role": "user", "content": "a"},
        {"role": "assistant", "content": [{"type": "thinking", "thinking": "", "signature": "old"}]},
        {"role": "user", "content": "b"},
        {
            "role": "assistant",
            "content": [{"type": "redacted_thinking", "data": "sealed"}, {"type": "text", "text": "c"}],
        },
        {"role": "user", "content": "d"},
    ]
    assert one(anthropic, _with(messages=messages)).values["reasoning_ref"] == Hashed("sealed")


def test_disabled_thinking_is_a_budget_of_none() -> None:
    assert one(anthropic, _with(thinking={"type": "disabled"})).values["thinking_budget"] == 0


def test_text_inside_a_document_is_read() -> None:
    block = {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "the words"}}
    values = one(anthropic, _with(messages=[{"role": "user", "content": [block]}])).values
    assert values["prompt"] == "the words"
    assert values["modalities"] == ["text", "file"]


def test_batch_requests_and_results() -> None:
    asked = {"custom_id": "c1", "params": MESSAGES["request"]}
    lost = {"custom_id": "c2", "params": MESSAGES["request"]}
    good = {"custom_id": "c1", "result": {"type": "succeeded", "message": MESSAGES["response"]}}
    error = {"type": "error", "error": {"type": "overloaded_error", "message": "later"}}
    bad = {"custom_id": "c2", "result": {"type": "errored", "error": error}}
    first, second = read(anthropic, [asked, lost, bad, good])
    by_row = {draft.row: draft.values for draft in (first, second)}
    assert by_row[1]["response"].startswith("It is cold.")
    assert by_row[1]["pathway"] == "batch"
    assert by_row[2]["status"] == 529
    assert "response" not in by_row[2]


def test_expired_batch_results_are_unanswered() -> None:
    asked = {"custom_id": "c1", "params": MESSAGES["request"]}
    (draft,) = read(anthropic, [asked, {"custom_id": "c1", "result": {"type": "expired"}}])
    assert "response" not in draft.values


def test_separate_records_are_paired_in_order() -> None:
    ask = {"type": "request", "timestamp": "2026-03-01T10:00:00Z", **MESSAGES["request"]}
    answer = {"timestamp": "2026-03-01T10:00:02Z", "response": MESSAGES["response"]}
    (draft,) = read(anthropic, [ask, answer])
    assert draft.values["duration_ms"] == 2000
    assert draft.values["finish_reason"] == "tool_use"


@pytest.mark.parametrize(
    "record",
    [
        MESSAGES,
        {"custom_id": "c", "result": {"type": "canceled"}},
        {"model": "claude-x", "messages": [{"role": "user", "content": "hi"}]},
        {"messages": [{"role": "user", "content": [{"type": "tool_result", "content": "x"}]}]},
        {"model": "m", "system": "s", "messages": [{"role": "user", "content": "hi"}]},
    ],
)
def test_recognised_by_what_only_this_api_writes(record: dict[str, Any]) -> None:
    assert anthropic.recognise([record]) == 1
    assert openai.recognise([record]) < 0.5
    assert anthropic.recognise([CHAT]) == 0


def test_a_gateway_may_write_both_apis_into_one_file() -> None:
    for records in ([CHAT, MESSAGES], [CHAT, CHAT, MESSAGES], [CHAT, MESSAGES, MESSAGES]):
        assert max(openai.recognise(records), anthropic.recognise(records)) > 0.6
    assert one(openai, MESSAGES).values == one(anthropic, MESSAGES).values
    assert one(anthropic, CHAT).values == one(openai, CHAT).values
