"""What one account shows in each field: its values, its numbers, and how many share its identifiers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from iolaus.engine import sql_text
from iolaus.engine.embedded import Embedded
from iolaus.evaluate.gauge_text import FEATURES, TEXT_SQL
from iolaus.networks import Kind, lookup

Floats = npt.NDArray[np.float64]

SENT = {
    "model": "model", "endpoint": "endpoint", "pathway": "pathway", "user_agent": "user_agent",
    "tls_fingerprint": "tls_fingerprint", "temperature": "temperature", "max_tokens": "max_tokens", "n": "n",
    "top_logprobs": "top_logprobs", "seed": "seed", "response_format": "response_format",
    "thinking_budget": "thinking_budget", "tools": "array_to_string(tools, ' ')",
    "modalities": "array_to_string(modalities, ' ')", "text_state": "text_state", "finish_reason": "finish_reason",
    "status": "status", "system_prompt": "md5(system_prompt)", "has_client_user": "client_user IS NOT NULL",
    "prefill": "prefill",
}  # fmt: skip
"""Columns of requests whose values are few, as SQL. An account's value is the one it sends most."""

HELD = ("programme", "verification", "tier", "rate_limit_rpm", "free_credit", "email_domain", "phone_prefix", "country",
        "content_retained", "referral")  # fmt: skip
IDENTIFIERS = ("parent_account_id", "organization_id", "legal_entity_id", "payment_fingerprint", "device_id",
               "signup_ip", "referral", "email_domain")  # fmt: skip

NUMBERS = {
    "exchanges": "count(*)", "conversations": "count(DISTINCT conversation_id)",
    "active_days": "count(DISTINCT ts // 86400000000)",
    "turns": "count(*) / count(DISTINCT conversation_id)", "turn_most": "max(turn)",
    "prompt_characters": "avg(length(prompt)) FILTER (length(prompt) > 0)",
    "system_characters": "avg(length(system_prompt))",
    "input_tokens": "avg(input_tokens)", "output_tokens": "avg(output_tokens)",
    "reasoning_tokens": "avg(reasoning_tokens)", "cached_input_tokens": "avg(cached_input_tokens)",
    "output_spread": "stddev_pop(output_tokens)", "duration_ms": "avg(duration_ms)",
    "failed": "avg(CAST(status >= 400 AS INTEGER))", "cut_short": "avg(CAST(finish_reason = 'length' AS INTEGER))",
    "night": "avg(CAST(ts // 3600000000 % 24 < 6 AS INTEGER))",
    "weekend": "avg(CAST((ts // 86400000000 + 3) % 7 >= 5 AS INTEGER))",
    "addresses": "count(DISTINCT ip)", "agents": "count(DISTINCT user_agent)", "models": "count(DISTINCT model)",
    "keys": "count(DISTINCT key_id)", "systems": "count(DISTINCT system_prompt)",
    "tool_results": "avg(CAST(tool_result_hash IS NOT NULL AS INTEGER))",
    "replayed_reasoning": "avg(CAST(reasoning_ref IS NOT NULL AS INTEGER))",
    "retries": "avg(CAST(retry_of IS NOT NULL AS INTEGER))",
    "answers_kept": "avg(CAST(response IS NOT NULL AS INTEGER))", "answer_characters": "avg(length(response))",
    "repaired": "avg(CAST(defects IS NOT NULL AS INTEGER))",
    "first_day": "min(ts) / 86400000000", "last_day": "max(ts) / 86400000000",
    "gap_median": "median(gap)", "gap_variation": "stddev_pop(gap) / nullif(avg(gap), 0)",
}  # fmt: skip
"""Numbers of an account over its requests, as SQL; ``gap`` is microseconds since its request before."""


@dataclass(frozen=True)
class Sheet:
    """One row an account. ``values``: text, empty where null; ``numbers``: float64, NaN where null.

    ``relations`` are the sizes of the groups that share an identifier with the account; ``ever`` holds, by
    column, the accounts (row numbers) that sent each value at least once.
    """

    account: list[str]
    crowd: npt.NDArray[Any]
    campaign: npt.NDArray[Any]
    values: dict[str, npt.NDArray[Any]]
    numbers: dict[str, Floats]
    relations: dict[str, Floats]
    ever: dict[tuple[str, str], npt.NDArray[np.int64]]

    def __len__(self) -> int:
        return len(self.account)


def below(sheets: Sequence[Sheet]) -> Sheet:
    """The sheets of worlds of one scenario, one below the other."""
    first = np.cumsum([0, *(len(sheet) for sheet in sheets)])
    ever: dict[tuple[str, str], list[npt.NDArray[np.int64]]] = {}
    for sheet, offset in zip(sheets, first, strict=False):
        for key, rows in sheet.ever.items():
            ever.setdefault(key, []).append(rows + offset)
    return Sheet(
        [account for sheet in sheets for account in sheet.account],
        np.concatenate([sheet.crowd for sheet in sheets]),
        np.concatenate([sheet.campaign for sheet in sheets]),
        {name: np.concatenate([sheet.values[name] for sheet in sheets]) for name in sheets[0].values},
        {name: np.concatenate([sheet.numbers[name] for sheet in sheets]) for name in sheets[0].numbers},
        {name: np.concatenate([sheet.relations[name] for sheet in sheets]) for name in sheets[0].relations},
        {key: np.concatenate(rows) for key, rows in ever.items()},
    )


def open_world(engine: Embedded, world: Path, most: int) -> None:
    """Give the world's tables names; of each campaign and of the honest, at most ``most`` accounts by hash."""
    for name in ("accounts", "truth/accounts"):
        engine.view(name.replace("/", "_"), world / f"{name}.parquet")
    files = sql_text(world / "exchanges" / "*.parquet")
    told = sql_text(world / "truth" / "exchanges.parquet")
    engine.run(
        "CREATE TABLE chosen AS SELECT account_id, campaign_id, crowd FROM (SELECT *, row_number() OVER "
        "(PARTITION BY campaign_id ORDER BY md5(account_id)) AS place FROM truth_accounts) "
        f"WHERE place <= CASE WHEN campaign_id IS NULL THEN {10 * most} ELSE {most} END"
    )
    engine.run(
        "CREATE VIEW sent AS SELECT e.* EXCLUDE (ts), epoch_us(e.ts) AS ts, t.campaign_id FROM "
        f"read_parquet('{files}') e JOIN read_parquet('{told}') t USING (exchange_id) "
        "WHERE e.account_id IN (SELECT account_id FROM chosen)"
    )


def sheet(engine: Embedded, start: int, padding: bool = False) -> Sheet:
    """The columns of every account that sent something; hostile ones over their padding only, where asked.

    ``start``: first microsecond of the window. Ban columns are as of the day before it.
    """
    only = "WHERE c.campaign_id IS NULL OR s.campaign_id IS NULL" if padding else ""
    engine.run(f"CREATE OR REPLACE TEMP TABLE used AS SELECT s.* FROM sent s JOIN chosen c USING (account_id) {only}")
    selected = ", ".join(f"{sql} AS {name}" for name, sql in NUMBERS.items())
    numbers = engine.table(
        f"SELECT account_id, {selected} FROM (SELECT *, ts - lag(ts) OVER (PARTITION BY account_id ORDER BY ts, "
        "exchange_id) AS gap FROM used) GROUP BY account_id ORDER BY account_id"
    )
    account = numbers["account_id"].to_pylist()
    place = {name: n for n, name in enumerate(account)}
    told = _by_account(engine.table("SELECT * FROM chosen"), place)
    made = {name: _floats(numbers[name]) for name in NUMBERS}
    made |= _text_numbers(engine, place)
    values, ever = _sent_values(engine, place)
    held, dates, relations = _held(engine, place, start)
    values |= held | {"address_kind": _address_kind(engine, place)}
    return Sheet(
        account, _texts(told["crowd"]), _texts(told["campaign_id"]), values, made | dates,
        relations | _shared_addresses(engine, place), ever,
    )  # fmt: skip


def _floats(column: pa.ChunkedArray) -> Floats:
    return np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False), np.float64)


def _texts(column: pa.ChunkedArray) -> npt.NDArray[Any]:
    return np.array([value or "" for value in column.cast(pa.string()).to_pylist()], object)


def _by_account(table: pa.Table, place: dict[str, int]) -> pa.Table:
    """Rows of ``table`` in the order of ``place``; accounts that it lacks are an error of the world."""
    row = {name: n for n, name in enumerate(table["account_id"].to_pylist())}
    return table.take(pa.array([row[name] for name in place]))


def _scattered(table: pa.Table, place: dict[str, int], name: str) -> Floats:
    found = np.full(len(place), np.nan)
    found[[place[a] for a in table["account_id"].to_pylist()]] = _floats(table[name])
    return found


def _text_numbers(engine: Embedded, place: dict[str, int]) -> dict[str, Floats]:
    """Means of the shallow features of text over at most 40 prompts of each account."""
    means = ", ".join(f"avg({name}) AS {name}" for name in FEATURES)
    table = engine.table(
        f"SELECT account_id, {means} FROM (SELECT account_id, {TEXT_SQL} FROM (SELECT account_id, prompt, "
        "row_number() OVER (PARTITION BY account_id ORDER BY exchange_id) AS place FROM used "
        "WHERE length(prompt) > 0) WHERE place <= 40) GROUP BY account_id"
    )
    return {f"text_{name}": _scattered(table, place, name) for name in FEATURES}


def _sent_values(
    engine: Embedded, place: dict[str, int]
) -> tuple[dict[str, npt.NDArray[Any]], dict[tuple[str, str], npt.NDArray[np.int64]]]:
    values: dict[str, npt.NDArray[Any]] = {}
    ever: dict[tuple[str, str], list[int]] = {}
    for name, sql in SENT.items():
        table = engine.table(
            f"SELECT account_id, coalesce(CAST({sql} AS VARCHAR), '') AS value, count(*) AS uses FROM used "
            "GROUP BY ALL ORDER BY account_id, uses, value DESC"
        )
        mostly = np.full(len(place), "", object)
        for account, value in zip(table["account_id"].to_pylist(), table["value"].to_pylist(), strict=True):
            mostly[place[account]] = value
            ever.setdefault((name, value), []).append(place[account])
        values[name] = mostly
    return values, {key: np.array(rows, np.int64) for key, rows in ever.items()}


def _held(
    engine: Embedded, place: dict[str, int], start: int
) -> tuple[dict[str, npt.NDArray[Any]], dict[str, Floats], dict[str, Floats]]:
    """Account table: values, ages, and group sizes over all accounts of the world."""
    have = set(engine.table("SELECT * FROM accounts LIMIT 0").schema.names)
    sizes = "".join(
        f", CASE WHEN {name} IS NULL THEN 0 ELSE count(*) OVER (PARTITION BY {name}) END AS with_{name}"
        for name in IDENTIFIERS if name in have
    )  # fmt: skip
    table = _by_account(
        engine.table(
            f"SELECT * FROM (SELECT *{sizes} FROM accounts) WHERE account_id IN (SELECT account_id FROM used)"
        ),
        place,
    )
    values = {name: _texts(table[name]) for name in HELD if name in have}
    numbers: dict[str, Floats] = {}
    if {"created_at", "suspended_at"} <= have:
        created, ended = (_floats(table[name].cast(pa.int64())) for name in ("created_at", "suspended_at"))
        values["suspended_before"] = np.where(ended < start, "yes", "").astype(object)
        numbers["age_days"] = (start - created) / 86_400e6
        numbers["created_hour"] = created // 3_600_000_000 % 24
        if "verified_at" in have:
            numbers["verified_after_hours"] = (_floats(table["verified_at"].cast(pa.int64())) - created) / 3_600e6
    relations = {f"with_{n}": _floats(table[f"with_{n}"]) for n in IDENTIFIERS if n in have}
    return values, numbers, relations


def _address_kind(engine: Embedded, place: dict[str, int]) -> npt.NDArray[Any]:
    """The kind of network that the address stands in which an account uses most."""
    table = engine.table(
        "SELECT account_id, ip FROM (SELECT account_id, ip, row_number() OVER (PARTITION BY account_id ORDER BY "
        "count(*) DESC, ip) AS place FROM used WHERE ip IS NOT NULL GROUP BY account_id, ip) WHERE place = 1"
    )
    found = np.full(len(place), "", object)
    kinds = lookup(table["ip"].combine_chunks()).kind
    found[[place[a] for a in table["account_id"].to_pylist()]] = [Kind(int(k)).name.lower() for k in kinds]
    return found


def _shared_addresses(engine: Embedded, place: dict[str, int]) -> dict[str, Floats]:
    table = engine.table(
        "SELECT account_id, max(users) AS users FROM (SELECT account_id, count(*) OVER (PARTITION BY ip) AS users "
        "FROM (SELECT DISTINCT account_id, ip FROM used WHERE ip IS NOT NULL)) GROUP BY account_id"
    )
    return {"with_ip": _scattered(table, place, "users")}


Progress = Callable[[str], None]


def window_start(world: Path) -> int:
    """First microsecond of the day of the earliest exchange."""
    low = min(
        pq.ParquetFile(path).read_row_group(0, columns=["ts"])["ts"][0].value for path in sorted(
            (world / "exchanges").glob("*.parquet")
        )
    )  # fmt: skip
    return int(low) // 86_400_000_000 * 86_400_000_000
