"""OpenTelemetry: GenAI spans and events as OTLP JSON lines, or one flat span or event a line."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from iolaus.ingest.chat.answers import ERROR_STATUS, FAILED
from iolaus.ingest.chat.content import from_json
from iolaus.ingest.chat.pairing import elapsed_ms
from iolaus.ingest.chat.parameters import read_parameters
from iolaus.ingest.draft import Draft, Refused
from iolaus.ingest.telemetry.content import (
    DETAILS_EVENTS,
    has_content,
    is_content_event,
    read_input,
    read_output,
    read_tools,
)
from iolaus.ingest.telemetry.names import read_attributes
from iolaus.ingest.telemetry.otlp import Event, Signal, signals

NAME = "otel"
MEANING = "OpenTelemetry GenAI spans and events: OTLP JSON lines, or one flat span or log record a line"

PENDING = 4_096
"""Spans that wait for their content events, and events that wait for their span: at most so many."""

PENDING_EVENTS = 262_144
"""Events that wait, over all spans; beyond it the oldest spans leave."""

OTHER_WORK = frozenset(
    ("execute_tool", "invoke_agent", "create_agent", "invoke_workflow", "retrieval", "plan", "rerank")
)
"""Operations around a model call. The call has a span of its own: these would count it twice."""

MODEL_KINDS = frozenset(("LLM", "EMBEDDING", "EMBEDDINGS"))
MARKS = ("gen_ai.", "llm.", "openinference.span.kind")


def recognise(records: Sequence[dict[str, Any]]) -> float:
    """1 for OTLP, less for flat signals, by whether model calls stand among them."""
    if not records:
        return 0.0
    return sum(_likeness(record) for record in records) / len(records)


def _likeness(record: dict[str, Any]) -> float:
    otlp = any(name in record for name in ("resourceSpans", "resourceLogs", "resource_spans", "resource_logs"))
    if any(_is_genai(signal) for signal in signals(record)):
        return 1.0
    return 0.5 if otlp else 0.0


def _is_genai(signal: Signal) -> bool:
    names = [*signal.attributes, *(event.name for event in signal.events)]
    return any(name.startswith(MARKS) for name in names)


def _is_model_call(signal: Signal) -> bool:
    attributes = signal.attributes
    kind = attributes.get("openinference.span.kind")
    if isinstance(kind, str):
        return kind.upper() in MODEL_KINDS
    operation = attributes.get("gen_ai.operation.name")
    if isinstance(operation, str):
        return operation not in OTHER_WORK
    if "traceloop.span.kind" in attributes:
        return False
    return _is_genai(signal)


@dataclass(slots=True)
class Group:
    """One model call while its span and its events come in; either may be first."""

    row: int
    span: Signal | None = None
    logs: list[Signal] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)


class Reader:
    """Reads one file. A span with its content leaves at once; others wait for their events, bounded."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[tuple[str, str], Group] = OrderedDict()
        self._done: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._events = 0

    def read(self, record: dict[str, Any], row: int) -> Iterator[Draft]:
        """Model calls that ``record`` completes; other spans are passed over.

        Raises Refused where it is no signal, or holds events that name no span and no user's text.
        """
        found = stray = False
        for signal in signals(record):
            found = True
            if signal.span:
                yield from self._span(signal, row)
            elif any(is_content_event(event) for event in signal.events):
                stray = stray or _is_stray(signal)
                yield from self._log(signal, row)
        if stray:
            raise Refused("exchange_id", None, "an event without trace and span id belongs to no request")
        if not found and not any(name in record for name in ("resourceSpans", "resourceLogs")):
            raise Refused("prompt", None, "no span and no log record stands in this record")

    def close(self) -> Iterator[Draft]:
        """Spans whose events never came, and events whose span never came."""
        while self._waiting:
            yield self._release(next(iter(self._waiting)))

    def _span(self, span: Signal, row: int) -> Iterator[Draft]:
        if not _is_model_call(span):
            return
        if span.key is None:
            yield _draft(Group(row, span))
            return
        group = self._waiting.pop(span.key, None)
        if group is not None:
            self._events -= len(group.events)
            group.span, group.row = span, min(group.row, row)
        else:
            group = Group(row, span)
        if group.events or has_content(span.attributes, span.events):
            self._remember(span.key)
            yield _draft(group)
        else:
            yield from self._wait(span.key, group)

    def _log(self, log: Signal, row: int) -> Iterator[Draft]:
        if log.key is None:
            if not _is_stray(log):
                yield _draft(Group(row, None, [log], log.events))
        elif log.key not in self._done:
            group = self._waiting.pop(log.key, None) or Group(row)
            self._events -= len(group.events)
            group.logs = group.logs or [log]
            group.events += log.events
            yield from self._wait(log.key, group)

    def _wait(self, key: tuple[str, str], group: Group) -> Iterator[Draft]:
        self._waiting[key] = group
        self._events += len(group.events)
        while len(self._waiting) > PENDING or self._events > PENDING_EVENTS:
            yield self._release(next(iter(self._waiting)))

    def _release(self, key: tuple[str, str]) -> Draft:
        group = self._waiting.pop(key)
        self._events -= len(group.events)
        self._remember(key)
        return _draft(group)

    def _remember(self, key: tuple[str, str]) -> None:
        self._done[key] = None
        if len(self._done) > PENDING:
            self._done.popitem(last=False)


def _is_stray(log: Signal) -> bool:
    """Whether the event cannot be an exchange by itself: strangers' events must not be put together."""
    alone = ("gen_ai.user.message", *DETAILS_EVENTS)
    return log.key is None and not any(event.name in alone for event in log.events)


def _draft(group: Group) -> Draft:
    draft = Draft(group.row)
    values: dict[str, Any] = {}
    events = group.events + (group.span.events if group.span else [])
    sources = ([group.span] if group.span else []) + group.logs
    attributes: dict[str, Any] = {}
    for event in events:
        if event.name in DETAILS_EVENTS:
            attributes.update(event.attributes)
            if isinstance(event.body, dict):
                attributes.update(event.body)
    for source in reversed(sources):
        attributes.update(source.attributes)
    read_attributes(attributes, values)
    _times(sources[0], values)
    _parameters(attributes, values)
    read_input(attributes, events).fill(draft)
    read_output(attributes, events, values)
    tools = read_tools(attributes)
    if tools:
        values.setdefault("tools", tools)
    if group.span is not None and group.span.failed:
        values.setdefault("status", _error_status(attributes))
        values.setdefault("finish_reason", "error")
    # What the attributes name outright (iolaus.text_state, ...) wins over what was derived.
    draft.values = {**draft.values, **values}
    return draft


def _times(source: Signal, values: dict[str, Any]) -> None:
    if source.start is not None:
        values["ts"] = source.start
    if source.key is not None:
        values.setdefault("exchange_id", ":".join(source.key))
    if isinstance(source.start, int) and isinstance(source.end, int) and source.start > 10**17:
        elapsed: int | None = max(0, source.end - source.start) // 1_000_000
    else:
        elapsed = elapsed_ms(source.start, source.end)
    if elapsed is not None:
        values.setdefault("duration_ms", elapsed)


def _parameters(attributes: dict[str, Any], values: dict[str, Any]) -> None:
    told = from_json(attributes.get("llm.invocation_parameters"))
    if isinstance(told, dict):
        extra: dict[str, Any] = {}
        read_parameters(told, extra)
        for column, value in extra.items():
            values.setdefault(column, value)


def _error_status(attributes: dict[str, Any]) -> int:
    kind = attributes.get("error.type")
    if isinstance(kind, str):
        if kind.isascii() and kind.isdigit() and 100 <= int(kind[:4]) <= 599:
            return int(kind[:4])
        return ERROR_STATUS.get(kind, FAILED)
    return FAILED
