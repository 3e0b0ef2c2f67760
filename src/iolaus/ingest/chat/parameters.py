"""What a request asked for beside its messages: sampling, length, reasoning, shape of the answer, tools."""

from __future__ import annotations

from typing import Any

from iolaus.ingest.chat.content import child, from_json

PLAIN = (
    ("model", ("model",)),
    ("temperature", ("temperature",)),
    ("max_tokens", ("max_completion_tokens", "max_output_tokens", "max_tokens", "max_tokens_to_sample")),
    ("n", ("n",)),
    ("seed", ("seed",)),
    ("client_user", ("safety_identifier", "user")),
)
"""Column <- names in a request body, the first that is there wins."""

EFFORT_BUDGET = {"none": 0, "minimal": 512, "low": 2_048, "medium": 8_192, "high": 24_576, "xhigh": 49_152}
"""Reasoning effort -> tokens, where a request names an effort and no budget: an order, not a measurement."""


def read_parameters(body: dict[str, Any], values: dict[str, Any]) -> None:
    """Put into ``values`` the columns that ``body`` (a request, without its wrapping) tells."""
    for column, names in PLAIN:
        for name in names:
            value = body.get(name)
            if value is not None:
                values[column] = value
                break
    user = child(body, "metadata").get("user_id")
    if isinstance(user, str):
        values.setdefault("client_user", user)
    conversation = body.get("conversation")
    conversation = conversation.get("id") if isinstance(conversation, dict) else conversation
    if isinstance(conversation, str):
        values.setdefault("conversation_id", conversation)
    logprobs = _top_logprobs(body)
    if logprobs is not None:
        values["top_logprobs"] = logprobs
    shape = _response_format(body)
    if shape is not None:
        values["response_format"] = shape
    budget = _thinking_budget(body)
    if budget is not None:
        values["thinking_budget"] = budget
    tools = tool_names(body.get("tools")) or tool_names(body.get("functions"))
    if tools:
        values["tools"] = tools


def tool_names(tools: Any) -> list[str]:
    """Names of the offered tools, in order, once each; a built-in tool without a name goes by its type."""
    tools = from_json(tools)
    if not isinstance(tools, list):
        return []
    found: dict[str, None] = {}
    for tool in tools:
        if isinstance(tool, str):
            found[tool] = None
        if not isinstance(tool, dict):
            continue
        inner = tool.get("function")
        name = inner.get("name") if isinstance(inner, dict) else tool.get("name")
        name = name if isinstance(name, str) and name else tool.get("type")
        if isinstance(name, str) and name:
            found[name] = None
    return list(found)


def _top_logprobs(body: dict[str, Any]) -> Any:
    value = body.get("top_logprobs")
    if value is not None:
        return value
    asked = body.get("logprobs")
    # Chat says true or false (the chosen token only: 0 alternatives); legacy completions say how many.
    if asked is True:
        return 0
    return None if asked is False else asked


def _response_format(body: dict[str, Any]) -> Any:
    shape = body.get("response_format")
    if shape is None:
        shape = child(body, "text").get("format") or child(body, "output_config").get("format")
    if isinstance(shape, dict):
        shape = shape.get("type")
    return shape if isinstance(shape, str) else None


def _thinking_budget(body: dict[str, Any]) -> Any:
    thinking = body.get("thinking")
    if isinstance(thinking, dict):
        if thinking.get("type") == "disabled":
            return 0
        if thinking.get("budget_tokens") is not None:
            return thinking["budget_tokens"]
    budget = body.get("thinking_budget")
    if budget is not None:
        return budget
    for effort in (
        body.get("reasoning_effort"),
        child(body, "reasoning").get("effort"),
        child(body, "output_config").get("effort"),
    ):
        if isinstance(effort, str):
            return EFFORT_BUDGET.get(effort)
    return None
