"""OTLP JSON, and the flat spans and events of exporters that write one a line, as one kind of signal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from iolaus.ingest.chat.content import child, first

DEEPEST = 16
"""Values inside values are decoded no deeper than this."""


@dataclass(slots=True)
class Event:
    """A span event or a log record: its name, attributes by name, and body (None for span events)."""

    name: str
    attributes: dict[str, Any]
    body: Any = None


@dataclass(slots=True)
class Signal:
    """A span with its events, or a log record (``span`` false) with itself as its only event.

    start, end: as the exporter spells them; numbers of nanoseconds are integers. key: trace and span id.
    """

    span: bool
    attributes: dict[str, Any]
    start: Any = None
    end: Any = None
    key: tuple[str, str] | None = None
    failed: bool = False
    events: list[Event] = field(default_factory=list)


def signals(record: dict[str, Any]) -> Iterator[Signal]:
    """Every span and log record in ``record``: an OTLP request or file line, or one flat signal."""
    spans = first(record, "resourceSpans", "resource_spans")
    logs = first(record, "resourceLogs", "resource_logs")
    if spans is None and logs is None:
        if "attributes" in record or "body" in record:
            yield _flat(record)
        return
    for resource, item in _scoped(spans, "scopeSpans", "scope_spans", "instrumentationLibrarySpans", "spans"):
        yield _span(item, resource)
    for resource, item in _scoped(logs, "scopeLogs", "scope_logs", "instrumentationLibraryLogs", "logRecords"):
        yield _log(item, resource)


def _scoped(resources: Any, new: str, snake: str, old: str, leaf: str) -> Iterator[tuple[dict[str, Any], Any]]:
    for resource in _objects(resources):
        shared = attributes_of(child(resource, "resource").get("attributes"))
        for scope in _objects(first(resource, new, snake, old)):
            for item in _objects(first(scope, leaf, "log_records")):
                yield shared, item


def _objects(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _span(span: dict[str, Any], resource: dict[str, Any]) -> Signal:
    own = attributes_of(span.get("attributes"))
    return Signal(
        True,
        {**resource, **own} if resource else own,
        _time(span, "startTimeUnixNano", "start_time_unix_nano", "start_time", "startTime", "timestamp"),
        _time(span, "endTimeUnixNano", "end_time_unix_nano", "end_time", "endTime"),
        _key(span),
        _failed(span.get("status")),
        [
            Event(_name(event), attributes_of(event.get("attributes")), any_value(event.get("body")))
            for event in _objects(span.get("events"))
        ],
    )


def _log(record: dict[str, Any], resource: dict[str, Any]) -> Signal:
    own = attributes_of(record.get("attributes"))
    body = any_value(record.get("body"))
    name = _name(record) or own.get("event.name")
    if not name and isinstance(body, dict):
        name = first(body, "event.name", "name")
    return Signal(
        False,
        {**resource, **own} if resource else own,
        _time(record, "timeUnixNano", "time_unix_nano", "timestamp", "time", "observedTimeUnixNano"),
        None,
        _key(record),
        False,
        [Event(name if isinstance(name, str) else "", own, body)],
    )


def _flat(record: dict[str, Any]) -> Signal:
    resource = attributes_of(child(record, "resource").get("attributes"))
    is_log = "body" in record or "eventName" in record or "event_name" in record or "severityText" in record
    return _log(record, resource) if is_log else _span(record, resource)


def _name(item: dict[str, Any]) -> str:
    name = first(item, "eventName", "event_name", "name")
    return name if isinstance(name, str) else ""


def _key(item: dict[str, Any]) -> tuple[str, str] | None:
    context = child(item, "context") or child(item, "span_context") or item
    trace = first(context, "traceId", "trace_id")
    span = first(context, "spanId", "span_id")
    if isinstance(trace, str) and isinstance(span, str) and trace.strip("0x") and span.strip("0x"):
        return trace, span
    return None


def _failed(status: Any) -> bool:
    code = first(status, "code", "status_code") if isinstance(status, dict) else status
    return code in (2, "2", "STATUS_CODE_ERROR", "ERROR", "Error", "error")


def _time(item: dict[str, Any], *names: str) -> Any:
    value = first(item, *names)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        value = int(value)
    return None if value == 0 or isinstance(value, dict | list) else value


def attributes_of(attributes: Any) -> dict[str, Any]:
    """Attributes as a flat object, from OTLP's list of keys and values or from an object, nested or not."""
    if isinstance(attributes, list):
        found: dict[str, Any] = {}
        for pair in attributes:
            name = pair.get("key") if isinstance(pair, dict) else None
            if isinstance(name, str):
                value = pair.get("value")
                found[name] = value["stringValue"] if _is_text(value) else any_value(value)
        return found
    if not isinstance(attributes, dict):
        return {}
    if isinstance(attributes.get("gen_ai"), dict) or isinstance(attributes.get("llm"), dict):
        return dict(_flattened(attributes, "", 0))
    return attributes


def _is_text(value: Any) -> bool:
    return isinstance(value, dict) and len(value) == 1 and "stringValue" in value


def _flattened(attributes: dict[str, Any], prefix: str, depth: int) -> Iterator[tuple[str, Any]]:
    for name, value in attributes.items():
        if isinstance(value, dict) and depth < DEEPEST:
            yield from _flattened(value, f"{prefix}{name}.", depth + 1)
        else:
            yield prefix + str(name), value


def any_value(value: Any, depth: int = 0) -> Any:
    """OTLP's AnyValue as a plain value; anything else comes back as it is."""
    if not isinstance(value, dict) or len(value) != 1 or depth > DEEPEST:
        return value
    ((kind, inner),) = value.items()
    if kind in ("stringValue", "boolValue", "doubleValue", "bytesValue"):
        return inner
    if kind == "intValue":
        text = isinstance(inner, str) and len(inner) < 21 and inner.lstrip("-").isascii()
        return int(inner) if text and inner.lstrip("-").isdigit() else inner
    if kind == "arrayValue":
        items = inner.get("values") if isinstance(inner, dict) else None
        return [any_value(item, depth + 1) for item in items] if isinstance(items, list) else []
    if kind == "kvlistValue":
        pairs = _objects(inner.get("values")) if isinstance(inner, dict) else []
        return {str(pair.get("key")): any_value(pair.get("value"), depth + 1) for pair in pairs}
    return value
