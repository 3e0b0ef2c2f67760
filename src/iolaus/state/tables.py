"""What the parts of a state hold: declared as every other table, and listed in ``docs/tables.md``.

No column holds text that a person wrote. Hashes are keyed; 0 or null stands for 'not there'.
"""

from __future__ import annotations

import pyarrow as pa

from iolaus.sketch.mask import BYTES
from iolaus.sketch.topic import WIDTH
from iolaus.tables import TIME, Column, Table

HASH = pa.int64()
WORDS = pa.list_(pa.int64())
LINEAGE = pa.list_(pa.struct([("event", pa.string()), ("id", pa.string()), ("at", pa.string())]))

KEPT_EXCHANGES = Table(
    "kept_exchanges",
    "parts/DAY/*.parquet of a state: one row an exchange of that UTC day and of one increment, without its text.",
    (
        Column("exchange_id", pa.string(), "unique in the state", True),
        Column("account_id", pa.string(), "the account", True),
        Column("ts", TIME, "arrival of the request", True, "UTC"),
        Column("pathway", pa.string(), "api, web, batch, or a cloud's name"),
        Column("text_state", pa.string(), "whether the text could be read", True),
        Column("exchange", HASH, "hash of exchange_id", True),
        Column("request", HASH, "hash of request_id"),
        Column("retry_of", HASH, "hash of retry_of"),
        Column("given", HASH, "hash of account and conversation_id, where the log names one"),
        Column("turn", pa.int32(), "messages before the request, where the log shows them", unit="messages"),
        Column("root", HASH, "hash of the conversation's first user text, where the log shows it"),
        Column("prompt", HASH, "hash of the whole prompt"),
        Column("status", pa.int16(), "HTTP status of the answer"),
        Column("answered", pa.bool_(), "whether anything shows an answer", True),
        Column("address", HASH, "hash of the client's address", True),
        Column("block", HASH, "hash of the address's block", True),
        Column("asn", pa.int32(), "autonomous system of the address", True),
        Column("network", pa.int8(), "kind of the network of the address", True),
        Column("tools", HASH, "hash of the names of the tools", True),
        Column("temperature", pa.float32(), "sampling temperature, -1 where none", True),
        Column("model", HASH, "hash of the model's name", True),
        Column("agent", HASH, "hash of the agent string", True),
        Column("tls", HASH, "hash of the TLS fingerprint", True),
        Column("key", HASH, "hash of key_id", True),
        Column("end_user", HASH, "hash of client_user", True),
        Column("format", HASH, "hash of response_format", True),
        Column("duration_ms", pa.int32(), "until the end of the answer, -1 where unknown", True, "ms"),
        Column("max_tokens", pa.int32(), "largest answer that was asked for, -1 where none", True, "tokens"),
        Column("n", pa.int32(), "answers asked for at once", True),
        Column("top_logprobs", pa.int32(), "log-probabilities asked for at each position", True),
        Column("thinking_budget", pa.int32(), "reasoning budget that was asked for", True, "tokens"),
        Column("input_tokens", pa.int32(), "tokens read, -1 where unknown", True, "tokens"),
        Column("output_tokens", pa.int32(), "tokens written, -1 where unknown", True, "tokens"),
        Column("reasoning_tokens", pa.int32(), "tokens of them that were reasoning", True, "tokens"),
        Column("reasoning_ref", HASH, "hash of replayed reasoning", True),
        Column("tool_result_hash", HASH, "hash of tool results", True),
        Column("system", HASH, "hash of the system prompt", True),
        Column("text", HASH, "hash of the folded prompt", True),
        Column("words", pa.int32(), "words of the prompt", True),
        Column("readable", pa.bool_(), "whether anything could be read", True),
        Column("shingles", pa.list_(pa.int64()), "hashes of the sampled runs of words", True),
        Column(
            "topic",
            pa.binary(WIDTH),
            "what it is about: a direction, a signed byte a dimension; eight rare words",
            True,
        ),
        Column("script", pa.string(), "script of a request that opens a conversation"),
        Column("scores", pa.binary(BYTES), "what such a request asks for: intents, capabilities; masked by the key"),
    ),
)

KEPT_CAMPAIGNS = Table(
    "kept_campaigns",
    "tables/campaigns-*.parquet of a state: one row a campaign that was ever accused.",
    (
        Column("campaign_id", pa.string(), "minted at its first alarm", True),
        Column("first_alarm_at", pa.string(), "end of the first scan that accused it", True),
        Column("last_alarm_at", pa.string(), "end of the last one", True),
        Column("words", WORDS, "hashes that its phrases are made of", True),
        Column("lineage", LINEAGE, "splits and merges", True),
    ),
)

KEPT_MEMBERS = Table(
    "kept_members",
    "tables/members-*.parquet of a state: the accounts of campaigns when they were last accused.",
    (
        Column("campaign_id", pa.string(), "the campaign", True),
        Column("account_id", pa.string(), "an account that was rather of it than not", True),
        Column("exchanges", pa.int64(), "exchanges of its conversations with the campaign's phrases", True),
    ),
)

STATE = (KEPT_EXCHANGES, KEPT_CAMPAIGNS, KEPT_MEMBERS)
