from __future__ import annotations

import json
from typing import Any

import pytest

from iolaus.ingest.draft import Draft, Hashed, Refused
from iolaus.ingest.formats import openai, otel

from .reading import one, read
from .samples import GENAI, INPUT, OTLP, OUTPUT, attributes, logs, span, spans

CONTENT = ("gen_ai.system_instructions", "gen_ai.input.messages", "gen_ai.output.messages")
BARE = {name: value for name, value in GENAI.items() if name not in CONTENT}
WHO = {"user.id": "user-1"}


def _said(draft: Draft) -> tuple[Any, ...]:
    values = draft.values
    return (
        values.get("system_prompt"),
        draft.root_text,
        draft.context_turn,
        values.get("prompt"),
        values.get("response"),
    )


def test_span_fills_every_column_it_tells() -> None:
    draft = one(otel, OTLP)
    assert (draft.root_text, draft.context_turn) == ("Weather?", 2)
    assert draft.values == {
        "exchange_id": f"{7:032x}:{1:016x}",
        "ts": 1_772_359_200_250_000_000,
        "duration_ms": 1250,
        "account_id": "user-1",
        "key_id": "key-1",
        "tls_fingerprint": "t13d_z",
        "client_user": "end-1",
        "ip": "203.0.113.9",
        "user_agent": "agent/2",
        "status": 200,
        "conversation_id": "conv-1",
        "model": "model-a",
        "endpoint": "chat",
        "finish_reason": "stop",
        "temperature": 0.5,
        "max_tokens": 200,
        "n": 2,
        "seed": 3,
        "input_tokens": 30,
        "cached_input_tokens": 20,
        "output_tokens": 6,
        "reasoning_tokens": 2,
        "system_prompt": "Be brief.",
        "prompt": "And tomorrow?",
        "text_state": "present",
        "modalities": ["text"],
        "prefill": False,
        "tool_result_hash": Hashed("rain"),
        "tools": ["w"],
        "response": "Sun.",
    }


def test_content_as_structured_attributes_is_the_same_as_json_text() -> None:
    plain = {**GENAI, "gen_ai.input.messages": INPUT, "gen_ai.output.messages": OUTPUT}
    assert one(otel, spans(span(plain))).values == one(otel, OTLP).values


def test_flat_span_of_a_console_exporter() -> None:
    flat = {
        "name": "chat model-a",
        "context": {"trace_id": "0x" + "a" * 32, "span_id": "0x" + "b" * 16},
        "start_time": "2026-03-01T10:00:00.250000Z",
        "end_time": "2026-03-01T10:00:01.500000Z",
        "status": {"status_code": "UNSET"},
        "attributes": GENAI,
        "events": [],
        "resource": {"attributes": {"service.name": "gateway"}},
    }
    draft = one(otel, flat)
    assert draft.values["ts"] == "2026-03-01T10:00:00.250000Z"
    assert draft.values["duration_ms"] == 1250
    assert draft.values["prompt"] == "And tomorrow?"
    assert otel.recognise([flat]) == 1


OLD_EVENTS = [
    {"name": "gen_ai.system.message", "attributes": attributes({"content": "Be brief."})},
    {"name": "gen_ai.user.message", "attributes": attributes({"content": "Weather?"})},
    {"name": "gen_ai.assistant.message", "attributes": attributes({"content": "Rain."})},
    {
        "name": "gen_ai.user.message",
        "attributes": attributes({"gen_ai.event.content": json.dumps({"content": "And tomorrow?"})}),
    },
    {
        "name": "gen_ai.choice",
        "attributes": attributes({"index": 0, "finish_reason": "stop", "message": json.dumps({"content": "Sun."})}),
    },
]
NUMBERED = {
    "gen_ai.prompt.0.role": "system",
    "gen_ai.prompt.0.content": "Be brief.",
    "gen_ai.prompt.1.role": "user",
    "gen_ai.prompt.1.content": json.dumps([{"type": "text", "text": "Weather?"}]),
    "gen_ai.prompt.2.role": "assistant",
    "gen_ai.prompt.2.content": "Rain.",
    "gen_ai.prompt.3.role": "user",
    "gen_ai.prompt.3.content": "And tomorrow?",
    "gen_ai.completion.0.role": "assistant",
    "gen_ai.completion.0.content": "Sun.",
    "gen_ai.completion.0.finish_reason": "stop",
}
OPENINFERENCE = {
    "openinference.span.kind": "LLM",
    "llm.model_name": "model-a",
    "llm.invocation_parameters": json.dumps({"temperature": 0.5, "max_tokens": 200}),
    "llm.input_messages.0.message.role": "system",
    "llm.input_messages.0.message.content": "Be brief.",
    "llm.input_messages.1.message.role": "user",
    "llm.input_messages.1.message.contents.0.message_content.type": "text",
    "llm.input_messages.1.message.contents.0.message_content.text": "Weather?",
    "llm.input_messages.2.message.role": "assistant",
    "llm.input_messages.2.message.content": "Rain.",
    "llm.input_messages.3.message.role": "user",
    "llm.input_messages.3.message.content": "And tomorrow?",
    "llm.output_messages.0.message.role": "assistant",
    "llm.output_messages.0.message.content": "Sun.",
    "llm.tools.0.tool.json_schema": json.dumps({"type": "function", "function": {"name": "w"}}),
    "llm.token_count.prompt": 30,
    "llm.token_count.completion": 6,
    "llm.token_count.prompt_details.cache_read": 20,
    "llm.token_count.completion_details.reasoning": 2,
}
WHOLE = {
    "openinference.span.kind": "LLM",
    "llm.model_name": "model-a",
    "input.mime_type": "application/json",
    "input.value": json.dumps(
        {
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": "Weather?"},
                {"role": "assistant", "content": "Rain."},
                {"role": "user", "content": "And tomorrow?"},
            ]
        }
    ),
    "output.value": json.dumps({"choices": [{"message": {"role": "assistant", "content": "Sun."}}]}),
}


@pytest.mark.parametrize(
    "item",
    [
        span({**BARE, **WHO}, events=OLD_EVENTS),
        span({**BARE, **NUMBERED}),
        span({**OPENINFERENCE, **WHO}),
        span({**WHOLE, **WHO}),
        span(
            {**BARE, **WHO},
            events=[
                {
                    "name": "gen_ai.client.inference.operation.details",
                    "attributes": attributes(
                        {
                            "gen_ai.system_instructions": [{"type": "text", "content": "Be brief."}],
                            "gen_ai.input.messages": [
                                {"role": "user", "parts": [{"type": "text", "content": "Weather?"}]},
                                {"role": "assistant", "parts": [{"type": "text", "content": "Rain."}]},
                                {"role": "user", "parts": [{"type": "text", "content": "And tomorrow?"}]},
                            ],
                            "gen_ai.output.messages": OUTPUT,
                        }
                    ),
                }
            ],
        ),
    ],
    ids=["events", "openllmetry", "openinference", "input.value", "details-event"],
)
def test_every_convention_says_the_same(item: dict[str, Any]) -> None:
    draft = one(otel, spans(item))
    assert _said(draft) == ("Be brief.", "Weather?", 2, "And tomorrow?", "Sun.")
    assert draft.values["model"] == "model-a"
    assert draft.values["account_id"] == "user-1"


def test_openinference_counts_parameters_and_tools() -> None:
    values = one(otel, spans(span(OPENINFERENCE))).values
    assert (values["temperature"], values["max_tokens"], values["tools"]) == (0.5, 200, ["w"])
    names = ("input_tokens", "cached_input_tokens", "output_tokens", "reasoning_tokens")
    assert [values[name] for name in names] == [30, 20, 6, 2]


def _record(name: str, body: Any, number: int = 1) -> dict[str, Any]:
    return {
        "timeUnixNano": "1772359200300000000",
        "eventName": name,
        "traceId": f"{7:032x}",
        "spanId": f"{number:016x}",
        "body": body,
        "attributes": attributes({"gen_ai.system": "openai"}),
    }


def _text(value: str) -> dict[str, Any]:
    return {"kvlistValue": {"values": attributes({"content": value})}}


RECORDS = [
    _record("gen_ai.system.message", _text("Be brief.")),
    _record("gen_ai.user.message", _text("Weather?")),
    _record(
        "gen_ai.choice",
        {"kvlistValue": {"values": attributes({"index": 0, "finish_reason": "stop", "message": {"content": "Sun."}})}},
    ),
]


@pytest.mark.parametrize("span_first", [True, False])
def test_log_records_and_their_span_become_one_exchange(span_first: bool) -> None:
    lines = [logs(*RECORDS), spans(span({**BARE, **WHO}))]
    (draft,) = read(otel, reversed(lines) if span_first else lines)
    values = draft.values
    assert (values["prompt"], values["account_id"], values["temperature"]) == ("Weather?", "user-1", 0.5)
    assert values["system_prompt"] == "Be brief."
    assert values["ts"] == 1_772_359_200_250_000_000, "the span knows when the request came"


def test_log_records_without_a_span_are_an_exchange() -> None:
    (draft,) = read(otel, [logs(*RECORDS)])
    assert (draft.values["prompt"], draft.values["response"]) == ("Weather?", "Sun.")
    assert draft.values["ts"] == 1_772_359_200_300_000_000


def test_a_details_event_beside_a_complete_span_is_not_counted_twice() -> None:
    details = _record("gen_ai.client.inference.operation.details", None)
    details["attributes"] = attributes(GENAI)
    assert len(read(otel, [OTLP, logs(details)])) == 1
    assert len(read(otel, [logs(details), OTLP])) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"http.request.method": "GET"},
        {**GENAI, "gen_ai.operation.name": "execute_tool"},
        {**GENAI, "gen_ai.operation.name": "invoke_agent"},
        {**OPENINFERENCE, "openinference.span.kind": "CHAIN"},
        {"traceloop.span.kind": "workflow", "gen_ai.prompt": "x"},
    ],
)
def test_spans_around_a_model_call_are_passed_over(other: dict[str, Any]) -> None:
    assert read(otel, [spans(span(other))]) == []


def test_several_spans_of_one_line_keep_apart() -> None:
    drafts = read(otel, [spans(*(span(GENAI, number) for number in range(1, 6)))])
    assert len({draft.values["exchange_id"] for draft in drafts}) == 5


@pytest.mark.parametrize(("kind", "status"), [("429", 429), ("rate_limit_error", 429), ("Oops", 500)])
def test_failed_spans_carry_a_status(kind: str, status: int) -> None:
    plain = {**BARE, "error.type": kind}
    del plain["http.response.status_code"]
    values = one(otel, spans(span(plain, status={"code": 2}))).values
    assert values["status"] == status
    assert "response" not in values


def test_text_that_was_not_recorded_is_not_retained() -> None:
    assert one(otel, spans(span(BARE))).values["text_state"] == "not_retained"


def test_any_column_can_be_named_outright() -> None:
    plain = {**GENAI, "iolaus.account_id": "acct-9", "iolaus.pathway": "cloud-x", "iolaus.text_state": "truncated"}
    values = one(otel, spans(span(plain))).values
    assert (values["account_id"], values["pathway"], values["text_state"]) == ("acct-9", "cloud-x", "truncated")
    assert values["exchange_id"] == f"{7:032x}:{1:016x}"


def test_what_waits_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(otel, "PENDING", 10)
    reader = otel.Reader()
    out = []
    for number in range(1, 101):
        out += reader.read(spans(span(BARE, number)), number)
    assert [draft.row for draft in out] == list(range(1, 91)), "the oldest leave first"
    assert len(reader._waiting) == 10
    assert len(out) + len(list(reader.close())) == 100


def test_recognises_otlp_and_leaves_others() -> None:
    assert otel.recognise([OTLP, logs(*RECORDS)]) == 1
    assert openai.recognise([OTLP]) == 0
    assert otel.recognise([{"ts": 1, "account_id": "a", "prompt": "x"}]) == 0
    with pytest.raises(Refused):
        one(otel, {"ts": 1, "prompt": "x"})


def test_events_that_name_no_span_are_refused_and_the_rest_of_the_line_is_read() -> None:
    stray = {**RECORDS[2], "traceId": "", "spanId": ""}
    reader, out = otel.Reader(), []
    with pytest.raises(Refused):
        out.extend(reader.read(logs(stray, *RECORDS), 1))
    assert len(list(reader.close())) == 1
