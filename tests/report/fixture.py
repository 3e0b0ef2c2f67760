"""Results folders as a scan writes them, for the tests of what people look at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from iolaus import settings, tables
from iolaus.findings import SCHEMA_VERSION, Campaign, Campaigns, Cohorts, ErrorControl, RunRecord

from .cohorts import grader, hydra, others


def account_table(campaigns: list[Campaign], honest: int, unassessed: int) -> pa.Table:
    """Accounts of the campaigns, then honest ones, the last ``unassessed`` of which could not be seen."""
    random = np.random.default_rng(7)
    rows: list[dict[str, Any]] = []
    for campaign in campaigns:
        for number in range(campaign.accounts):
            membership = round(float(np.clip(random.beta(18, 1.2), 0.05, 0.999)), 6)
            share = round(float(random.uniform(0.55, 0.97)), 6)
            rows.append(
                {
                    "account_id": f"acct-{campaign.id}-{number:04d}",
                    "campaign_id": campaign.id,
                    "membership": membership,
                    "accused": membership >= 0.9,
                    "role": "mixed" if share < 0.7 else "operated",
                    "distillation_share": share,
                    "share_low": round(share - 0.04, 6),
                    "share_high": round(min(1.0, share + 0.03), 6),
                    "exchanges": int(random.integers(90, 700)),
                    "assessed": True,
                }
            )
    rows += [
        {
            "account_id": f"acct-{number:05d}",
            "campaign_id": None,
            "membership": 0.0,
            "accused": False,
            "role": None,
            "distillation_share": None,
            "share_low": None,
            "share_high": None,
            "exchanges": int(random.integers(1, 200)),
            "assessed": number < honest - unassessed,
        }
        for number in range(honest)
    ]
    return pa.Table.from_pylist(rows, schema=tables.RESULT_ACCOUNTS.schema)


def run_record(accounts: pa.Table, assessed: int) -> RunRecord:
    tree = settings.Settings.model_construct().model_dump(mode="json")
    tree["sketch"]["publish_k"] = 12
    tree["engine"] = {}
    total = accounts.num_rows
    gap, classes = total - assessed, min(40, assessed)
    return RunRecord(
        schema_version=SCHEMA_VERSION,
        versions={"iolaus": "0.1.0", "duckdb": "1.5.6"},
        sketch_key_id="5f0e6cb1a9d24c77",
        settings=tree,
        inputs=[
            {"name": "logs/api.jsonl.gz", "format": "native", "sha256": "9d" * 32},
            {"name": "accounts.csv", "format": "accounts", "sha256": "3c" * 32},
        ],
        exchanges=351204,
        accounts=total,
        conversations=96210,
        rejects={"ts is no ISO 8601 time": 31, "account_id is missing": 4},
        defects={"prompt: bad utf-8": 122, "response: lone surrogate": 3},
        assessable={
            "pathway": {
                "api": {"accounts": total - gap, "assessed": assessed, "exchanges": 330000, "with_text": 321000},
                "batch": {"accounts": gap, "assessed": 0, "exchanges": 21204, "with_text": 0},
            },
            "programme": {
                "standard": {
                    "accounts": total - 60,
                    "assessed": assessed - classes,
                    "exchanges": 340000,
                    "with_text": 318000,
                },
                "education": {"accounts": 60, "assessed": classes, "exchanges": 11204, "with_text": 3000},
            },
        },
        error_control=ErrorControl(
            promised=20.0,
            account_weeks=9_120,
            new=1_310,
            spent=655.0,
            left=655.0,
            cohorts=17,
            needed=3.113147,
            highest=4.3,
        ),
        warnings=["212 times without a zone were read as UTC.", "Most rejects come from one account (27 of 35)."],
    )


def write(folder: Path, campaigns: list[Campaign], rest: list[Campaign], honest: int, unassessed: int) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    accounts = account_table(campaigns, honest, unassessed)
    found = Campaigns(schema_version=SCHEMA_VERSION, campaigns=campaigns)
    tested = Cohorts(schema_version=SCHEMA_VERSION, cohorts=[*campaigns, *rest])
    record = run_record(accounts, accounts.num_rows - unassessed)
    (folder / "campaigns.json").write_bytes(msgspec.json.encode(found))
    (folder / "cohorts.json").write_bytes(msgspec.json.encode(tested))
    (folder / "run.json").write_bytes(msgspec.json.encode(record))
    pq.write_table(accounts, folder / "accounts.parquet")
    flagged = [
        {
            "exchange_id": f"{row['account_id']}-{n}",
            **{c: row[c] for c in ("account_id", "campaign_id")},
            "probability": 1.0,
        }
        for row in accounts.to_pylist()
        if row["accused"]
        for n in range(2)
    ]
    schema = tables.RESULT_EXCHANGES.schema
    pq.write_table(pa.Table.from_pylist(flagged, schema=schema), folder / "exchanges.parquet")
    rejects = [
        {
            "source": "logs/api.jsonl.gz",
            "row": 40 + n,
            "field": "ts",
            "value": "2026-13-01",
            "reason": "no time",
        }
        for n in range(31)
    ]
    pq.write_table(pa.Table.from_pylist(rejects, schema=tables.REJECTS.schema), folder / "rejects.parquet")
    return folder


def two_campaigns(folder: Path) -> Path:
    """Two campaigns, one cohort to ask about, one declared harvest, four explained; 310 accounts not assessed."""
    return write(folder, [hydra(), grader()], others(), honest=2400, unassessed=310)


def nothing_found(folder: Path) -> Path:
    """No campaign; some cohorts explained; everything assessed."""
    return write(folder, [], others()[2:], honest=500, unassessed=0)


def nothing_assessed(folder: Path) -> Path:
    """No text was retained: no cohort could be tested, no account assessed."""
    return write(folder, [], [], honest=300, unassessed=300)
