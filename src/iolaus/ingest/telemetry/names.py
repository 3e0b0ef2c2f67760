"""What attributes were and are called: one table, newest convention first.

Old and new names live side by side in real traffic, since instrumentations switch one by one. Conventions:
``genai`` the OpenTelemetry GenAI conventions as they are (names with a number: until that version),
``http`` its general ones, ``openllmetry`` and ``openinference`` two instrumentation families, ``litellm``
that gateway's spans, ``iolaus`` what no convention names: account, key, TLS fingerprint.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from iolaus.tables import EXCHANGES


class Alias(NamedTuple):
    """One attribute that tells a column, and the convention that names it."""

    column: str
    attribute: str
    convention: str


ALIASES = (
    Alias("account_id", "iolaus.account", "iolaus"),
    Alias("account_id", "metadata.user_api_key_user_id", "litellm"),
    Alias("account_id", "user.id", "http"),
    Alias("account_id", "enduser.id", "http"),
    Alias("account_id", "traceloop.association.properties.user_id", "openllmetry"),
    Alias("key_id", "iolaus.key", "iolaus"),
    Alias("key_id", "metadata.user_api_key_hash", "litellm"),
    Alias("tls_fingerprint", "iolaus.ja4", "iolaus"),
    Alias("tls_fingerprint", "http.request.header.x-ja4", "http"),
    Alias("request_id", "http.request.header.x-request-id", "http"),
    Alias("client_user", "gen_ai.request.user", "genai 1.27"),
    Alias("client_user", "llm.user", "openllmetry"),
    Alias("client_user", "enduser.id", "http"),
    Alias("ip", "client.address", "http"),
    Alias("ip", "http.client_ip", "http 1.20"),
    Alias("ip", "net.sock.peer.addr", "http 1.20"),
    Alias("user_agent", "user_agent.original", "http"),
    Alias("user_agent", "http.user_agent", "http 1.18"),
    Alias("status", "http.response.status_code", "http"),
    Alias("status", "http.status_code", "http 1.20"),
    Alias("conversation_id", "gen_ai.conversation.id", "genai"),
    Alias("conversation_id", "gen_ai.openai.thread.id", "genai 1.27"),
    Alias("model", "gen_ai.request.model", "genai"),
    Alias("model", "llm.request.model", "openllmetry"),
    Alias("model", "llm.request.model_name", "openinference"),
    Alias("model", "llm.model_name", "openinference"),
    Alias("model", "embedding.model_name", "openinference"),
    Alias("model", "gen_ai.response.model", "genai"),
    Alias("model", "llm.response.model", "openllmetry"),
    Alias("endpoint", "gen_ai.operation.name", "genai"),
    Alias("endpoint", "llm.request.type", "openllmetry"),
    Alias("finish_reason", "gen_ai.response.finish_reasons", "genai"),
    Alias("finish_reason", "gen_ai.response.finish_reason", "genai 1.26"),
    Alias("finish_reason", "llm.response.finish_reason", "openllmetry"),
    Alias("finish_reason", "llm.finish_reason", "openinference"),
    Alias("temperature", "gen_ai.request.temperature", "genai"),
    Alias("temperature", "llm.request.temperature", "openllmetry"),
    Alias("temperature", "llm.temperature", "openllmetry"),
    Alias("max_tokens", "gen_ai.request.max_tokens", "genai"),
    Alias("max_tokens", "llm.request.max_tokens", "openllmetry"),
    Alias("n", "gen_ai.request.choice.count", "genai"),
    Alias("seed", "gen_ai.request.seed", "genai"),
    Alias("seed", "gen_ai.openai.request.seed", "genai 1.29"),
    Alias("top_logprobs", "gen_ai.request.top_logprobs", "openllmetry"),
    Alias("thinking_budget", "gen_ai.request.thinking.budget_tokens", "openllmetry"),
    Alias("response_format", "openai.request.response_format", "genai"),
    Alias("response_format", "gen_ai.openai.request.response_format", "genai 1.29"),
    Alias("response_format", "gen_ai.output.type", "genai"),
    Alias("input_tokens", "gen_ai.usage.input_tokens", "genai"),
    Alias("input_tokens", "gen_ai.usage.prompt_tokens", "genai 1.26"),
    Alias("input_tokens", "llm.usage.prompt_tokens", "openllmetry"),
    Alias("input_tokens", "llm.token_count.prompt", "openinference"),
    Alias("cached_input_tokens", "gen_ai.usage.cache_read.input_tokens", "genai"),
    Alias("cached_input_tokens", "gen_ai.usage.cache_read_input_tokens", "openllmetry"),
    Alias("cached_input_tokens", "llm.token_count.prompt_details.cache_read", "openinference"),
    Alias("output_tokens", "gen_ai.usage.output_tokens", "genai"),
    Alias("output_tokens", "gen_ai.usage.completion_tokens", "genai 1.26"),
    Alias("output_tokens", "llm.usage.completion_tokens", "openllmetry"),
    Alias("output_tokens", "llm.token_count.completion", "openinference"),
    Alias("reasoning_tokens", "gen_ai.usage.reasoning.output_tokens", "genai"),
    Alias("reasoning_tokens", "gen_ai.usage.reasoning_tokens", "openllmetry"),
    Alias("reasoning_tokens", "llm.token_count.completion_details.reasoning", "openinference"),
)

_TEXTS = ("prompt", "system_prompt", "response", "root_hash", "tool_result_hash", "reasoning_ref", "defects")


def _by_column() -> tuple[tuple[str, tuple[str, ...]], ...]:
    table: dict[str, list[str]] = {
        column: [f"iolaus.{column}"] for column in EXCHANGES.names if column not in _TEXTS and column != "ts"
    }
    for alias in ALIASES:
        table[alias.column].append(alias.attribute)
    return tuple((column, tuple(names)) for column, names in table.items())


BY_COLUMN = _by_column()
"""Column -> attributes in the order in which they are asked; ``iolaus.<column>`` always comes first."""

LISTS = frozenset(("tools", "modalities"))
_WORST = 1_000


def _ranked() -> dict[str, tuple[tuple[str, int], ...]]:
    table: dict[str, list[tuple[str, int]]] = {}
    for column, names in BY_COLUMN:
        for rank, name in enumerate(names):
            table.setdefault(name, []).append((column, rank))
    return {name: tuple(places) for name, places in table.items()}


_RANKED = _ranked()


def read_attributes(attributes: dict[str, Any], values: dict[str, Any]) -> None:
    """Put into ``values`` every column that ``attributes`` tell."""
    best: dict[str, int] = {}
    for name, value in attributes.items():
        for column, rank in _RANKED.get(name, ()):
            if rank < best.get(column, _WORST):
                told = _told(value, column)
                if told is not None:
                    best[column] = rank
                    values[column] = told
    if "client_user" in values and values["client_user"] == values.get("account_id"):
        del values["client_user"]


def _told(value: Any, column: str) -> Any:
    """The value as the column takes it: the first of a list, no object, no empty text."""
    if isinstance(value, list) and column not in LISTS:
        value = value[0] if value else None
        if isinstance(value, list):
            return None
    return None if value == "" or isinstance(value, dict) else value
