"""The contract between stages: every table's columns, types, units and meaning.

Stages meet only here. A stage that reads a table calls :func:`check`, which refuses a table
that is not what it says it is and names the column, what was found and what was wanted.
The page ``docs/tables.md`` is generated from these declarations.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa

TEXT = pa.large_string()
"""Free text of one person: never in a report, a log line, an error or a share bundle."""

TIME = pa.timestamp("us", tz="UTC")
"""UTC microseconds; valid from 2000-01-01 to 2100-01-01."""

STRINGS = pa.list_(pa.string())

TEXT_STATES = ("present", "not_retained", "truncated", "encrypted", "sketched")
SCRIPTS = ("latin", "unspaced", "other")
PROGRAMMES = ("standard", "education", "security_research", "startup")
VERIFICATIONS = ("none", "email", "phone", "card", "business", "government_id")
ACCOUNT_STATUSES = ("active", "suspended", "closed")
SUSPENSION_REASONS = ("abuse", "payment", "self", "compromised")
ROLES = ("operated", "compromised", "mixed")


class TableError(ValueError):
    """A table is not what its contract says; the message names the place, the problem and the next step."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its Arrow type, what it means, and whether it may be missing."""

    name: str
    type: pa.DataType
    meaning: str
    required: bool = False
    unit: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the contract; ``columns`` stand in the order in which they are written."""

    name: str
    meaning: str
    columns: tuple[Column, ...]

    @property
    def schema(self) -> pa.Schema:
        """The Arrow schema; required columns are not nullable."""
        return pa.schema([pa.field(c.name, c.type, nullable=not c.required) for c in self.columns])

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in order."""
        return tuple(c.name for c in self.columns)


def closest(name: str, known: Iterable[str]) -> str:
    """A sentence with the known names closest to ``name``, or an empty string."""
    near = difflib.get_close_matches(name, sorted(known), n=3, cutoff=0.5)
    return f" Did you mean {' or '.join(repr(n) for n in near)}?" if near else ""


EXCHANGES = Table(
    "exchanges",
    "One request and its response.",
    (
        Column("exchange_id", pa.string(), "unique; made from source name and row where a log has none", True),
        Column("ts", TIME, "arrival of the request", True, "UTC"),
        Column("account_id", pa.string(), "the smallest unit that can be suspended", True),
        Column("request_id", pa.string(), "client's or gateway's id of the request; equal ids are one request"),
        Column("retry_of", pa.string(), "exchange_id or request_id of the request that this one repeats"),
        Column("key_id", pa.string(), "which API key of the account was used"),
        Column("model", pa.string(), "model that was asked for"),
        Column("endpoint", pa.string(), "path or operation, such as chat.completions"),
        Column("pathway", pa.string(), "api, web, batch, or a cloud's name"),
        Column("status", pa.int16(), "HTTP status of the answer"),
        Column("finish_reason", pa.string(), "why the answer ended"),
        Column("duration_ms", pa.int32(), "from request to the end of the answer", unit="ms"),
        Column("ip", pa.string(), "the client's own address (forwarded, where the proxy is trusted)"),
        Column("user_agent", pa.string(), "the client's agent string"),
        Column("tls_fingerprint", pa.string(), "JA4 of the client's TLS hello"),
        Column("client_user", pa.string(), "end-user id that the client sends"),
        Column("conversation_id", pa.string(), "which conversation; derived where missing"),
        Column("turn", pa.int32(), "messages before this request; 0 opens the conversation", unit="messages"),
        Column("root_hash", pa.int64(), "keyed hash of the conversation's first user text"),
        Column("system_prompt", TEXT, "the system prompt or instructions in force"),
        Column("prompt", TEXT, "the user text that is new in this request"),
        Column("text_state", pa.string(), "whether the text could be read", True, values=TEXT_STATES),
        Column("tools", STRINGS, "names of the tools that were offered"),
        Column("modalities", STRINGS, "text, image, audio, file"),
        Column("tool_result_hash", pa.int64(), "keyed hash of the tool results sent in this request"),
        Column("prefill", pa.bool_(), "whether the client wrote the beginning of the answer"),
        Column("reasoning_ref", pa.int64(), "keyed hash of signed or encrypted reasoning that was replayed"),
        Column("temperature", pa.float32(), "sampling temperature"),
        Column("max_tokens", pa.int32(), "largest answer that was asked for", unit="tokens"),
        Column("n", pa.int32(), "answers asked for at once"),
        Column("top_logprobs", pa.int32(), "log-probabilities asked for at each position"),
        Column("seed", pa.int64(), "sampling seed"),
        Column("response_format", pa.string(), "text, json_object, json_schema, ..."),
        Column("thinking_budget", pa.int32(), "reasoning budget that was asked for", unit="tokens"),
        Column("input_tokens", pa.int32(), "tokens read", unit="tokens"),
        Column("cached_input_tokens", pa.int32(), "tokens of them that came from a cache", unit="tokens"),
        Column("output_tokens", pa.int32(), "tokens written", unit="tokens"),
        Column("reasoning_tokens", pa.int32(), "tokens of them that were reasoning", unit="tokens"),
        Column("response", TEXT, "the answer; null where unanswered or not retained"),
        Column("defects", STRINGS, "what was repaired, such as 'prompt: bad utf-8'"),
    ),
)

SKETCHES = Table(
    "sketches",
    "Columns that a row of the exchanges has in place of system_prompt, prompt and response, where its text_state is"
    " `sketched`. In JSON and CSV the binary ones stand in base64.",
    (
        Column("sketch", pa.string(), "what it was made with: version, key, settings, content model, weights", True),
        Column("prompt_hash", pa.int64(), "keyed hash of the whole prompt; null where there is none"),
        Column("system_hash", pa.int64(), "keyed hash of the system prompt; null where there is none"),
        Column("text_hash", pa.int64(), "keyed hash of the folded prompt; 0 where nothing is left of it"),
        Column("words", pa.int32(), "words of the prompt; letters of scripts without spaces"),
        Column("response_length", pa.int32(), "length of the answer; null where there is none", unit="characters"),
        Column("script", pa.string(), "script of the prompt", values=SCRIPTS),
        Column("shingles", pa.binary(), "keyed hashes of the sampled runs of words, 8 bytes each, little-endian"),
        Column("topic", pa.binary(), "direction of what the prompt is about, a signed byte a dimension"),
        Column("scores", pa.binary(), "what the prompt asks for: intents, capabilities; masked by the key"),
    ),
)

ACCOUNTS = Table(
    "accounts",
    "One account as the provider knows it. Only account_id must be there.",
    (
        Column("account_id", pa.string(), "the smallest unit that can be suspended", True),
        Column("parent_account_id", pa.string(), "account that opened this one"),
        Column("organization_id", pa.string(), "organisation that the account belongs to"),
        Column("legal_entity_id", pa.string(), "verified legal entity behind the account"),
        Column("created_at", TIME, "sign-up", unit="UTC"),
        Column("programme", pa.string(), "programme that the account is in", values=PROGRAMMES),
        Column("verification", pa.string(), "strongest verification passed", values=VERIFICATIONS),
        Column("verified_at", TIME, "when it was passed", unit="UTC"),
        Column("tier", pa.string(), "the provider's name of the usage tier"),
        Column("rate_limit_rpm", pa.int32(), "allowed requests", unit="requests a minute"),
        Column("free_credit", pa.float64(), "credit given at sign-up", unit="the provider's currency"),
        Column("referral", pa.string(), "referral or voucher code used at sign-up"),
        Column("email_domain", pa.string(), "part after the @ of the sign-up address"),
        Column("phone_prefix", pa.string(), "leading digits of the phone number"),
        Column("payment_fingerprint", pa.string(), "the processor's fingerprint of the card that pays"),
        Column("device_id", pa.string(), "device that signed up"),
        Column("signup_ip", pa.string(), "address of the sign-up"),
        Column("country", pa.string(), "context for a person; never a score"),
        Column("content_retained", pa.bool_(), "false where the provider keeps no text of this account"),
        Column("status", pa.string(), "state at the end of the window", values=ACCOUNT_STATUSES),
        Column("suspended_at", TIME, "when it was suspended", unit="UTC"),
        Column("suspended_reason", pa.string(), "why", values=SUSPENSION_REASONS),
    ),
)

ACCOUNT_EVENTS = Table(
    "account_events",
    "What changed about an account, and when. A scan of a window uses only what was known in it.",
    (
        Column("ts", TIME, "when it happened", True, "UTC"),
        Column("account_id", pa.string(), "whose account", True),
        Column("kind", pa.string(), "card_changed, suspended, reinstated, verified, ...", True),
        Column("value", pa.string(), "the new value, or the reason"),
    ),
)

RELEASES = Table(
    "releases",
    "When the provider released which model.",
    (
        Column("model", pa.string(), "model name as it stands in the logs", True),
        Column("released_at", TIME, "first moment at which customers could ask it", True, "UTC"),
    ),
)

RESULT_ACCOUNTS = Table(
    "result_accounts",
    "accounts.parquet of a scan: one row for each account of the logs or the account table.",
    (
        Column("account_id", pa.string(), "the account", True),
        Column("campaign_id", pa.string(), "campaign of its highest membership"),
        Column("membership", pa.float64(), "probability that the campaign's operator controls or uses it", True),
        Column(
            "accused",
            pa.bool_(),
            "membership reaches verdict.accuse_membership, and no person cleared it",
            True,
        ),
        Column(
            "role",
            pa.string(),
            "what the operator does with it; null without text, or where it is rather none of it",
            values=ROLES,
        ),
        Column(
            "distillation_share",
            pa.float64(),
            "share of its conversations that is the campaign's, in its words or like them; null without text",
        ),
        Column("share_low", pa.float64(), "lower end of the 90 % interval of that share"),
        Column("share_high", pa.float64(), "upper end of it"),
        Column("exchanges", pa.int64(), "exchanges of the account in the window", True),
        Column("assessed", pa.bool_(), "false where too little could be seen: never 'clear'", True),
    ),
)

RESULT_EXCHANGES = Table(
    "result_exchanges",
    "exchanges.parquet of a scan: the flagged exchanges, no others.",
    (
        Column("exchange_id", pa.string(), "the exchange", True),
        Column("account_id", pa.string(), "its account", True),
        Column("campaign_id", pa.string(), "the campaign that took it", True),
        Column("probability", pa.float64(), "probability that it belongs to the campaign", True),
    ),
)

RESULT_COHORT_ACCOUNTS = Table(
    "result_cohort_accounts",
    "cohort_accounts.parquet of a scan: the accounts of cohorts that a person should look into. None of them is accused"
    " by standing here.",
    (
        Column("cohort_id", pa.string(), "the cohort, as in cohorts.json", True),
        Column("account_id", pa.string(), "one of its accounts", True),
        Column("verdict", pa.string(), "undetermined, concealed_pool or declared_harvest", True),
    ),
)

REJECTS = Table(
    "rejects",
    "rejects.parquet: every row that could not be read, with its reason.",
    (
        Column("source", pa.string(), "name of the input relative to its argument", True),
        Column("row", pa.int64(), "row or line in it, from 1", True),
        Column("field", pa.string(), "column at fault", True),
        Column("value", pa.string(), "length and keyed hash for text columns, else at most 64 bytes"),
        Column("reason", pa.string(), "why the row was refused", True),
    ),
)

TRUTH_ACCOUNTS = Table(
    "truth_accounts",
    "truth/accounts.parquet of a world.",
    (
        Column("account_id", pa.string(), "the account", True),
        Column("campaign_id", pa.string(), "campaign that operates or uses it"),
        Column("crowd", pa.string(), "the population that it was drawn from", True),
        Column("hostile", pa.bool_(), "whether any exchange of it belongs to a campaign", True),
        Column("role", pa.string(), "what the operator does with it", values=ROLES),
    ),
)

TRUTH_EXCHANGES = Table(
    "truth_exchanges",
    "truth/exchanges.parquet of a world: one row for each exchange.",
    (
        Column("exchange_id", pa.string(), "the exchange", True),
        Column("campaign_id", pa.string(), "the campaign that it belongs to"),
    ),
)

INPUTS = (EXCHANGES, SKETCHES, ACCOUNTS, ACCOUNT_EVENTS, RELEASES)
RESULTS = (RESULT_ACCOUNTS, RESULT_EXCHANGES, RESULT_COHORT_ACCOUNTS, REJECTS)
TRUTHS = (TRUTH_ACCOUNTS, TRUTH_EXCHANGES)


def check(found: pa.Table | pa.RecordBatch, table: Table) -> None:
    """Refuse ``found`` unless it holds columns of ``table``, in any order, with their types.

    Nullable columns may be absent. Raises TableError that names the column, what was found,
    what was wanted and, for an unknown column, the closest known names.
    """
    for name in found.schema.names:
        if name not in table.names:
            raise TableError(f"{table.name}: unknown column '{name}'.{closest(name, table.names)}")
    for column in table.columns:
        place = found.schema.get_field_index(column.name)
        if place < 0:
            if column.required:
                near = closest(column.name, found.schema.names)
                raise TableError(f"{table.name}: column '{column.name}' ({column.type}) is missing.{near}")
            continue
        kind = found.schema.field(place).type
        if kind != column.type:
            raise TableError(f"{table.name}.{column.name}: found type {kind}, wanted {column.type}.")
        nulls = found.column(place).null_count
        if column.required and nulls:
            raise TableError(f"{table.name}.{column.name}: found {nulls} nulls, wanted none.")
