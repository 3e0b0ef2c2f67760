"""One good record of each format and shape, for tests that change a part of it."""

from __future__ import annotations

import json
from typing import Any

CHAT: dict[str, Any] = {
    "timestamp": "2026-03-01T10:00:00Z",
    "account_id": "acct-1",
    "request_id": "req-1",
    "status_code": 200,
    "latency_ms": 812,
    "client_ip": "203.0.113.7",
    "headers": {"User-Agent": "tool/1.0", "X-JA4": "t13d1516h2_x"},
    "request": {
        "model": "model-a",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "What is a hydra?"},
            {"role": "assistant", "content": "A serpent."},
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "How many heads?"},
                    {"type": "image_url", "image_url": {"url": "data:,"}},
                ],
            },
        ],
        "temperature": 0.7,
        "max_completion_tokens": 300,
        "n": 2,
        "seed": 7,
        "logprobs": True,
        "top_logprobs": 5,
        "response_format": {"type": "json_schema", "json_schema": {}},
        "reasoning_effort": "low",
        "safety_identifier": "end-9",
        "tools": [{"type": "function", "function": {"name": "look_up"}}, {"type": "web_search"}],
    },
    "response": {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_772_359_201,
        "model": "model-a-2026-01-01",
        "choices": [
            {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Nine."}},
            {"index": 1, "finish_reason": "stop", "message": {"role": "assistant", "content": "Many."}},
        ],
        "usage": {
            "prompt_tokens": 40,
            "completion_tokens": 8,
            "prompt_tokens_details": {"cached_tokens": 16},
            "completion_tokens_details": {"reasoning_tokens": 3},
        },
    },
}

RESPONSES: dict[str, Any] = {
    "timestamp": "2026-03-01T10:00:00Z",
    "request": {
        "model": "model-r",
        "instructions": "Use tools.",
        "input": [
            {"role": "user", "content": [{"type": "input_text", "text": "Weather in Lerna?"}]},
            {"type": "reasoning", "id": "rs_1", "encrypted_content": "sealed-1", "summary": []},
            {"type": "function_call", "call_id": "c1", "name": "weather", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "c1", "output": "rain"},
        ],
        "max_output_tokens": 500,
        "reasoning": {"effort": "high"},
        "text": {"format": {"type": "json_object"}},
        "tools": [{"type": "function", "name": "weather", "parameters": {}}],
        "user": "end-3",
    },
    "response": {
        "id": "resp_1",
        "object": "response",
        "created_at": 1_772_359_202,
        "status": "completed",
        "output": [
            {"type": "reasoning", "summary": [{"type": "summary_text", "text": "hidden"}]},
            {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "It rains."}]},
            {"type": "function_call", "name": "umbrella", "arguments": '{"open":true}'},
        ],
        "usage": {
            "input_tokens": 60,
            "output_tokens": 20,
            "input_tokens_details": {"cached_tokens": 32},
            "output_tokens_details": {"reasoning_tokens": 12},
        },
    },
}

MESSAGES: dict[str, Any] = {
    "timestamp": "2026-03-01T10:00:00Z",
    "organization_id": "org-1",
    "request": {
        "model": "claude-model",
        "system": [{"type": "text", "text": "You are a guide.", "cache_control": {"type": "ephemeral"}}],
        "max_tokens": 1024,
        "thinking": {"type": "enabled", "budget_tokens": 4096},
        "metadata": {"user_id": "end-5"},
        "tools": [{"name": "map", "input_schema": {}}, {"type": "web_search_20250305", "name": "web_search"}],
        "messages": [
            {"role": "user", "content": "Find the spring."},
            {
                "role": "assistant",
                "content": [
                    {"type": "thinking", "thinking": "look", "signature": "sig-1"},
                    {"type": "tool_use", "id": "t1", "name": "map", "input": {"place": "Lerna"}},
                ],
            },
            {
                "role": "user",
                "content": [
                    {
                        "type": "tool_result",
                        "tool_use_id": "t1",
                        "content": [{"type": "text", "text": "a spring"}, {"type": "image", "source": {}}],
                    },
                    {"type": "text", "text": "Describe it."},
                ],
            },
        ],
    },
    "response": {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-model",
        "content": [
            {"type": "thinking", "thinking": "hidden", "signature": "sig-2"},
            {"type": "text", "text": "It is cold."},
            {"type": "tool_use", "id": "t2", "name": "map", "input": {"zoom": 2}},
        ],
        "stop_reason": "tool_use",
        "usage": {
            "input_tokens": 10,
            "cache_read_input_tokens": 100,
            "cache_creation_input_tokens": 5,
            "output_tokens": 30,
        },
    },
}

LITELLM: dict[str, Any] = {
    "id": "call-1",
    "trace_id": "trace-1",
    "call_type": "acompletion",
    "status": "success",
    "custom_llm_provider": "openai",
    "model": "openai/model-a-2026",
    "model_group": "model-a",
    "prompt_tokens": 12,
    "completion_tokens": 4,
    "startTime": 1_772_359_200.25,
    "endTime": 1_772_359_201.5,
    "end_user": "end-2",
    "requester_ip_address": "203.0.113.8",
    "user_agent": "python/3",
    "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Name a hero."}],
    "response": {"choices": [{"finish_reason": "stop", "message": {"role": "assistant", "content": "Iolaus."}}]},
    "model_parameters": {"temperature": 0.1, "max_tokens": 64, "tools": [{"function": {"name": "f"}}]},
    "metadata": {
        "user_api_key_hash": "hash-1",
        "user_api_key_user_id": "user-1",
        "user_api_key_team_id": "team-1",
        "user_api_key_request_route": "/v1/chat/completions",
        "requester_custom_headers": {"x-ja4": "t13d_y"},
        "usage_object": {"prompt_tokens": 12, "prompt_tokens_details": {"cached_tokens": 8}},
    },
}


def attributes(plain: dict[str, Any]) -> list[dict[str, Any]]:
    """``plain`` in OTLP's spelling."""
    return [{"key": name, "value": _any_value(value)} for name, value in plain.items()]


def _any_value(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, list):
        return {"arrayValue": {"values": [_any_value(item) for item in value]}}
    if isinstance(value, dict):
        return {"kvlistValue": {"values": attributes(value)}}
    return {"stringValue": value}


def span(plain: dict[str, Any], number: int = 1, **more: Any) -> dict[str, Any]:
    """An OTLP span with the attributes ``plain``."""
    return {
        "traceId": f"{7:032x}",
        "spanId": f"{number:016x}",
        "name": "chat model-a",
        "startTimeUnixNano": "1772359200250000000",
        "endTimeUnixNano": "1772359201500000000",
        "attributes": attributes(plain),
        **more,
    }


def spans(*items: dict[str, Any]) -> dict[str, Any]:
    """An OTLP line that holds ``items``."""
    resource = {"attributes": attributes({"service.name": "gateway"})}
    return {"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": list(items)}]}]}


def logs(*items: dict[str, Any]) -> dict[str, Any]:
    """An OTLP line that holds the log records ``items``."""
    return {"resourceLogs": [{"resource": {}, "scopeLogs": [{"logRecords": list(items)}]}]}


INPUT = [
    {"role": "user", "parts": [{"type": "text", "content": "Weather?"}]},
    {"role": "assistant", "parts": [{"type": "tool_call", "id": "c", "name": "w", "arguments": {}}]},
    {"role": "tool", "parts": [{"type": "tool_call_response", "id": "c", "result": "rain"}]},
    {"role": "user", "parts": [{"type": "text", "content": "And tomorrow?"}]},
]
OUTPUT = [
    {"role": "assistant", "parts": [{"type": "text", "content": "Sun."}], "finish_reason": "stop"},
]
GENAI = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "model-a",
    "gen_ai.request.temperature": 0.5,
    "gen_ai.request.max_tokens": 200,
    "gen_ai.request.choice.count": 2,
    "gen_ai.request.seed": 3,
    "gen_ai.conversation.id": "conv-1",
    "gen_ai.response.finish_reasons": ["stop"],
    "gen_ai.usage.input_tokens": 30,
    "gen_ai.usage.output_tokens": 6,
    "gen_ai.usage.cache_read.input_tokens": 20,
    "gen_ai.usage.reasoning.output_tokens": 2,
    "gen_ai.system_instructions": json.dumps([{"type": "text", "content": "Be brief."}]),
    "gen_ai.input.messages": json.dumps(INPUT),
    "gen_ai.output.messages": json.dumps(OUTPUT),
    "gen_ai.tool.definitions": json.dumps([{"type": "function", "name": "w"}]),
    "user.id": "user-1",
    "enduser.id": "end-1",
    "client.address": "203.0.113.9",
    "user_agent.original": "agent/2",
    "http.response.status_code": 200,
    "iolaus.ja4": "t13d_z",
    "iolaus.key": "key-1",
}
OTLP = spans(span(GENAI))
