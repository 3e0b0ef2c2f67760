"""A list of chat messages -> what is new in this request.

Clients re-send the whole conversation with each request, so the new part is what follows the model's
last message: the user's new words, results of the tools that it called, or the beginning of an answer
that the client wrote itself (a prefill). Everything before it was counted when it was first sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from iolaus.ingest.chat.content import CALLS, REASONING, RESULTS, Content, first, from_json
from iolaus.ingest.draft import Draft, Hashed

ROLES = {
    "assistant": "assistant",
    "model": "assistant",
    "ai": "assistant",
    "system": "system",
    "developer": "system",
    "tool": "tool",
    "function": "tool",
    "ipython": "tool",
}
"""Roles of all formats; any other role is the user's, so that no text hides behind an odd name."""


@dataclass(slots=True)
class Context:
    """What a request says. ``turn``: messages before the new ones, system messages not counted."""

    prompt: str | None = None
    system: str | None = None
    root: str | None = None
    turn: int | None = None
    modalities: list[str] | None = None
    result: str | None = None
    prefill: bool | None = None
    reasoning: str | None = None
    seen: bool = False

    def fill(self, draft: Draft) -> None:
        """Put into ``draft`` what this context knows; absent things stay absent."""
        values = draft.values
        draft.root_text = self.root
        draft.context_turn = self.turn
        values["text_state"] = "present" if self.seen else "not_retained"
        if self.prompt is not None:
            values["prompt"] = self.prompt
        if self.system is not None:
            values["system_prompt"] = self.system
        if self.modalities:
            values["modalities"] = self.modalities
        if self.prefill is not None:
            values["prefill"] = self.prefill
        if self.result is not None:
            values["tool_result_hash"] = Hashed(self.result)
        if self.reasoning is not None:
            values["reasoning_ref"] = Hashed(self.reasoning)


def read_messages(messages: Any, system: Any = None) -> Context:
    """The new part of ``messages``: a text, one message, or a list of messages, parts or Responses items.

    system: instructions that the request carries beside its messages, as text or parts.
    """
    messages = _decoded(messages)
    if isinstance(messages, dict):
        messages = [messages]
    context = Context()
    instructions = Content()
    instructions.add(system)
    if isinstance(messages, str):
        context.seen = True
        context.prompt = context.root = messages or None
        context.turn, context.prefill = 0, False
        context.modalities = ["text"] if messages else None
    elif isinstance(messages, list) and messages:
        context.seen = True
        _read_list(messages, context, instructions)
    context.system = instructions.text
    context.seen = context.seen or context.system is not None
    return context


def _decoded(messages: Any) -> Any:
    """Messages that a table kept as JSON text; any other text is a prompt, even if it is JSON."""
    decoded = from_json(messages)
    if decoded is messages or not isinstance(decoded, list):
        return messages
    are_messages = all(isinstance(message, dict) and "role" in message for message in decoded)
    return decoded if are_messages else messages


def _read_list(messages: list[Any], context: Context, instructions: Content) -> None:
    roles = [role_of(message) for message in messages]
    end = len(roles)
    while end and roles[end - 1] == "assistant":
        end -= 1
    start = end
    while start and roles[start - 1] != "assistant":
        start -= 1
    new = Content()
    for place, (role, message) in enumerate(zip(roles, messages, strict=True)):
        if role == "system":
            instructions.add(_content(message))
        elif role == "user" and (context.root is None or start <= place < end):
            _read_user(message, context, new, start <= place < end)
        elif role == "tool" and start <= place < end:
            new.add_result(_content(message))
    context.turn = start - roles[:start].count("system")
    context.prompt = new.text
    context.result = new.result
    context.prefill = end < len(roles) and _is_words(messages[-1])
    context.modalities = (["text"] if new.texts else []) + new.modalities or None
    context.reasoning = _last_reasoning(messages, roles)


def _read_user(message: Any, context: Context, new: Content, is_new: bool) -> None:
    content = Content()
    content.add(_content(message))
    if context.root is None:
        context.root = content.text
    if is_new:
        new.texts += content.texts
        new.results += content.results
        new.modalities += [name for name in content.modalities if name not in new.modalities]


def role_of(message: Any) -> str:
    """assistant, system, tool or user; Responses items without a role go by their type."""
    if not isinstance(message, dict):
        return "user"
    role = message.get("role")
    if isinstance(role, str):
        return ROLES.get(role) or ROLES.get(role.lower(), "user")
    kind = message.get("type")
    if not isinstance(kind, str):
        return "user"
    if kind in RESULTS:
        return "tool"
    if kind in REASONING or kind in CALLS or kind.endswith("_call") or kind == "item_reference":
        return "assistant"
    return "user"


def _content(message: Any) -> Any:
    if not isinstance(message, dict):
        return message
    kind = message.get("type")
    if "role" not in message and isinstance(kind, str) and kind != "message":
        if kind in RESULTS:
            return first(message, "output", "content", "response", "result")
        return message
    return first(message, "content", "parts")


def _is_words(message: Any) -> bool:
    """Whether the message is text of an answer, not a call or an item that the server made."""
    if not isinstance(message, dict) or message.get("tool_calls") or not isinstance(message.get("role"), str):
        return False
    content = Content()
    content.add(_content(message))
    return bool(content.texts) and not content.calls


def _last_reasoning(messages: list[Any], roles: list[str]) -> str | None:
    """The signature (or encrypted body) of the newest reasoning that the client sends back.

    The newest, because in an honest loop it belongs to the answer just before; a block from somebody
    else's session stands there too when it is replayed.
    """
    for message, role in zip(reversed(messages), reversed(roles), strict=True):
        if role != "assistant":
            continue
        if message.get("type") in ("reasoning", "thinking", "redacted_thinking"):
            blocks: Any = [message]
        else:
            blocks = message.get("thinking_blocks") or first(message, "content", "parts")
        if isinstance(blocks, list):
            for block in reversed(blocks):
                found = _signature(block)
                if found:
                    return found
    return None


def _signature(block: Any) -> str | None:
    kind = block.get("type") if isinstance(block, dict) else None
    if not isinstance(kind, str) or kind not in REASONING:
        return None
    value = first(block, "signature", "data", "encrypted_content")
    return value if isinstance(value, str) and value else None
