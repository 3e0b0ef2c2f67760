"""Conversations: the unit of all counting, one row each, made from marks.

What a conversation asked, where from and with which client is told by the request that opened it;
its size by all of them. Retries and gateway fallbacks were collapsed at ingest and are left out.
"""

from __future__ import annotations

import pyarrow as pa

from iolaus.engine import Engine
from iolaus.workspace import Workspace, renamed_into

CONFIGURATION = ("temperature", "max_tokens", "n", "top_logprobs", "thinking_budget", "format")
"""Request parameters that together tell how a client is set up."""

_NARROWER = {
    **dict.fromkeys(("account", "turn", "words", "asn", "max_tokens", "thinking_budget"), pa.int32()),
    **dict.fromkeys(("temperature_milli", "top_logprobs", "answers"), pa.int32()),
    "network": pa.int8(),
    "readable": pa.bool_(),
}

SCHEMA = pa.schema(
    (name, _NARROWER.get(name, pa.int64()))
    for name in (
        *("conversation", "account", "ts", "ended", "seq", "turn", "text", "words", "system", "tools", "model"),
        *("pathway", "agent", "tls", "key", "end_user", "address", "block", "asn", "network", "reasoning_ref"),
        *("max_tokens", "thinking_budget", "temperature_milli", "exchanges", "readable", "output_tokens"),
        *("input_tokens", "reasoning_tokens", "top_logprobs", "answers"),
    )
)
"""Columns of ``conversations.parquet``."""

FILE = "conversations.parquet"

_SQL = """
WITH whole AS (
    SELECT conversation, count(*) AS exchanges, max(CASE WHEN readable THEN 1 ELSE 0 END) AS readable,
        CAST(sum(greatest(output_tokens, 0)) AS BIGINT) AS output_tokens,
        CAST(sum(greatest(input_tokens, 0)) AS BIGINT) AS input_tokens,
        CAST(sum(greatest(reasoning_tokens, 0)) AS BIGINT) AS reasoning_tokens,
        max(top_logprobs) AS top_logprobs, max(n) AS answers, max(ts) AS ended,
        min_by(seq, (turn, ts, seq)) AS opened
    FROM marks WHERE counted GROUP BY conversation
)
SELECT conversation, account, ts, ended, seq, turn, text, words, system, tools, model, pathway, agent, tls, key,
    end_user, address, block, asn, network, reasoning_ref, max_tokens, thinking_budget,
    CAST(round(CAST(temperature AS DOUBLE) * 1000) AS INTEGER) AS temperature_milli,
    whole.exchanges, whole.readable = 1 AS readable, whole.output_tokens, whole.input_tokens,
    whole.reasoning_tokens, whole.top_logprobs, whole.answers
FROM marks JOIN whole USING (conversation)
WHERE seq = whole.opened
"""


def write(work: Workspace, engine: Engine) -> None:
    """Write ``fingerprint/conversations.parquet`` from the marks of the sketch, where a state has not done so."""
    path = work.folder("fingerprint") / FILE
    if path.exists():
        return
    engine.view("marks", work.folder("sketch") / "marks" / "part-*.parquet")
    with renamed_into(path) as partial:
        engine.write(_SQL, partial, order="account, ts, conversation")
