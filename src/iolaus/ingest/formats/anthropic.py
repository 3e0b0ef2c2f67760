"""Anthropic Messages bodies: request and answer in one record or in two, and batch files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from iolaus.ingest.chat.content import child
from iolaus.ingest.chat.reader import ChatReader
from iolaus.ingest.chat.record import Parts, take_apart

NAME = "anthropic"
MEANING = "Anthropic Messages bodies: request and answer in one record or in two, batch requests and results"

BLOCKS = frozenset(("tool_use", "tool_result", "thinking", "redacted_thinking", "server_tool_use", "document"))
RESULTS = frozenset(("succeeded", "errored", "canceled", "expired"))


def recognise(records: Sequence[dict[str, Any]]) -> float:
    """Share of records that only the Messages API writes; other chats among them count half."""
    if not records:
        return 0.0
    parts = [take_apart(record) for record in records]
    mine = sum(map(is_anthropic, records, parts))
    chats = sum(isinstance((part.request or {}).get("messages"), list) for part in parts)
    return (mine + 0.5 * max(0, min(chats, len(records) - mine))) / len(records) if mine else 0.0


def is_anthropic(record: dict[str, Any], parts: Parts) -> bool:
    """Whether ``record`` has a mark of the Messages API."""
    answer = parts.answer
    if isinstance(answer, dict) and (answer.get("type") == "message" or "stop_reason" in answer):
        return True
    kind = child(record, "result").get("type")
    if "custom_id" in record and isinstance(kind, str) and kind in RESULTS:
        return True
    body = parts.request
    if body is None or not isinstance(body.get("messages"), list):
        return False
    if "anthropic_version" in body or isinstance(body.get("system"), str | list):
        return True
    model = body.get("model")
    return (isinstance(model, str) and "claude" in model) or any(map(_has_block, body["messages"][:8]))


def _has_block(message: Any) -> bool:
    content = message.get("content") if isinstance(message, dict) else None
    if not isinstance(content, list):
        return False
    kinds = [part.get("type") for part in content if isinstance(part, dict)]
    return any(isinstance(kind, str) and kind in BLOCKS for kind in kinds)


class Reader(ChatReader):
    """Reads one file of Messages bodies. Raises Refused for a record that holds neither half."""
