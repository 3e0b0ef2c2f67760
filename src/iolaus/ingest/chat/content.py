"""The content of one message: plain text, or parts in the spelling of any of the formats."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import msgspec

SEPARATOR = "\n\n"
"""Stands between the texts of several parts or messages."""

DEEPEST = 8
"""Parts inside parts (a tool result with blocks) are followed no deeper than this."""

MODALITY = {
    "image": "image",
    "image_url": "image",
    "input_image": "image",
    "image_file": "image",
    "audio": "audio",
    "input_audio": "audio",
    "file": "file",
    "input_file": "file",
    "document": "file",
    "container_upload": "file",
    "uri": "file",
    "blob": "file",
}
"""Type of a part -> modality of the exchange; OpenTelemetry's uri and blob parts name theirs themselves."""

RESULTS = frozenset(
    (
        "tool_result",
        "tool_call_response",
        "function_call_output",
        "custom_tool_call_output",
        "computer_call_output",
        "local_shell_call_output",
        "shell_call_output",
        "apply_patch_call_output",
        "mcp_tool_result",
        "web_search_tool_result",
        "code_execution_tool_result",
    )
)
REASONING = frozenset(("thinking", "redacted_thinking", "reasoning"))
CALLS = frozenset(("tool_use", "tool_call", "server_tool_use", "mcp_tool_use", "function_call"))


@dataclass(slots=True)
class Content:
    """What the parts of one or several messages hold; texts are in order of appearance."""

    texts: list[str] = field(default_factory=list)
    results: list[str] = field(default_factory=list)
    modalities: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)

    @property
    def text(self) -> str | None:
        """The texts as one, or None where there is none."""
        return SEPARATOR.join(self.texts) if self.texts else None

    @property
    def result(self) -> str | None:
        """Tool results as one, or None where there is none."""
        return SEPARATOR.join(self.results) if self.results else None

    def add(self, content: Any, depth: int = 0) -> None:
        """Take in ``content``: a text, a part, or a list of either; anything else is passed over."""
        if isinstance(content, str):
            if content:
                self.texts.append(content)
        elif isinstance(content, list):
            if depth < DEEPEST:
                for part in content:
                    self.add(part, depth + 1)
        elif isinstance(content, dict):
            self._add_part(content, depth)

    def add_result(self, content: Any, depth: int = 0) -> None:
        """Take in what a tool gave back, in any shape."""
        inner = Content()
        inner.add(content, depth)
        text = inner.text or inner.result or (as_json(content) if content else None)
        if text:
            self.results.append(text)
        self._merge_modalities(inner.modalities)

    def _add_part(self, part: dict[str, Any], depth: int) -> None:
        kind = part.get("type")
        kind = kind if isinstance(kind, str) else ""
        if kind in RESULTS:
            if depth < DEEPEST:
                self.add_result(first(part, "content", "output", "response", "result"), depth + 1)
        elif kind in CALLS:
            self.calls.append(call_text(part))
        elif kind in REASONING:
            return
        elif kind in MODALITY:
            self._add_medium(part, kind, depth)
        elif depth < DEEPEST:
            self.add(first(part, "text", "content", "value", "refusal"), depth + 1)

    def _add_medium(self, part: dict[str, Any], kind: str, depth: int) -> None:
        named = part.get("modality")
        self._merge_modalities([named if named in ("image", "audio") else MODALITY[kind]])
        # A document block may carry plain text: words must not hide by being called a file.
        source = part.get("source")
        if kind == "document" and isinstance(source, dict) and depth < DEEPEST:
            plain = source.get("data") if source.get("type") == "text" else source.get("content")
            self.add(plain, depth + 1)

    def _merge_modalities(self, names: list[str]) -> None:
        for name in names:
            if name not in self.modalities:
                self.modalities.append(name)


def first(record: dict[str, Any], *names: str) -> Any:
    """The first value under ``names`` that is there and not null."""
    for name in names:
        value = record.get(name)
        if value is not None:
            return value
    return None


def child(record: dict[str, Any], name: str) -> dict[str, Any]:
    """The object under ``name``, or an empty one where there is none."""
    value = record.get(name)
    return value if isinstance(value, dict) else {}


def as_json(value: Any) -> str:
    """``value`` as compact JSON; empty where it cannot be written."""
    try:
        return msgspec.json.encode(value).decode()
    except (TypeError, ValueError, RecursionError):
        return ""


def from_json(value: Any) -> Any:
    """What a JSON text holds; a value that is no text, or no JSON, comes back as it is."""
    if not isinstance(value, str) or value[:1] not in ("{", "["):
        return value
    try:
        return msgspec.json.decode(value)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return value


def call_text(call: dict[str, Any]) -> str:
    """A tool call as text, ``name(arguments)``: part of an answer that asks for tools."""
    inner = call.get("function")
    call = inner if isinstance(inner, dict) else call
    name = call.get("name")
    arguments = first(call, "arguments", "input")
    if arguments is not None and not isinstance(arguments, str):
        arguments = as_json(arguments)
    return f"{name if isinstance(name, str) else ''}({arguments or ''})"
