from __future__ import annotations

from typing import Any

import pytest

from iolaus.ingest.draft import Refused
from iolaus.ingest.formats import litellm

from .reading import changed, one, read
from .samples import CHAT, LITELLM

FAILED: dict[str, Any] = {
    "status": "failure",
    "response": {},
    "error_information": {"error_code": "429", "error_class": "RateLimitError"},
}


def _with_metadata(**metadata: Any) -> dict[str, Any]:
    return changed(LITELLM, metadata={**LITELLM["metadata"], **metadata})


def test_payload_fills_every_column_it_tells() -> None:
    draft = one(litellm, LITELLM)
    assert (draft.root_text, draft.context_turn) == ("Name a hero.", 0)
    assert draft.values == {
        "account_id": "user-1",
        "ts": 1_772_359_200.25,
        "request_id": "call-1",
        "key_id": "hash-1",
        "endpoint": "/v1/chat/completions",
        "ip": "203.0.113.8",
        "user_agent": "python/3",
        "client_user": "end-2",
        "tls_fingerprint": "t13d_y",
        "temperature": 0.1,
        "max_tokens": 64,
        "tools": ["f"],
        "model": "model-a",
        "system_prompt": "Be brief.",
        "prompt": "Name a hero.",
        "text_state": "present",
        "modalities": ["text"],
        "prefill": False,
        "duration_ms": 1250,
        "input_tokens": 12,
        "cached_input_tokens": 8,
        "output_tokens": 4,
        "status": 200,
        "finish_reason": "stop",
        "response": "Iolaus.",
    }


@pytest.mark.parametrize(
    ("metadata", "account"),
    [
        ({}, "user-1"),
        ({"user_api_key_user_id": None}, "team-1"),
        ({"user_api_key_user_id": "default_user_id"}, "team-1"),
        ({"user_api_key_user_id": "", "user_api_key_team_id": None}, "hash-1"),
        (
            {
                "user_api_key_user_id": None,
                "user_api_key_team_id": None,
                "user_api_key_hash": None,
                "user_api_key_org_id": "org",
            },
            "org",
        ),
    ],
)
def test_account_is_the_smallest_unit_that_is_named(metadata: dict[str, Any], account: str) -> None:
    assert one(litellm, _with_metadata(**metadata)).values["account_id"] == account


def test_wrapped_payloads_are_the_same() -> None:
    assert one(litellm, {"standard_logging_object": LITELLM}).values == one(litellm, LITELLM).values


@pytest.mark.parametrize(
    ("error", "status"),
    [
        ({"error_code": "429"}, 429),
        ({"error_code": 503}, 503),
        ({"error_code": "", "error_class": "AuthenticationError"}, 401),
        ({"error_class": "Unheard"}, 500),
        (None, 500),
    ],
)
def test_failures_carry_a_status_and_no_response(error: Any, status: int) -> None:
    values = one(litellm, changed(LITELLM, status="failure", error_information=error)).values
    assert values["status"] == status
    assert values["finish_reason"] == "error"
    assert "response" not in values


def test_a_guardrail_that_stepped_in_blocked_the_call() -> None:
    fields = {"llm_api_status": "failure", "guardrail_status": "guardrail_intervened"}
    values = one(litellm, changed(LITELLM, **FAILED, status_fields=fields)).values
    assert values["finish_reason"] == "blocked"
    assert values["prompt"] == "Name a hero.", "a blocked prompt is read: it was asked"


def test_fallback_after_a_failure_is_a_retry_of_the_first_try() -> None:
    tries = [
        changed(LITELLM, id="a", **FAILED),
        changed(LITELLM, id="b", model_group="model-b", **FAILED),
        changed(LITELLM, id="c", model_group="model-c"),
    ]
    assert [d.values.get("retry_of") for d in read(litellm, tries)] == [None, "a", "a"]


def test_a_shared_trace_does_not_make_other_requests_retries() -> None:
    """A client may send one trace for all its traffic; only a failure with the same text is retried."""
    other = [{"role": "user", "content": "Name a river."}]
    records = [
        changed(LITELLM, id="a"),
        changed(LITELLM, id="b"),
        changed(LITELLM, id="c", **FAILED),
        changed(LITELLM, id="d", messages=other),
    ]
    drafts = read(litellm, records)
    assert [d.values.get("retry_of") for d in drafts] == [None] * 4
    assert len({d.values["request_id"] for d in drafts}) == 4


def test_failures_that_nobody_retries_are_forgotten() -> None:
    reader = litellm.Reader()
    for number in range(litellm.REMEMBERED + 10):
        record = changed(LITELLM, trace_id=f"t{number}", id=f"i{number}", **FAILED)
        assert len(list(reader.read(record, number))) == 1
    assert len(reader._failed) == litellm.REMEMBERED


def test_redacted_text_is_not_retained() -> None:
    messages = [{"role": "user", "content": litellm.REDACTED}]
    draft = one(litellm, changed(LITELLM, messages=messages, response={"text": "x"}))
    assert draft.values["text_state"] == "not_retained"
    assert "prompt" not in draft.values
    assert draft.root_text is None


def test_recognised_by_its_own_fields() -> None:
    assert litellm.recognise([LITELLM, {"standard_logging_object": LITELLM}]) == 1
    assert litellm.recognise([CHAT]) == 0
    with pytest.raises(Refused):
        one(litellm, CHAT)
