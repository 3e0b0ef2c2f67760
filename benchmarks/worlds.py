"""Seeded traffic in normal form, for speed: as many exchanges as one asks for, of any length, in bounded memory.

    python -m benchmarks.worlds FOLDER --exchanges N [--shape short|long] [--seed N]

Words are the simulator's, which draws them by rank; a writer keeps to four topics and to habits of their own.
One exchange in a hundred belongs to a campaign, so that a scan that is fast and blind is seen at once.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from iolaus import tables
from iolaus.simulate.apps import APPS
from iolaus.simulate.compose import Messages, compose
from iolaus.simulate.digits import dotted, hexadecimal
from iolaus.simulate.draws import below, choose, mix, normal, unit
from iolaus.simulate.ground import DAY, SECOND, Ground, Ints, addresses, parse_day

DAYS = 7
EXCHANGES_AN_ACCOUNT = 60
CAMPAIGN_SHARE = 0.01
SLICE_BYTES = 24_000_000
"""Bytes of prompts that are made at a time; a row group each."""

ROWS_A_FILE = 500_000
HONEST_GROUPS = ("ask", "code", "task", "maths", "ticket", "dataask")
TEMPLATE, ITEMS = "trace", "maths"
PERSONAL = tuple(number for number, app in enumerate(APPS) if app.pathway != "web" and not app.tools)
TURNS = 2.0


@dataclass(frozen=True)
class Shape:
    """How long prompts are: mean bytes, log-normal deviation, and the group of which the rest of a text is made."""

    name: str
    mean_bytes: int
    deviation: float
    filler: str
    filler_bytes: int


SHORT = Shape("500 bytes", 500, 0.5, "ask", 126)
LONG = Shape("8 kB", 8_000, 0.9, "document", 500)
"""ServeGen's tenants have a mean of 2,000 input tokens, about 8 kB, with a heavy tail."""

SHAPES = {"short": SHORT, "long": LONG}


@dataclass(frozen=True)
class Made:
    """What was written: where, how much, and which accounts the campaign has."""

    folder: str
    exchanges: int
    accounts: int
    prompt_bytes: int
    seconds: float
    hostile: list[str]


@dataclass(frozen=True)
class _Plan:
    """Columns of all exchanges in order of time; ``hostile`` accounts are the last ones."""

    ground: Ground
    shape: Shape
    accounts: int
    first_hostile: int
    account: Ints
    talk: Ints
    turn: Ints
    ts: Ints
    homes: npt.NDArray[np.uint32]
    systems: pa.Array


def make(folder: Path, exchanges: int, shape: Shape = SHORT, seed: int = 0) -> Made:
    """Write ``exchanges/part-*.parquet`` and ``accounts.parquet`` of a world under ``folder``."""
    began = time.perf_counter()
    (folder / "exchanges").mkdir(parents=True)
    plan = _plan(exchanges, shape, seed)
    written = 0
    writer: pq.ParquetWriter | None = None
    for count, batch in enumerate(_batches(plan)):
        if writer is None or written % ROWS_A_FILE + len(batch) > ROWS_A_FILE:
            if writer is not None:
                writer.close()
            writer = _writer(folder / "exchanges" / f"part-{count:05d}.parquet")
        writer.write_batch(batch)
        written += len(batch)
    if writer is not None:
        writer.close()
    ids = _ids(plan, np.arange(plan.accounts))
    _accounts(plan, ids, folder / "accounts.parquet")
    return Made(
        str(folder),
        written,
        plan.accounts,
        prompt_bytes(folder / "exchanges"),
        time.perf_counter() - began,
        ids.slice(plan.first_hostile).to_pylist(),
    )


def prompt_bytes(folder: Path) -> int:
    """Bytes of prompts, without system prompts, of a folder of Parquet files."""
    total = 0
    for path in sorted(folder.glob("*.parquet")):
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(columns=["prompt"]):
                total += pc.sum(pc.binary_length(batch.column(0))).as_py() or 0
    return total


def _plan(exchanges: int, shape: Shape, seed: int) -> _Plan:
    ground = Ground(seed, parse_day("2026-03-02"), DAYS)
    rng = ground.generator()
    accounts = max(exchanges // EXCHANGES_AN_ACCOUNT, 30)
    hostile = max(round(accounts * CAMPAIGN_SHARE), 24)
    honest = accounts - hostile
    volume = np.exp(rng.normal(0, 0.8, honest))
    wanted = round(exchanges * (1 - CAMPAIGN_SHARE) / TURNS * 1.02)
    talks = [rng.choice(honest, wanted, p=volume / volume.sum())]
    talks.append(honest + rng.integers(0, hostile, round(exchanges * CAMPAIGN_SHARE)))
    account = np.concatenate(talks)
    turns = np.where(account < honest, rng.geometric(1 / TURNS, len(account)), 1)
    start = ground.start + _hours(rng, account)
    talk = np.repeat(np.arange(len(account)), turns)
    turn = np.arange(len(talk)) - np.repeat(np.cumsum(turns) - turns, turns)
    ts = start[talk] + turn * 45 * SECOND + (unit(talk * 64 + turn, 8) * 30 * SECOND).astype(np.int64)
    order = np.argsort(ts, kind="stable")[:exchanges]
    own = ground.lexicon.groups["sys_own"]
    taste = mix(np.arange(2_000), seed + 3)
    systems = _texts(ground, taste, mix(taste, 4), np.full(2_000, own), np.full(2_000, -1), np.ones(2_000, np.int64))
    return _Plan(
        ground, shape, accounts, honest, account[talk[order]], talk[order], turn[order], ts[order],
        addresses(rng, "home", accounts), systems,
    )  # fmt: skip


def _hours(rng: np.random.Generator, account: Ints) -> Ints:
    """Start of each conversation within the window: every account has a time of day of its own."""
    middle = unit(account, 31) * 24
    hour = (middle + rng.normal(0, 3.5, len(account))) % 24
    day = rng.integers(0, DAYS, len(account))
    return (day * DAY + hour / 24 * DAY).astype(np.int64)


def _batches(plan: _Plan) -> Iterator[pa.RecordBatch]:
    rows = max(256, SLICE_BYTES // plan.shape.mean_bytes)
    for low in range(0, len(plan.account), rows):
        yield _batch(plan, low, min(low + rows, len(plan.account)))


def _batch(plan: _Plan, low: int, high: int) -> pa.RecordBatch:
    account, talk, turn = plan.account[low:high], plan.talk[low:high], plan.turn[low:high]
    draw = mix(talk * 64 + turn, plan.ground.seed + 17)
    app = np.array(PERSONAL)[below(account, 5, len(PERSONAL))]
    agents = pa.array([agent for a in APPS for agent in a.agents[:3]] + [None])
    variant = below(account, 6, 3)
    first = np.cumsum([0] + [len(a.agents[:3]) for a in APPS])
    width = np.array([len(a.agents[:3]) for a in APPS])
    system = pc.if_else(
        pa.array(unit(account, 33) < 0.5),
        plan.systems.take(pa.array(below(account, 34, len(plan.systems)))),
        pa.scalar(None, pa.large_string()),
    )
    prompt = _prompts(plan, account, talk, turn)
    made: dict[str, pa.Array] = {
        "exchange_id": hexadecimal(mix(draw, 1)),
        "ts": pa.array(plan.ts[low:high], tables.TIME),
        "account_id": _ids(plan, account),
        "key_id": hexadecimal(mix(account, 7)),
        "model": pa.array(["orion-large-3", "orion-mid-3"]).take(pa.array(choose(account, 8, (0.4, 0.6)))),
        "endpoint": pa.array([a.endpoint for a in APPS]).take(pa.array(app)),
        "pathway": pa.array([a.pathway for a in APPS]).take(pa.array(app)),
        "status": pa.array(np.full(high - low, 200), pa.int16()),
        "finish_reason": pa.array(["stop"]).take(pa.array(np.zeros(high - low, np.int64))),
        "ip": dotted(_addresses(plan, account, talk)),
        "user_agent": agents.take(pa.array(first[app] + variant % width[app])),
        "conversation_id": hexadecimal(mix(talk, plan.ground.seed + 5)),
        "turn": pa.array((2 * turn).astype(np.int32)),
        "root_hash": pa.array(mix(talk, 9).view(np.int64)),
        "system_prompt": system,
        "prompt": prompt,
        "text_state": pa.array(["present"]).take(pa.array(np.zeros(high - low, np.int64))),
        "input_tokens": pa.array((pc.binary_length(prompt).to_numpy() / 4).astype(np.int32)),
        "output_tokens": pa.array(np.minimum(250 * np.exp(0.8 * normal(draw, 95)), 8192).astype(np.int32)),
    }
    schema = tables.EXCHANGES.schema
    return pa.RecordBatch.from_arrays(
        [made[field.name].cast(field.type) if field.name in made else pa.nulls(high - low, field.type)
         for field in schema],
        schema=schema,
    )  # fmt: skip


def _prompts(plan: _Plan, account: Ints, talk: Ints, turn: Ints) -> pa.Array:
    """Each prompt: its opening, then as many sentences of the same writer and topic as its length asks for."""
    groups, shape = plan.ground.lexicon.groups, plan.shape
    item = mix(talk * 64 + turn, plan.ground.seed + 23)
    hostile = account >= plan.first_hostile
    # One hand: whoever sends it, the list of work has the tastes of nobody.
    author = np.where(hostile, mix(talk, 61), mix(account, plan.ground.seed + 29))
    usual = np.array([groups[name] for name in HONEST_GROUPS])[choose(account, 24, (4, 2, 1, 1, 1, 1))]
    opening = np.where(hostile, groups[ITEMS], usual)
    opening = np.where((turn > 0) & ~hostile, groups["ask_more"], opening)
    target = shape.mean_bytes * np.exp(shape.deviation * normal(item, 25) - shape.deviation**2 / 2)
    pieces = 1 + np.maximum(0, np.round(target / shape.filler_bytes) - 1).astype(np.int64)
    row = np.repeat(np.arange(len(account)), pieces)
    starts = np.cumsum(pieces) - pieces
    place = np.arange(len(row)) - starts[row]
    group = np.where(place == 0, opening[row], groups[shape.filler])
    group = np.where((place > 0) & hostile[row], groups[ITEMS], group)
    wrapper = np.where((place == 0) & hostile[row], groups[TEMPLATE], -1)
    flat = _texts(plan.ground, author[row], mix(item[row], 26) + place.astype(np.uint64), group, wrapper, place * 0)
    edges = pa.array(np.append(starts, len(row)).astype(np.int32))
    lists = pa.ListArray.from_arrays(edges, flat.cast(pa.string()))
    return pc.binary_join(lists, " ")


def _texts(
    ground: Ground, author: npt.NDArray[np.uint64], item: npt.NDArray[np.uint64], group: Ints, wrapper: Ints, turn: Ints
) -> pa.Array:
    rows = len(group)
    wordings = np.where(wrapper >= 0, 2, 1)
    topic = ground.topics_of(author, item)
    none = np.full(rows, -1)
    return compose(ground.lexicon, Messages(author, item, turn, topic, group, wrapper, wordings, none, wrapper >= 0))


def _addresses(plan: _Plan, account: Ints, talk: Ints) -> npt.NDArray[np.uint32]:
    """Honest accounts have an address each; the campaign's share a pool of a fifth as many."""
    size = max((plan.accounts - plan.first_hostile) // 5, 4)
    leased = plan.first_hostile + below(mix(talk, 41), 42, size)
    return plan.homes[np.where(account >= plan.first_hostile, leased, account)]


def _ids(plan: _Plan, account: Ints) -> pa.Array:
    return hexadecimal(mix(account, plan.ground.seed + 901), "acct_")


def _accounts(plan: _Plan, ids: pa.Array, path: Path) -> None:
    number = np.arange(plan.accounts)
    hostile = number >= plan.first_hostile
    age = np.where(hostile, 3 + 2 * unit(number, 51), 30 + 700 * unit(number, 52)) * DAY
    card = np.where(hostile, -1 - below(number, 53, max(int(hostile.sum()) // 6, 3)), number)

    def named(values: Ints, prefix: str, salt: int) -> pa.Array:
        return hexadecimal(mix(values, salt), prefix)

    columns: dict[str, Callable[[], pa.Array]] = {
        "account_id": lambda: ids,
        "created_at": lambda: pa.array((plan.ground.start - age).astype(np.int64), tables.TIME),
        "programme": lambda: pa.array(["standard"]).take(pa.array(number * 0)),
        "verification": lambda: pa.array(["email", "card"]).take(pa.array(below(number, 54, 2))),
        "email_domain": lambda: pa.array([f"mail{n}.example" for n in below(number, 55, 40).tolist()]),
        "payment_fingerprint": lambda: named(card, "pm_", 56),
        "device_id": lambda: named(number, "dev_", 57),
        "signup_ip": lambda: dotted(plan.homes),
        "content_retained": lambda: pa.array(np.ones(plan.accounts, bool)),
        "status": lambda: pa.array(["active"]).take(pa.array(number * 0)),
    }
    schema = tables.ACCOUNTS.schema
    made = [columns[f.name]().cast(f.type) if f.name in columns else pa.nulls(len(number), f.type) for f in schema]
    pq.write_table(pa.Table.from_arrays(made, schema=schema), path, compression="zstd")


def _writer(path: Path) -> pq.ParquetWriter:
    whole = {"exchange_id", "ts", "prompt", "root_hash", "conversation_id"}
    return pq.ParquetWriter(
        path,
        tables.EXCHANGES.schema,
        compression="zstd",
        compression_level=1,
        use_dictionary=[name for name in tables.EXCHANGES.names if name not in whole],
        write_statistics=["ts"],
    )


def main() -> None:
    """Write one world, and what it is as world.json."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--exchanges", type=int, required=True)
    parser.add_argument("--shape", choices=SHAPES, default="short")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    made = make(asked.folder, asked.exchanges, SHAPES[asked.shape], asked.seed)
    (asked.folder / "world.json").write_text(json.dumps(asdict(made)) + "\n", "utf-8")


if __name__ == "__main__":
    main()
