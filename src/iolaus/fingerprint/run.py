"""The fingerprint stage: one account at a time, how it behaves.

Writes ``fingerprint/conversations.parquet`` and ``fingerprint/accounts.parquet``. Engine aggregates are
integers; what is a ratio is made here, over rows in the order of the accounts' numbers.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from iolaus.engine import Engine
from iolaus.fingerprint import conversations
from iolaus.fingerprint.settings import FingerprintSettings
from iolaus.fingerprint.spread import topic_spread
from iolaus.networks import DATACENTRE_KINDS
from iolaus.progress import Progress
from iolaus.workspace import Workspace, renamed_into

_VOLUME = f"""
SELECT account, count(*) AS conversations, CAST(sum(exchanges) AS BIGINT) AS exchanges,
    count(CASE WHEN readable THEN 1 END) AS readable, min(ts) AS first_ts, max(ended) AS last_ts,
    count(DISTINCT ts // 86400000000) AS active_days, count(DISTINCT ts // 3600000000) AS active_hours,
    count(DISTINCT (ts // 3600000000) % 24) AS hours_of_day,
    CAST(sum(output_tokens) AS BIGINT) AS output_tokens, CAST(sum(input_tokens) AS BIGINT) AS input_tokens,
    count(DISTINCT model) AS models, count(DISTINCT agent) AS agents, count(DISTINCT tls) AS tls_clients,
    count(DISTINCT block) AS blocks, count(DISTINCT asn) AS asns, count(DISTINCT system) AS systems,
    count(DISTINCT temperature_milli) AS temperatures, count(DISTINCT max_tokens) AS limits,
    count(CASE WHEN network IN ({",".join(str(kind) for kind in DATACENTRE_KINDS)}) THEN 1 END) AS from_datacentre,
    count(CASE WHEN top_logprobs > 0 THEN 1 END) AS with_logprobs, max(answers) AS most_answers
FROM conversations GROUP BY account
"""

_GAPS = """
SELECT account, count(gap) AS gaps, CAST(sum(gap) AS BIGINT) AS gap_sum,
    sum(CAST(gap AS DECIMAL(20, 0)) * CAST(gap AS DECIMAL(18, 0))) AS gap_squares
FROM (
    SELECT account, (ts - lag(ts) OVER (PARTITION BY account ORDER BY ts, conversation)) // 1000 AS gap
    FROM conversations
) AS with_gaps GROUP BY account
"""


def run(work: Workspace, settings: FingerprintSettings, engine: Engine, progress: Progress) -> None:
    """Write the fingerprints of all accounts, those without traffic included."""
    if work.finished("fingerprint") is not None:
        return
    place = work.folder("fingerprint")
    with progress.stage("fingerprint", "accounts") as tick:
        conversations.write(work, engine)
        engine.view("conversations", place / "conversations.parquet")
        engine.keep("behaviour", f"SELECT * FROM ({_VOLUME}) AS v JOIN ({_GAPS}) AS g USING (account)")
        ids = pq.read_table(work.folder("sketch") / "accounts.parquet")["account_id"]
        engine.register("numbered", pa.table({"account": pa.array(range(len(ids)), pa.int32()), "account_id": ids}))
        table = engine.table("SELECT * FROM numbered LEFT JOIN behaviour USING (account) ORDER BY account")
        table = _with_ratios(table, topic_spread(work, len(ids)), settings)
        with renamed_into(place / "accounts.parquet") as partial:
            pq.write_table(table, partial)
        tick(len(ids))
    work.finish("fingerprint", {"accounts": len(ids)})


def _with_ratios(table: pa.Table, spread: npt.NDArray[np.float64], settings: FingerprintSettings) -> pa.Table:
    numbers = {
        name: np.nan_to_num(table[name].to_numpy(zero_copy_only=False).astype(np.float64))
        for name in (
            "gaps",
            "gap_sum",
            "gap_squares",
            "active_hours",
            "first_ts",
            "last_ts",
            "conversations",
            "readable",
        )
    }
    gaps = np.maximum(numbers["gaps"], 1)
    mean = numbers["gap_sum"] / gaps
    variance = np.maximum(numbers["gap_squares"] / gaps - mean**2, 0)
    span_hours = np.maximum((numbers["last_ts"] - numbers["first_ts"]) / 3.6e9, 1)
    ratios = {
        "gap_cv": np.where(numbers["gaps"] > 1, np.sqrt(variance) / np.maximum(mean, 1e-9), np.nan),
        "duty_cycle": np.minimum(numbers["active_hours"] / span_hours, 1),
        "spread": spread,
        "assessed": numbers["readable"] >= settings.least_conversations,
    }
    for name, values in ratios.items():
        table = table.append_column(name, pa.array(values))
    return table.drop_columns(["gap_squares"])
