"""Write a world: Parquet in order of time, made by two workers and written by one hand."""

from __future__ import annotations

import base64
import csv
import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from iolaus import tables
from iolaus.progress import Tick
from iolaus.simulate.accounts import (
    CAMPUS_MAIL,
    COUNTRIES,
    LIMITS,
    OWN_MAIL,
    PROGRAMMES,
    TIERS,
    VERIFICATIONS,
    WEBMAIL,
    Columns,
)  # fmt: skip
from iolaus.simulate.apps import APPS
from iolaus.simulate.compose import spelled
from iolaus.simulate.digits import dotted, hexadecimal
from iolaus.simulate.draws import mix
from iolaus.simulate.ground import DAY, SECOND, Ground, Ints, Play
from iolaus.simulate.rows import TRUTH, WRITTEN, Book, rows, systems
from iolaus.simulate.timeline import Timeline
from iolaus.simulate.traffic import Population
from iolaus.workspace import disk_error

SLICE = 65_536
"""Rows of a record batch; also of a row group."""

ROWS_A_FILE = 32 * SLICE
REASONS = ("abuse", "payment", "self")


def write(
    ground: Ground, population: Population, line: Timeline, releases: list[tuple[str, int]], name: str,
    scale: float, out: Path, tick: Tick, told: dict[str, Any],
) -> int:  # fmt: skip
    """Write every file of the world; returns the number of hostile accounts."""
    accounts, talks = population.accounts, population.talks
    ids = hexadecimal(accounts["identity"].astype(np.uint64), "acct_")
    try:
        (out / "exchanges").mkdir(parents=True)
        (out / "truth").mkdir()
        book = _book(ground, population, line, ids, releases)
        _exchanges(book, out, tick)
        _accounts(ground, accounts, ids, out / "accounts.parquet")
        _events(ground, accounts, ids, out / "account_events.parquet")
        hostile = _truth(ground, population, line, ids, out / "truth" / "accounts.parquet")
        _releases(ground, releases, out / "releases.csv")
        summary = {
            "schema_version": 1, "scenario": name, "seed": ground.seed, "scale": scale, "days": ground.days,
            "start": _iso(ground.start), "exchanges": len(line), "accounts": population.size,
            "conversations": len(talks["start"]), "hostile_accounts": hostile, "campaigns": ground.campaigns,
        } | told  # fmt: skip
        (out / "world.json").write_bytes(msgspec.json.format(msgspec.json.encode(summary), indent=2) + b"\n")
    except OSError as error:
        raise disk_error(out, error) from error
    return hostile


def _book(
    ground: Ground, population: Population, line: Timeline, ids: pa.Array, releases: list[tuple[str, int]]
) -> Book:
    pairs = np.unique(population.talks["account"].astype(np.int64) * len(APPS) + population.talks["app"])
    texts, of = systems(ground, population.accounts, pairs)
    return Book(
        ground, population.accounts, population.talks, line, np.concatenate(ground.pools), ids, texts, of,
        _plays(ground), releases,
    )  # fmt: skip


def _plays(ground: Ground) -> dict[str, Ints]:
    words = ground.lexicon
    plays: list[Play] = list(ground.plays)
    wrapper = [words.groups[p.template] if p.template else -1 for p in plays]
    most = [words.paraphrases(group) if group >= 0 else 1 for group in wrapper]
    return {
        "opening": np.array([words.groups[p.opening] for p in plays]),
        "more": np.array([words.groups[p.more] for p in plays]),
        "wrapper": np.array(wrapper),
        "wordings": np.array([min(p.wordings or n, n) for p, n in zip(plays, most, strict=True)]),
        "plain": np.array([int(p.plain) for p in plays]),
        "tail": np.array([words.lists[p.tail] if p.tail else -1 for p in plays]),
        "replay": np.array([int(p.replay) for p in plays]),
    }


def _slices(book: Book) -> Iterator[tuple[pa.RecordBatch, pa.RecordBatch]]:
    """Batches in order, made a few ahead by as many workers as there are cores."""
    workers = min(os.cpu_count() or 1, 4)
    pending: list[Future[tuple[pa.RecordBatch, pa.RecordBatch]]] = []
    with ThreadPoolExecutor(workers) as pool:
        for low in range(0, len(book.line), SLICE):
            pending.append(pool.submit(rows, book, low, min(low + SLICE, len(book.line))))
            if len(pending) > workers:
                yield pending.pop(0).result()
        for last in pending:
            yield last.result()


def _exchanges(book: Book, out: Path, tick: Tick) -> None:
    plain = base64.b64encode(tables.EXCHANGES.schema.serialize().to_pybytes())
    writer: pq.ParquetWriter | None = None
    with pq.ParquetWriter(out / "truth" / "exchanges.parquet", TRUTH, compression="zstd", store_schema=False) as truth:
        written = 0
        for batch, told in _slices(book):
            if written % ROWS_A_FILE == 0:
                if writer is not None:
                    writer.close()
                name = f"part-{written // ROWS_A_FILE:05d}.parquet"
                writer = _writer(out / "exchanges" / name, plain)
            assert writer is not None
            writer.write_batch(batch, row_group_size=SLICE)
            truth.write_batch(told, row_group_size=SLICE)
            written += len(batch)
            tick(len(batch))
    if writer is not None:
        writer.close()


def _writer(path: Path, plain: bytes) -> pq.ParquetWriter:
    coded = [f.name for f in WRITTEN if pa.types.is_dictionary(f.type)]
    small = ["status", "temperature", "max_tokens", "n", "top_logprobs", "seed", "thinking_budget", "turn"]
    lists = ["tools.list.element", "modalities.list.element"]
    writer = pq.ParquetWriter(
        path, WRITTEN, compression="zstd", compression_level=1,
        use_dictionary=[*coded, *small, *lists], store_schema=False, write_statistics=["ts"],
    )  # fmt: skip
    writer.add_key_value_metadata({"ARROW:schema": plain.decode()})
    return writer


def _iso(ts: int) -> str:
    return datetime.fromtimestamp(ts / SECOND, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _named(values: npt.NDArray[Any], prefix: str, salt: int) -> pa.Array:
    """Shared identifiers as text; null where the number is negative."""
    text = hexadecimal(mix(values.astype(np.int64), salt), prefix)
    return pa.compute.if_else(pa.array(values >= 0), text, pa.scalar(None, pa.string()))


def _mails(ground: Ground, mail: npt.NDArray[Any]) -> pa.Array:
    """Mail domains: webmail, companies' own, universities'."""
    seeds = mix(mail.astype(np.int64), ground.seed + 77)
    coined = spelled(1, seeds).to_pylist()
    ends = (".com", ".io", ".net", ".dev", ".org", ".co")
    return pa.array(
        [
            WEBMAIL[m] if m < OWN_MAIL else f"{c}.edu" if m >= CAMPUS_MAIL else c + ends[int(s) % len(ends)]
            for m, c, s in zip(mail.tolist(), coined, seeds, strict=True)
        ]
    )


def _accounts(ground: Ground, accounts: Columns, ids: pa.Array, path: Path) -> None:
    seed = ground.seed
    late = accounts["suspended"] >= ground.shown
    status = np.where(late, 0, accounts["status"])
    ended = pa.array(np.maximum(accounts["suspended"], 0).astype(np.int64), tables.TIME, mask=status == 0)
    verified = np.asarray(accounts["verification"] > 0) & (accounts["verified"] < ground.end)
    reasons = pa.array(REASONS)
    table = pa.table(
        {
            "account_id": ids,
            "parent_account_id": ids.take(pa.array(accounts["parent"], mask=accounts["parent"] < 0)),
            "organization_id": _named(accounts["org"], "org_", seed + 11),
            "legal_entity_id": _named(accounts["legal"], "le_", seed + 12),
            "created_at": pa.array(accounts["created"].astype(np.int64), tables.TIME),
            "programme": pa.array(PROGRAMMES).take(pa.array(accounts["programme"])),
            "verification": pa.array(VERIFICATIONS).take(pa.array(accounts["verification"])),
            "verified_at": pa.array(accounts["verified"].astype(np.int64), tables.TIME, mask=~verified),
            "tier": pa.array(TIERS).take(pa.array(accounts["tier"])),
            "rate_limit_rpm": pa.array(np.array(LIMITS, np.int32)[accounts["tier"]]),
            "free_credit": pa.array(accounts["credit"].astype(np.float64)),
            "referral": _named(accounts["referral"], "", seed + 13),
            "email_domain": _mails(ground, accounts["mail"]),
            "phone_prefix": pa.array(
                [f"+{100 + p}" if p >= 0 else None for p in accounts["phone"].tolist()], pa.string()
            ),
            "payment_fingerprint": _named(accounts["card"], "pm_", seed + 14),
            "device_id": _named(accounts["device"], "dev_", seed + 15),
            "signup_ip": dotted(accounts["signup_ip"].astype(np.uint32)),
            "country": pa.array(COUNTRIES).take(pa.array(accounts["country"])),
            "content_retained": pa.array(accounts["retained"].astype(bool)),
            "status": pa.array(["active", "suspended"]).take(pa.array(status)),
            "suspended_at": ended,
            "suspended_reason": pa.compute.if_else(
                pa.array(status > 0),
                reasons.take(pa.array(np.maximum(accounts["reason"], 0))),
                pa.scalar(None, pa.string()),
            ),
        }
    ).cast(tables.ACCOUNTS.schema)
    table = table.filter(pa.array(accounts["created"] < ground.shown))
    _save(table.sort_by([("created_at", "ascending"), ("account_id", "ascending")]), path)


def _events(ground: Ground, accounts: Columns, ids: pa.Array, path: Path) -> None:
    """Suspensions within the window, some reinstatements, and cards that people change."""
    ended = np.flatnonzero((accounts["suspended"] >= ground.start) & (accounts["suspended"] < ground.shown))
    draw = mix(accounts["variant"], 301)
    card = np.flatnonzero((draw % np.uint64(1000) < np.uint64(25)) & (accounts["card"] >= 0))
    when = ground.start + (draw[card] >> np.uint64(20)).astype(np.int64) % (ground.days * DAY)
    card, when = card[when > accounts["created"][card]], when[when > accounts["created"][card]]
    verified = np.flatnonzero(
        (accounts["verified"] >= ground.start) & (accounts["verified"] < ground.end) & (accounts["verification"] > 0)
    )
    changed = _named(
        mix(accounts["card"][card].astype(np.int64), 5).astype(np.int64) & 0xFFFFFFFFFFFF, "pm_", ground.seed + 14
    )
    times = np.concatenate([accounts["suspended"][ended], when, accounts["verified"][verified]])
    table = pa.table(
        {
            "ts": pa.array(times.astype(np.int64), tables.TIME),
            "account_id": pa.concat_arrays([ids.take(pa.array(n)) for n in (ended, card, verified)]),
            "kind": pa.array(["suspended"] * len(ended) + ["card_changed"] * len(card) + ["verified"] * len(verified)),
            "value": pa.concat_arrays(
                [
                    pa.array(REASONS).take(pa.array(np.maximum(accounts["reason"][ended], 0))),
                    changed,
                    pa.array(VERIFICATIONS).take(pa.array(accounts["verification"][verified])),
                ]
            ),
        }
    ).cast(tables.ACCOUNT_EVENTS.schema)  # fmt: skip
    _save(table.sort_by([("ts", "ascending"), ("account_id", "ascending")]), path)


def _truth(ground: Ground, population: Population, line: Timeline, ids: pa.Array, path: Path) -> int:
    """Who is who. An account is hostile where any exchange of it that was written belongs to a campaign."""
    account = population.talks["account"][line.talk]
    theirs = population.talks["campaign"][line.talk]
    size = population.size
    taken = np.bincount(account[theirs >= 0], minlength=size)
    whole = np.bincount(account, minlength=size)
    campaign = np.full(size, -1)
    campaign[account[theirs >= 0]] = theirs[theirs >= 0]
    hostile = taken > 0
    hijacked = population.accounts["hijacked"].astype(bool)
    role = np.where(hijacked, 1, np.where(taken < 0.9 * whole, 2, 0))
    names = pa.array([*ground.campaigns, ""])
    null = pa.scalar(None, pa.string())
    table = pa.table(
        {
            "account_id": ids,
            "campaign_id": pa.compute.if_else(pa.array(hostile), names.take(pa.array(campaign % len(names))), null),
            "crowd": pa.array(ground.crowds).take(pa.array(population.accounts["crowd"])),
            "hostile": pa.array(hostile),
            "role": pa.compute.if_else(pa.array(hostile), pa.array(tables.ROLES).take(pa.array(role)), null),
        }
    ).cast(tables.TRUTH_ACCOUNTS.schema)
    _save(table.sort_by("account_id"), path)
    return int(hostile.sum())


def _releases(ground: Ground, releases: list[tuple[str, int]], path: Path) -> None:
    from iolaus.simulate.rows import MODELS

    with path.open("w", newline="") as file:
        sheet = csv.writer(file, lineterminator="\n")
        sheet.writerow(["model", "released_at"])
        sheet.writerows([model, _iso(ground.start - 200 * DAY)] for model in MODELS)
        sheet.writerows([model, _iso(when)] for model, when in releases)


def _save(table: pa.Table, path: Path) -> None:
    pq.write_table(table, path, compression="zstd")
