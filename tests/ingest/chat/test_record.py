from __future__ import annotations

import json
from typing import Any

import pytest

from iolaus.ingest.chat.record import ids_of, take_apart

ASK = {"model": "m", "messages": [{"role": "user", "content": "q"}]}
ANSWER = {"id": "chatcmpl-1", "choices": [{"message": {"content": "a"}}]}


@pytest.mark.parametrize(
    ("record", "request_", "answer", "answered"),
    [
        (ASK, ASK, None, False),
        (ANSWER, None, ANSWER, True),
        ({"request": ASK, "response": ANSWER}, ASK, ANSWER, True),
        ({**ASK, "response": ANSWER}, {**ASK, "response": ANSWER}, ANSWER, True),
        ({"request": ASK, "response": None}, ASK, None, True),
        ({"request": ASK, "response": "text"}, ASK, "text", True),
        ({"request": json.dumps(ASK)}, ASK, None, False),
        ({"request": {"url": "/v1", "body": ASK}}, ASK, None, False),
        ({"request": ASK, "error": {"code": 400}}, ASK, {"error": {"code": 400}}, True),
        ({"custom_id": "c", "body": ASK}, ASK, None, False),
        ({"custom_id": "c", "response": {"status_code": 200, "body": ANSWER}}, None, ANSWER, True),
        ({"custom_id": "c", "result": {"type": "succeeded", "message": ANSWER}}, None, ANSWER, True),
        ({"x": 1}, None, None, False),
        ({"request": [ASK]}, None, None, False),
    ],
)
def test_both_halves_are_found(record: Any, request_: Any, answer: Any, answered: bool) -> None:
    parts = take_apart(record)
    assert (parts.request, parts.answer, parts.answered) == (request_, answer, answered)


def test_ids_made_for_pairing_are_sure_and_a_server_id_is_none() -> None:
    record = {"custom_id": "c", "request_id": 7, "id": "x", "body": ASK}
    assert ids_of(record, take_apart(record)) == (("custom_id:c", "request_id:7"), True)
    assert ids_of({"id": "x", **ASK}, take_apart(ASK)) == (("id:x",), False)
    assert ids_of(ANSWER, take_apart(ANSWER)) == ((), False)
