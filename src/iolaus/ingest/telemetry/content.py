"""Where telemetry keeps what was said: JSON attributes, numbered attributes, or events."""

from __future__ import annotations

from typing import Any

from iolaus.ingest.chat.answers import answer_text, message_text
from iolaus.ingest.chat.content import SEPARATOR, first, from_json
from iolaus.ingest.chat.messages import Context, read_messages
from iolaus.ingest.chat.parameters import tool_names
from iolaus.ingest.telemetry.otlp import Event

MESSAGE_EVENTS = {
    "gen_ai.system.message": "system",
    "gen_ai.user.message": "user",
    "gen_ai.assistant.message": "assistant",
    "gen_ai.tool.message": "tool",
}
CHOICE_EVENT = "gen_ai.choice"
DETAILS_EVENTS = frozenset(
    (
        "gen_ai.client.inference.operation.details",
        "event.gen_ai.client.inference.operation.details",
        "gen_ai.content.prompt",
        "gen_ai.content.completion",
    )
)
"""Events whose attributes are read as the span's own: the details event, and the content events before it."""

INPUTS = ("gen_ai.input.messages", "gen_ai.prompt", "llm.prompts", "input.value", "llm.input_messages")
OUTPUTS = ("gen_ai.output.messages", "gen_ai.completion", "llm.completions", "output.value")
INPUT_PREFIXES = ("llm.input_messages.", "gen_ai.prompt.", "llm.prompts.")
OUTPUT_PREFIXES = ("llm.output_messages.", "gen_ai.completion.", "llm.completions.")
TOOL_PREFIXES = ("llm.tools.", "llm.request.functions.", "gen_ai.tool.definitions.")


def is_content_event(event: Event) -> bool:
    """Whether the event holds a part of what was said."""
    return event.name in MESSAGE_EVENTS or event.name == CHOICE_EVENT or event.name in DETAILS_EVENTS


def has_content(attributes: dict[str, Any], events: list[Event]) -> bool:
    """Whether the request's or the answer's text stands in these."""
    return (
        any(name in attributes for name in INPUTS)
        or any(prefix + "0.content" in attributes for prefix in INPUT_PREFIXES)
        or "llm.input_messages.0.message.role" in attributes
        or any(is_content_event(event) for event in events)
    )


def read_input(attributes: dict[str, Any], events: list[Event]) -> Context:
    """What the request says."""
    system = from_json(attributes.get("gen_ai.system_instructions"))
    structured = from_json(attributes.get("gen_ai.input.messages"))
    if structured is not None:
        return read_messages(structured, system)
    messages = [_event_message(event) for event in events if event.name in MESSAGE_EVENTS]
    if not messages:
        messages = _numbered_messages(attributes, INPUT_PREFIXES)
    if messages:
        return read_messages(messages, system)
    whole = from_json(first(attributes, "gen_ai.prompt", "llm.prompts", "input.value"))
    if isinstance(whole, dict):
        system = first(whole, "system", "instructions") or system
        whole = first(whole, "messages", "input", "prompt") or attributes.get("input.value")
    return read_messages(whole, system)


def read_output(attributes: dict[str, Any], events: list[Event], values: dict[str, Any]) -> None:
    """Put into ``values`` the answer's text and why it ended."""
    structured = from_json(attributes.get("gen_ai.output.messages"))
    choices = [_body(event) for event in events if event.name == CHOICE_EVENT]
    if isinstance(structured, dict | list):
        messages = structured if isinstance(structured, list) else [structured]
    elif choices:
        messages = choices
    else:
        messages = _numbered_messages(attributes, OUTPUT_PREFIXES)
    if messages:
        texts = [_output_text(message, values) for message in messages]
        values.setdefault("response", SEPARATOR.join(text for text in texts if text))
        return
    whole = first(attributes, "gen_ai.output.messages", "gen_ai.completion", "llm.completions", "output.value")
    if whole is not None:
        decoded = from_json(whole)
        texts = [_output_text(message, values) for message in _as_list(decoded)]
        values.setdefault("response", SEPARATOR.join(text for text in texts if text))


def read_tools(attributes: dict[str, Any]) -> list[str]:
    """Names of the tools that were offered."""
    tools = tool_names(attributes.get("gen_ai.tool.definitions"))
    if tools:
        return tools
    found = []
    for numbered in _numbered(attributes, TOOL_PREFIXES):
        schema = from_json(first(numbered, "tool.json_schema"))
        name = first(numbered, "tool.name", "name")
        found += [name] if isinstance(name, str) else tool_names([schema])
    return found


def _as_list(value: Any) -> list[Any]:
    if isinstance(value, dict):
        choices = first(value, "choices", "output")
        return choices if isinstance(choices, list) else [value]
    return value if isinstance(value, list) else [value]


def _output_text(message: Any, values: dict[str, Any]) -> str | None:
    if not isinstance(message, dict):
        return message if isinstance(message, str) else None
    reason = message.get("finish_reason")
    if isinstance(reason, str):
        values.setdefault("finish_reason", reason)
    inner = message.get("message")
    if isinstance(inner, str):
        return inner
    body = inner if isinstance(inner, dict) else message
    return message_text(body) or answer_text(first(body, "text") or "")


def _body(event: Event) -> dict[str, Any]:
    body = from_json(event.body)
    if not isinstance(body, dict):
        text = {"content": body} if isinstance(body, str) else {}
        content = from_json(event.attributes.get("gen_ai.event.content"))
        body = content if isinstance(content, dict) else {**event.attributes, **text}
    message = from_json(body.get("message"))
    return {**body, "message": message} if message is not None else body


def _event_message(event: Event) -> dict[str, Any]:
    body = _body(event)
    content = from_json(body.get("content"))
    # Only the client's instrumentation says "user" here; a tool event without a role is a tool's result.
    role = body.get("role") if isinstance(body.get("role"), str) else MESSAGE_EVENTS[event.name]
    return {**body, "role": role, "content": content if _are_parts(content) else body.get("content")}


def _are_parts(content: Any) -> bool:
    return isinstance(content, list) and all(isinstance(part, dict) and "type" in part for part in content)


def _numbered(attributes: dict[str, Any], prefixes: tuple[str, ...]) -> list[dict[str, Any]]:
    """Attributes ``PREFIX<number>.<rest>`` as one object of ``rest`` a number, in order of the numbers."""
    if not any(name.startswith(prefixes) for name in attributes):
        return []
    for prefix in prefixes:
        found: dict[int, dict[str, Any]] = {}
        for name, value in attributes.items():
            if name.startswith(prefix):
                number, _, rest = name[len(prefix) :].partition(".")
                if number.isascii() and number.isdigit() and len(number) < 7:
                    found.setdefault(int(number), {})[rest] = value
        if found:
            return [found[number] for number in sorted(found)]
    return []


def _numbered_messages(attributes: dict[str, Any], prefixes: tuple[str, ...]) -> list[dict[str, Any]]:
    return [_message(fields) for fields in _numbered(attributes, prefixes)]


def _message(fields: dict[str, Any]) -> dict[str, Any]:
    fields = {name.removeprefix("message."): value for name, value in fields.items()}
    content = fields.get("content")
    decoded = from_json(content)
    if _are_parts(decoded):
        content = decoded
    if content is None:
        content = [_part(part) for part in _numbered(fields, ("contents.",))]
    calls = [_call(call) for call in _numbered(fields, ("tool_calls.",))]
    return {
        "role": fields.get("role"),
        "content": content,
        "tool_calls": calls,
        "finish_reason": fields.get("finish_reason"),
    }


def _part(fields: dict[str, Any]) -> dict[str, Any]:
    part = {name.removeprefix("message_content."): value for name, value in fields.items()}
    part.setdefault("type", "image" if any(name.startswith("image.") for name in part) else "text")
    return part


def _call(fields: dict[str, Any]) -> dict[str, Any]:
    call = {name.removeprefix("tool_call.").removeprefix("function."): v for name, v in fields.items()}
    return {"name": call.get("name"), "arguments": call.get("arguments")}
