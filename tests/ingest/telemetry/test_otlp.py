from __future__ import annotations

from typing import Any

import pytest

from iolaus.ingest.telemetry.otlp import any_value, attributes_of, signals


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"stringValue": "a"}, "a"),
        ({"intValue": "-12"}, -12),
        ({"intValue": 12}, 12),
        ({"intValue": "²"}, "²"),
        ({"intValue": "9" * 40}, "9" * 40),
        ({"doubleValue": 0.5}, 0.5),
        ({"boolValue": False}, False),
        ({"arrayValue": {"values": [{"stringValue": "a"}, {"intValue": "1"}]}}, ["a", 1]),
        ({"arrayValue": {}}, []),
        ({"kvlistValue": {"values": [{"key": "k", "value": {"stringValue": "v"}}]}}, {"k": "v"}),
        ({"kvlistValue": None}, {}),
        ({"other": 1}, {"other": 1}),
        ("plain", "plain"),
        (None, None),
    ],
)
def test_any_value(value: Any, expected: Any) -> None:
    assert any_value(value) == expected


@pytest.mark.parametrize(
    "attributes",
    [
        [{"key": "gen_ai.request.model", "value": {"stringValue": "m"}}, {"value": 1}, None],
        {"gen_ai.request.model": "m"},
        {"gen_ai": {"request": {"model": "m"}}},
    ],
)
def test_attributes_in_every_shape(attributes: Any) -> None:
    assert attributes_of(attributes)["gen_ai.request.model"] == "m"


@pytest.mark.parametrize(
    ("spans", "scopes"),
    [
        ("resourceSpans", "scopeSpans"),
        ("resource_spans", "scope_spans"),
        ("resourceSpans", "instrumentationLibrarySpans"),
    ],
)
def test_spans_of_old_and_new_exporters(spans: str, scopes: str) -> None:
    item = {"traceId": "a", "spanId": "b", "startTimeUnixNano": "5", "status": {"code": "STATUS_CODE_ERROR"}}
    resource = {"attributes": [{"key": "user.id", "value": {"stringValue": "u"}}]}
    (signal,) = signals({spans: [{"resource": resource, scopes: [{"spans": [item, None]}]}]})
    assert (signal.key, signal.start, signal.failed, signal.attributes) == (("a", "b"), 5, True, {"user.id": "u"})


def test_a_span_names_more_than_its_resource() -> None:
    resource = {"attributes": {"user.id": "shared", "service.name": "s"}}
    (signal,) = signals({"attributes": {"user.id": "own"}, "resource": resource})
    assert signal.attributes == {"user.id": "own", "service.name": "s"}


def test_ids_of_nothing_but_zeros_are_none() -> None:
    (signal,) = signals({"attributes": {}, "trace_id": "0" * 32, "span_id": "0" * 16})
    assert signal.key is None


def test_log_records_are_their_own_event() -> None:
    named = {"eventName": "gen_ai.choice", "body": {"stringValue": "x"}, "observedTimeUnixNano": "7"}
    old = {"attributes": {"event.name": "gen_ai.choice"}, "body": "x", "time_unix_nano": 7}
    for record in (named, old):
        (signal,) = signals(record)
        assert not signal.span
        assert signal.start == 7
        assert [(event.name, event.body) for event in signal.events] == [("gen_ai.choice", "x")]


def test_what_is_no_signal_gives_none() -> None:
    assert list(signals({"ts": 1})) == []
    assert list(signals({"resourceSpans": "x", "resourceLogs": [None, {"scopeLogs": {}}]})) == []
