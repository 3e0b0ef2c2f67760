from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from iolaus.ingest.chat.answers import message_text
from iolaus.ingest.draft import Draft, Hashed, Refused
from iolaus.ingest.formats import anthropic, litellm, openai, otel

from .reading import changed, one, read, without
from .samples import CHAT, LITELLM, MESSAGES, OTLP, RESPONSES

AGENT_LOG = Path(__file__).parents[2] / "data" / "swe_agent_interactions.jsonl.gz"


@pytest.fixture(scope="module")
def agent_records() -> list[dict[str, Any]]:
    with gzip.open(AGENT_LOG, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def agent_drafts(agent_records: list[dict[str, Any]]) -> list[Draft]:
    return read(openai, agent_records)


def test_chat_record_fills_every_column_it_tells() -> None:
    draft = one(openai, CHAT)
    assert draft.root_text == "What is a hydra?"
    assert draft.context_turn == 2
    assert draft.values == {
        "ts": "2026-03-01T10:00:00Z",
        "account_id": "acct-1",
        "request_id": "req-1",
        "status": 200,
        "duration_ms": 812,
        "ip": "203.0.113.7",
        "user_agent": "tool/1.0",
        "tls_fingerprint": "t13d1516h2_x",
        "model": "model-a",
        "system_prompt": "Be brief.",
        "prompt": "How many heads?",
        "text_state": "present",
        "modalities": ["text", "image"],
        "prefill": False,
        "temperature": 0.7,
        "max_tokens": 300,
        "n": 2,
        "seed": 7,
        "top_logprobs": 5,
        "response_format": "json_schema",
        "thinking_budget": 2048,
        "client_user": "end-9",
        "tools": ["look_up", "web_search"],
        "finish_reason": "stop",
        "input_tokens": 40,
        "cached_input_tokens": 16,
        "output_tokens": 8,
        "reasoning_tokens": 3,
        "response": "Nine.\n\nMany.",
    }


def test_responses_record_reads_items_instructions_and_sealed_reasoning() -> None:
    draft = one(openai, RESPONSES)
    values = draft.values
    assert (draft.root_text, draft.context_turn) == ("Weather in Lerna?", 3)
    assert "prompt" not in values, "the tool's result is not the user's text"
    assert values["text_state"] == "present"
    assert values["tool_result_hash"] == Hashed("rain")
    assert values["reasoning_ref"] == Hashed("sealed-1")
    assert values["system_prompt"] == "Use tools."
    assert values["response"] == 'It rains.\n\numbrella({"open":true})', "reasoning is no part of the answer"
    assert values["finish_reason"] == "completed"
    assert (values["max_tokens"], values["response_format"]) == (500, "json_object")
    assert values["thinking_budget"] > one(openai, CHAT).values["thinking_budget"]
    assert (values["cached_input_tokens"], values["reasoning_tokens"]) == (32, 12)


@pytest.mark.parametrize("nest", ["request_params", "request", "request_body", "params", "body", "payload"])
def test_nesting_does_not_change_what_is_read(nest: str) -> None:
    record = {**without(CHAT, "request"), nest: CHAT["request"]}
    assert one(openai, record).values == one(openai, CHAT).values


def test_bodies_that_are_json_text_are_decoded() -> None:
    record = changed(CHAT, request=json.dumps(CHAT["request"]), response=json.dumps(CHAT["response"]))
    assert one(openai, record).values == one(openai, CHAT).values


def test_http_shaped_request_and_response_are_unwrapped() -> None:
    record = {
        "timestamp": "2026-03-01T10:00:00Z",
        "request": {
            "method": "POST",
            "url": "/v1/chat/completions",
            "headers": {"user-agent": "sdk"},
            "body": CHAT["request"],
        },
        "response": {"status_code": 429, "body": {"error": {"type": "rate_limit_error", "message": "slow"}}},
    }
    values = one(openai, record).values
    assert (values["status"], values["endpoint"], values["user_agent"]) == (429, "/v1/chat/completions", "sdk")
    assert "response" not in values, "an error is not an answer"


def test_batch_requests_and_results_find_each_other_in_any_order() -> None:
    asked = [
        {"custom_id": f"item-{n}", "method": "POST", "url": "/v1/chat/completions", "body": _ask(f"q{n}")}
        for n in range(3)
    ]
    answered = [
        {"id": f"batch_req_{n}", "custom_id": f"item-{n}", "response": _batch_answer(n), "error": None} for n in (2, 0)
    ]
    drafts = read(openai, [asked[0], answered[0], asked[1], answered[1], asked[2]])
    assert {d.values.get("prompt"): d.values.get("response") for d in drafts} == {
        "q0": "a0",
        "q1": None,
        "q2": "a2",
    }
    first = next(d for d in drafts if d.values.get("prompt") == "q0")
    assert first.values["pathway"] == "batch"
    assert first.values["endpoint"] == "/v1/chat/completions"
    assert first.values["request_id"] == "up-0", "not the custom id: other batches use the same"
    assert first.values["ts"] == 1_772_359_200, "a batch request has no time of its own"


def test_a_batch_result_alone_is_an_exchange_without_its_text() -> None:
    result = {"id": "b", "custom_id": "c", "response": _batch_answer(1), "error": None}
    draft = one(openai, result)
    assert draft.values["text_state"] == "not_retained"
    assert draft.values["response"] == "a1"


@pytest.mark.parametrize(
    ("field", "value", "column", "expected"),
    [
        ("max_tokens", 11, "max_tokens", 300),
        ("logprobs", 3, "top_logprobs", 5),
        ("user", "u", "client_user", "end-9"),
        ("response_format", "text", "response_format", "text"),
        ("functions", [{"name": "old"}], "tools", ["look_up", "web_search"]),
    ],
)
def test_newer_spelling_wins(field: str, value: Any, column: str, expected: Any) -> None:
    record = changed(CHAT, request={**CHAT["request"], field: value})
    assert one(openai, record).values[column] == expected


def test_legacy_completions() -> None:
    body = {"model": "m", "prompt": ["Say", "this"], "max_tokens": 5, "logprobs": 4}
    answer = {"object": "text_completion", "choices": [{"text": "that", "finish_reason": "length"}]}
    values = one(openai, {"timestamp": 1_772_359_200, "request": body, "response": answer}).values
    assert (values["prompt"], values["top_logprobs"]) == ("Say\n\nthis", 4)
    assert (values["response"], values["finish_reason"]) == ("that", "length")


def test_a_request_that_builds_on_a_kept_answer_joins_its_conversation() -> None:
    follow = {"model": "model-r", "input": "And in Argos?", "previous_response_id": "resp_1"}
    drafts = read(openai, [RESPONSES, {"timestamp": "2026-03-01T10:01:00Z", "request": follow}])
    assert drafts[1].root_text == "Weather in Lerna?"
    assert drafts[1].context_turn == 5
    assert drafts[1].values["prompt"] == "And in Argos?"


def test_streamed_chunks_are_joined() -> None:
    chunks = [{"choices": [{"delta": {"content": piece}}]} for piece in ("Ni", "ne")]
    assert one(openai, changed(CHAT, response=chunks)).values["response"] == "Nine"


def test_a_record_that_is_neither_half_is_refused_without_its_text() -> None:
    with pytest.raises(Refused) as refused:
        one(openai, {"note": "secret words of a person"})
    assert "secret" not in str(refused.value) + str(refused.value.value)


def test_agent_log_gives_every_exchange(agent_drafts: list[Draft]) -> None:
    assert len(agent_drafts) == 264
    unanswered = [draft.row for draft in agent_drafts if draft.values.get("response") is None]
    assert unanswered == [3, 26, 213, 214, 295, 430, 431, 520]
    assert len({draft.row for draft in agent_drafts}) == 264


def test_agent_log_rows_are_requests(agent_records: list[dict[str, Any]], agent_drafts: list[Draft]) -> None:
    requests = {row for row, record in enumerate(agent_records, 1) if record["type"] == "request"}
    assert {draft.row for draft in agent_drafts} == requests


def test_agent_log_conversations_grow_from_few_roots(agent_drafts: list[Draft]) -> None:
    roots = {draft.root_text for draft in agent_drafts}
    assert len(roots) == 7, "one root for each task that the agent was given"
    openings = [draft for draft in agent_drafts if draft.context_turn == 0]
    assert all(draft.values["prompt"] == draft.root_text for draft in openings)
    assert max(draft.context_turn or 0 for draft in agent_drafts) > 50
    tool_turns = [draft for draft in agent_drafts if "prompt" not in draft.values]
    assert len(tool_turns) > 150, "most requests of an agent only bring tool results"
    assert all("tool_result_hash" in draft.values for draft in tool_turns)


def test_agent_log_pairs_are_true(agent_records: list[dict[str, Any]], agent_drafts: list[Draft]) -> None:
    """The next request of a run replays the answer (without calls that the agent could not read)."""
    replayed = right = 0
    for draft in agent_drafts:
        asked = _messages(agent_records[draft.row - 1])
        later = [r for r in agent_records[draft.row + 1 : draft.row + 2] if r["type"] == "request"]
        if draft.values.get("response") is None or not later or len(_messages(later[0])) <= len(asked):
            continue
        if _messages(later[0])[: len(asked)] != asked:
            continue
        replayed += 1
        played = message_text(_messages(later[0])[len(asked)]) or ""
        right += draft.values["response"].startswith(played)
    assert replayed > 150
    assert right == replayed, f"{replayed - right} of {replayed} answers are not what the client replays"


def test_agent_log_takes_tools_and_usage_from_the_nested_body(agent_drafts: list[Draft]) -> None:
    nested = [draft for draft in agent_drafts if draft.row > 15]
    assert {draft.values["model"] for draft in nested} == {"gpt-3.5-turbo-0613"}
    assert all("bash" in draft.values["tools"] for draft in nested)
    answered = [draft for draft in nested if draft.values.get("response") is not None]
    assert all(draft.values["input_tokens"] > 0 for draft in answered)
    assert all("HIDDEN" not in str(draft.values) for draft in nested), "an API key is no key id"


def test_recognises_its_own_and_leaves_others(agent_records: list[dict[str, Any]]) -> None:
    assert openai.recognise(agent_records[:50]) == pytest.approx(0.9)
    assert openai.recognise([CHAT, RESPONSES]) == pytest.approx(0.9)
    assert openai.recognise([MESSAGES]) < 0.5 < anthropic.recognise([MESSAGES])
    assert openai.recognise([OTLP]) == 0
    assert openai.recognise([]) == 0
    native = {"exchange_id": "e", "ts": "2026-01-01T00:00:00Z", "account_id": "a", "prompt": "hello"}
    assert openai.recognise([native]) < 0.4
    for other in (anthropic, litellm, otel):
        assert other.recognise(agent_records[:50]) == 0
        assert other.recognise([CHAT, RESPONSES]) == 0
    assert litellm.recognise([LITELLM]) > openai.recognise([LITELLM])


def _messages(record: dict[str, Any]) -> list[dict[str, Any]]:
    return list(record.get("request_params", record)["messages"])


def _ask(text: str) -> dict[str, Any]:
    return {"model": "m", "messages": [{"role": "user", "content": text}]}


def _batch_answer(number: int) -> dict[str, Any]:
    message = {"role": "assistant", "content": f"a{number}"}
    body = {"created": 1_772_359_200, "model": "m", "choices": [{"message": message}]}
    return {"status_code": 200, "request_id": f"up-{number}", "body": body}
