"""One slice of the time line as a record batch in the schema of exchanges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from iolaus import tables
from iolaus.simulate.accounts import Columns
from iolaus.simulate.apps import APPS, App
from iolaus.simulate.compose import Messages, compose
from iolaus.simulate.digits import dotted, hexadecimal
from iolaus.simulate.draws import below, choose, mix, unit
from iolaus.simulate.ground import DAY, HOUR, Ground, Ints
from iolaus.simulate.sizes import failed, sizes
from iolaus.simulate.timeline import Timeline, drawn

MODELS = ("orion-large-3", "orion-mid-3", "orion-small-3")
_NO_GROUP = -1
FALLS_BACK = 0.4
"""Share of retries that a gateway sends to another model."""

TOOL_TURNS = 0.7
"""Share of an agent's later turns that carry tool results and no user text."""


@dataclass(frozen=True)
class Book:
    """Everything that rows look up, made once a world."""

    ground: Ground
    accounts: Columns
    talks: Columns
    line: Timeline
    addresses: npt.NDArray[np.uint32]
    account_ids: pa.Array
    systems: pa.Array
    system_of: Ints
    plays: dict[str, Ints]
    releases: list[tuple[str, int]]


def rows(book: Book, low: int, high: int) -> tuple[pa.RecordBatch, pa.RecordBatch]:
    """Exchanges ``low .. high - 1`` of the time line, and their truth."""
    talk = book.line.talk[low:high].astype(np.int64)
    turn = book.line.turn[low:high].astype(np.int64)
    attempt = book.line.attempt[low:high].astype(np.int64)
    ts = book.line.ts[low:high]
    talks = {name: values[talk] for name, values in book.talks.items()}
    account = talks["account"].astype(np.int64)
    owner = {
        name: book.accounts[name][account] for name in ("variant", "retained", "book", "book_size", "lease", "adopts")
    }
    first = drawn(talk, turn, np.zeros_like(attempt), book.ground.seed)
    draw = np.where(attempt > 0, drawn(talk, turn, attempt, book.ground.seed), first)
    made: dict[str, Any] = {
        "exchange_id": hexadecimal(mix(draw, 1)),
        "ts": pa.array(ts, tables.TIME),
        "account_id": _coded(book.account_ids, account),
        "model": _model(book, talks["app"].astype(np.int64), owner, ts, first, attempt),
        "conversation_id": hexadecimal(mix(talk, book.ground.seed + 5)),
        "turn": pa.array((turn * 2).astype(np.int32)),
        "root_hash": pa.array(_signed(mix(talks["item"], 3))),
        "ip": dotted(book.addresses[_address(owner, talks, ts, talk)]),
    }
    made |= _client(talks["app"].astype(np.int64), owner["variant"])
    made |= _text(book, talks, account, turn, owner["retained"])
    made |= sizes(talks, owner["variant"], turn, draw, made, failed(book.ground, draw, ts))
    made |= _links(book, talks, turn, talk, draw, made)
    made |= _attempts(talks["app"].astype(np.int64), first, attempt)
    batch = pa.RecordBatch.from_arrays(
        [_column(made.get(field.name), field, high - low) for field in WRITTEN], schema=WRITTEN
    )
    names = pa.array([*book.ground.campaigns, None], pa.string())
    campaign = np.where(talks["campaign"] < 0, len(book.ground.campaigns), talks["campaign"])
    truth = pa.RecordBatch.from_arrays(
        [made["exchange_id"], _coded(names, campaign, nulls=talks["campaign"] < 0)],
        schema=TRUTH,
    )
    return batch, truth


_CODED = ("account_id", "key_id", "model", "endpoint", "pathway", "finish_reason", "user_agent", "tls_fingerprint",
          "system_prompt", "text_state", "response_format")  # fmt: skip
WRITTEN = pa.schema(
    [
        pa.field(f.name, pa.dictionary(pa.int32(), f.type if f.name == "system_prompt" else pa.string()), f.nullable)
        if f.name in _CODED
        else f
        for f in tables.EXCHANGES.schema
    ]
)
"""Exchanges as they are handed to the writer: columns of few values are dictionaries; files hold plain text."""
TRUTH = pa.schema(
    [pa.field("exchange_id", pa.string(), False), pa.field("campaign_id", pa.dictionary(pa.int32(), pa.string()))]
)


def _column(values: Any, field: pa.Field, count: int) -> pa.Array:
    if values is None:
        return pa.nulls(count, field.type)
    if isinstance(values, np.ndarray):
        return pa.array(values, field.type)
    return values


def _coded(names: pa.Array, index: Ints, nulls: npt.NDArray[np.bool_] | None = None) -> pa.DictionaryArray:
    used, place = np.unique(index, return_inverse=True)
    taken = names.take(pa.array(used)).fill_null("").dictionary_encode()
    place = taken.indices.to_numpy()[place]
    return pa.DictionaryArray.from_arrays(pa.array(place.astype(np.int32), mask=nulls), taken.dictionary)


def _signed(values: npt.NDArray[np.uint64]) -> Ints:
    return values.view(np.int64)


def _address(owner: Columns, talks: Columns, ts: Ints, talk: Ints) -> Ints:
    """Where a request comes from: mostly the account's main address; on a pool, the one that is leased."""
    size = owner["book_size"].astype(np.int64)
    roam = unit(mix(talk, 9), 3)
    own = np.where(roam < 0.72, 0, (unit(mix(talk, 9), 4) * size).astype(np.int64))
    lease = np.maximum(owner["lease"], 1).astype(np.int64)
    period = (ts + owner["variant"] % (lease * HOUR)) // (lease * HOUR)
    leased = (unit(mix(owner["variant"], 51) + mix(period, 52), 53) * size).astype(np.int64)
    usual = owner["book"].astype(np.int64) + np.where(owner["lease"] > 0, leased, own)
    spell = mix(talks["account"], 10) + mix(ts // (60 * HOUR), 11)
    there = (unit(spell, 4) * talks["place_size"]).astype(np.int64)
    elsewhere = talks["place"].astype(np.int64) + there
    return np.where((talks["place"] >= 0) & (unit(mix(talk, 12), 4) < 0.6), elsewhere, usual)


def _model(
    book: Book, app: Ints, owner: Columns, ts: Ints, draw: npt.NDArray[np.uint64], attempt: Ints
) -> pa.DictionaryArray:
    usual = choose(owner["variant"], 21, (0.34, 0.42, 0.24))
    model = np.where(unit(draw, 22) < 0.86, usual, choose(draw, 23, (0.34, 0.42, 0.24)))
    adopts = owner["adopts"].astype(np.float64)
    for n, (_, released) in enumerate(book.releases):
        delay = np.where(adopts < 0, unit(owner["variant"], 24), 0.1 + 14 * (adopts / 600) ** 2) * DAY
        moved = (ts > released + delay) & (adopts < 600) & (unit(draw, 25 + n) < np.where(adopts < 0, 0.96, 0.8))
        model = np.where(moved, len(MODELS) + n, model)
    falls = (attempt > 0) & np.array([a.again.falls_back for a in APPS])[app] & (unit(draw, 28) < FALLS_BACK)
    model = np.where(falls, (model + 1) % len(MODELS), model)
    return _coded(pa.array([*MODELS, *(name for name, _ in book.releases)]), model)


def _client(app: Ints, variant: npt.NDArray[Any]) -> dict[str, Any]:
    """What the program sends: each field is the account's choice among what its program offers."""
    made: dict[str, Any] = {}
    fields: tuple[tuple[str, str, Any], ...] = (
        ("user_agent", "agents", pa.string()), ("tls_fingerprint", "prints", pa.string()),
        ("temperature", "temperature", pa.float32()), ("max_tokens", "max_tokens", pa.int32()),
        ("thinking_budget", "thinking", pa.int32()), ("response_format", "formats", pa.string()),
        ("seed", "seeds", pa.int64()), ("n", "answers", pa.int32()), ("top_logprobs", "logprobs", pa.int32()),
    )  # fmt: skip
    for number, (column, name, kind) in enumerate(fields):
        choices = [getattr(a, name) for a in APPS]
        first = np.cumsum([0] + [len(c) for c in choices])[:-1]
        size = np.array([len(c) for c in choices])
        values = pa.array([value for c in choices for value in c], kind)
        place = first[app] + (unit(variant, 30 + number) * size[app]).astype(np.int64)
        if kind == pa.string():
            made[column] = _coded(values, place, nulls=values.is_null().to_numpy(False)[place])
        else:
            made[column] = values.take(pa.array(place))
    for column in ("endpoint", "pathway"):
        made[column] = _coded(pa.array([getattr(a, column) for a in APPS]), app)
    tools = pa.array([list(a.tools) or None for a in APPS], tables.STRINGS)
    made["tools"] = tools.take(pa.array(app))
    made["modalities"] = pa.array([list(a.modalities) for a in APPS], tables.STRINGS).take(pa.array(app))
    api = np.array([a.pathway != "web" for a in APPS])[app]
    keys = mix(variant, 77) + below(variant, 78, 3).astype(np.uint64)
    used, place = np.unique(keys, return_inverse=True)
    names = hexadecimal(used)
    made["key_id"] = pa.DictionaryArray.from_arrays(pa.array(place.astype(np.int32), mask=~api), names)
    return made


def _text(book: Book, talks: Columns, account: Ints, turn: Ints, retained: npt.NDArray[Any]) -> dict[str, Any]:
    play = {name: values[talks["play"]] for name, values in book.plays.items()}
    acts = np.array([bool(a.tools) for a in APPS])[talks["app"].astype(np.int64)]
    silent = (turn > 0) & acts & (unit(mix(talks["item"], 5) + turn.astype(np.uint64), 6) < TOOL_TURNS)
    group = np.where(turn > 0, play["more"], play["opening"])
    group = np.where(silent | ~retained.astype(bool), _NO_GROUP, group)
    first = turn == 0
    messages = Messages(
        author=talks["author"].astype(np.uint64),
        item=talks["item"].astype(np.uint64),
        turn=turn,
        topic=talks["topic"].astype(np.int64),
        group=group,
        wrapper=np.where(first, play["wrapper"], -1),
        wordings=play["wordings"],
        tail=np.where(first, play["tail"], -1),
        plain=(play["plain"] > 0) & first,
    )
    system = book.system_of[account * len(APPS) + talks["app"]]
    hidden = ~retained.astype(bool)
    return {
        "prompt": compose(book.ground.lexicon, messages),
        "system_prompt": _coded(book.systems, system, nulls=hidden | (system == 0)),
        "text_state": _coded(pa.array(["present", "not_retained"]), hidden.astype(np.int64)),
    }


def _attempts(app: Ints, first: npt.NDArray[np.uint64], attempt: Ints) -> dict[str, Any]:
    """Ids by which a provider sees that a request is another's retry, where the program sends any.

    Some name every request, and its retries alike; some say which exchange they repeat; browsers just ask again.
    ``first``: draw of the first attempt.
    """
    named = np.array([a.again.names_request for a in APPS])[app]
    tells = (attempt > 0) & np.array([a.again.names_first for a in APPS])[app]
    null = pa.scalar(None, pa.string())
    return {
        "request_id": pa.compute.if_else(pa.array(named), hexadecimal(mix(first, 2), "req_"), null),
        "retry_of": pa.compute.if_else(pa.array(tells), hexadecimal(mix(first, 1)), null),
    }


def _links(
    book: Book, talks: Columns, turn: Ints, talk: Ints, draw: npt.NDArray[np.uint64], made: dict[str, Any]
) -> dict[str, Any]:
    """Fields that point elsewhere: end users, tool results, replayed reasoning."""
    app = talks["app"].astype(np.int64)
    tools = np.array([bool(a.tools) for a in APPS])[app] & (turn > 0)
    replays = (book.plays["replay"][talks["play"]] > 0) & (turn == 0)
    keeps = tools & made["thinking_budget"].is_valid().to_numpy(False)
    given = np.where(talks["signed"] >= 0, mix(talks["signed"].astype(np.int64), 75), mix(talks["author"], 71))
    reference = np.where(replays, _signed(given), _signed(mix(talk * 64 + turn, 72)))
    users = np.array([a.end_users for a in APPS])[app]
    user = hexadecimal(mix(talks["account"].astype(np.int64) * 1_000 + below(talks["item"], 73, 300), 74))
    return {
        "tool_result_hash": pa.array(_signed(mix(draw, 70)), mask=~tools),
        "reasoning_ref": pa.array(reference, mask=~(replays | keeps)),
        "client_user": pa.compute.if_else(pa.array(users), user, pa.scalar(None, pa.string())),
        "prefill": pa.array(np.zeros(len(turn), bool), mask=np.array([a.pathway == "web" for a in APPS])[app]),
    }


def systems(ground: Ground, accounts: Columns, pairs: Ints) -> tuple[pa.Array, Ints]:
    """Distinct system prompts, the first of them empty, and which one each account and program uses.

    ``pairs``: account * number of programs + program, of all that occur.
    """
    count = len(accounts["created"])
    of = np.zeros(count * len(APPS), np.int64)
    texts: list[pa.Array] = [pa.array([""], pa.large_string())]
    size = 1
    for number, app in enumerate(APPS):
        if app.system is None:
            continue
        mine = pairs[pairs % len(APPS) == number]
        own = app.system.startswith("own:")
        taste = accounts["taste"][mine // len(APPS)].astype(np.uint64) if own else np.zeros(1, np.uint64)
        made = _system_texts(ground, app, taste)
        of[mine] = size + (np.arange(len(mine)) if own else 0)
        texts.append(made)
        size += len(made)
    return pa.concat_arrays(texts), of


def _system_texts(ground: Ground, app: App, taste: npt.NDArray[np.uint64]) -> pa.Array:
    count = len(taste)
    ones = np.ones(count, np.int64)
    group = ground.lexicon.groups[(app.system or "").removeprefix("own:")]
    item = mix(taste, 19)
    return compose(
        ground.lexicon,
        Messages(taste, item, ones * 0, ground.topics_of(taste, item), ones * group, -ones, ones, -ones, ones > 0),
    )
