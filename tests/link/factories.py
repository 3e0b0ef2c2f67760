"""Small populations and cohorts, made from arrays: what kinds of evidence and explanations look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from iolaus.link.cohort import Cohort
from iolaus.link.held import KNOWN, SEEN, SIGNUP
from iolaus.link.population import HOUR, Adoption, Floats, Holders, Numbers, Population

START = 1_767_571_200_000_000
"""Monday 2026-01-05 00:00 UTC in microseconds."""

DAY = 24 * HOUR
DIMENSIONS = 128
SECRET_WORDS = ("zyxomma", "quibblefrost", "vantbrake", "ostrelune")
"""Words that stand in the requests of every made cohort and nowhere else."""

INTEGERS = [
    "exchanges",
    "readable",
    "active_days",
    "active_hours",
    "hours_of_day",
    "output_tokens",
    "input_tokens",
    "models",
    "agents",
    "tls_clients",
    "blocks",
    "asns",
    "systems",
    "temperatures",
    "limits",
    "from_datacentre",
    "with_logprobs",
    "most_answers",
]
TEXT_COLUMNS = [
    "organization_id",
    "legal_entity_id",
    "parent_account_id",
    "programme",
    "verification",
    "tier",
    "referral",
    "email_domain",
    "phone_prefix",
    "payment_fingerprint",
    "device_id",
    "signup_ip",
    "status",
    "suspended_reason",
]
TIME_COLUMNS = ("created_at", "verified_at", "suspended_at")


@dataclass(frozen=True)
class Asked:
    """Conversations of everybody: who, when, what about (float64[m, d]) and what they said, by whole text."""

    account: npt.NDArray[np.int32]
    ts: Numbers
    topics: Floats
    text: Numbers

    def __len__(self) -> int:
        return len(self.account)


def tastes(rng: np.random.Generator, accounts: int, ratio: float, dimensions: int = DIMENSIONS) -> Floats:
    """float64[accounts, d]: what each account is about; ``ratio`` of its variance to that of one request."""
    return rng.normal(0, np.sqrt(ratio), (accounts, dimensions))


def asked(
    rng: np.random.Generator,
    account: npt.NDArray[np.int32],
    interests: Floats,
    days: int = 7,
    own_hours: bool = True,
) -> Asked:
    """Requests of ``account`` (int32[m], ascending numbers) around ``interests``, by day or around the clock."""
    count = len(account)
    habit = rng.uniform(0, 24, int(account.max(initial=0)) + 1)
    hour = (habit[account] + rng.normal(0, 2, count)) % 24 if own_hours else rng.uniform(0, 24, count)
    ts = START + rng.integers(0, days, count) * DAY + (hour * HOUR).astype(np.int64)
    topics = interests[account] + rng.normal(0, 1, (count, interests.shape[1]))
    return Asked(account, ts, topics, rng.integers(1, 2**62, count))


def vectors(topics: Floats) -> npt.NDArray[np.int8]:
    """Unit vectors as the sketch keeps them."""
    length = np.maximum(np.linalg.norm(topics, axis=1, keepdims=True), 1e-9)
    return np.round(topics / length * 127).astype(np.int8)


def conversations(seen: Asked, members: npt.NDArray[np.int32]) -> tuple[pa.Table, Floats]:
    """Rows of the conversation table of ``members`` in its order, and their topics in the same order."""
    rows = np.flatnonzero(np.isin(seen.account, members))
    rows = rows[np.lexsort((rows, seen.ts[rows], seen.account[rows]))]
    count = len(rows)
    zero = np.zeros(count, np.int64)
    columns: dict[str, Any] = {
        "conversation": rows.astype(np.int64) * 7919 + 1,
        "account": seen.account[rows].astype(np.int32),
        "ts": seen.ts[rows],
        "ended": seen.ts[rows] + 1_000_000,
        "seq": np.arange(count, dtype=np.int64),
        "text": seen.text[rows],
        "words": np.full(count, 40, np.int32),
        **dict.fromkeys(("system", "tools", "model", "pathway", "agent", "tls", "key", "end_user"), zero),
        **dict.fromkeys(("address", "block", "asn", "reasoning_ref"), zero),
        "network": np.zeros(count, np.int8),
        "max_tokens": np.full(count, -1, np.int32),
        "thinking_budget": np.zeros(count, np.int32),
        "temperature_milli": np.full(count, -1000, np.int32),
        "exchanges": np.ones(count, np.int64),
        "readable": np.ones(count, bool),
        "output_tokens": np.full(count, 300, np.int64),
        "input_tokens": np.full(count, 100, np.int64),
        "reasoning_tokens": zero,
        "top_logprobs": np.zeros(count, np.int32),
        "answers": np.ones(count, np.int32),
    }
    return pa.table(columns), seen.topics[rows]


def account_table(seen: Asked, count: int, known: Mapping[str, list[Any]] | None = None) -> pa.Table:
    """Fingerprint and account table of ``count`` accounts; ``known`` replaces or adds columns (None: leave out)."""
    had = np.bincount(seen.account, minlength=count)
    columns: dict[str, pa.Array] = {
        "account": pa.array(range(count), pa.int32()),
        "account_id": pa.array([f"acct-Q{number:05d}" for number in range(count)]),
        "conversations": pa.array(had, pa.int64()),
        **{name: pa.array(had, pa.int64()) for name in INTEGERS},
        "blocks": pa.array(np.minimum(had, 2), pa.int64()),
        "with_logprobs": pa.array(np.zeros(count), pa.int64()),
        "most_answers": pa.array(np.ones(count), pa.int64()),
        **{name: pa.array(np.ones(count)) for name in ("gap_cv", "duty_cycle", "spread")},
        "assessed": pa.array(had >= 3),
        **{name: pa.nulls(count, pa.string()) for name in TEXT_COLUMNS},
        **{name: pa.nulls(count, pa.int64()) for name in TIME_COLUMNS},
    }
    for name, values in (known or {}).items():
        kind = pa.int64() if name in TIME_COLUMNS else columns[name].type if name in columns else pa.string()
        columns[name] = pa.array(values, kind)
    return pa.table(columns)


def people(rng: np.random.Generator, count: int) -> dict[str, list[Any]]:
    """Account columns of ordinary persons: each with a card, a device and an address of its own."""
    return {
        "created_at": (START - rng.integers(1, 400 * 24, count) * HOUR).tolist(),
        "verification": rng.choice(["email", "phone", "card"], count).tolist(),
        "programme": ["standard"] * count,
        "status": ["active"] * count,
        "payment_fingerprint": [f"card-{rng.integers(1 << 40)}" for _ in range(count)],
        "device_id": [f"device-{rng.integers(1 << 40)}" for _ in range(count)],
        "signup_ip": [f"198.51.{n // 250}.{n % 250}" for n in range(count)],
        "email_domain": rng.choice(["mail.example", "post.example", "inbox.example"], count).tolist(),
        "phone_prefix": rng.choice(["+1555", "+4455", "+4955"], count).tolist(),
    }


def population(
    seen: Asked,
    count: int,
    known: Mapping[str, list[Any]] | None = None,
    holders: Mapping[str, Holders] | None = None,
    strangers: Floats | None = None,
    has_accounts: bool = True,
) -> Population:
    """Everyone of ``seen``. ``holders`` adds to those that the account columns give."""
    accounts = account_table(seen, count, known)
    everyone = np.arange(count, dtype=np.int32)
    hours = (seen.ts - START) // HOUR
    held = {
        name: Holders.of(everyone, coded(accounts[name].to_pylist()))
        for name in (*KNOWN, SIGNUP)
        if name in accounts.column_names
    }
    none = Holders.of(everyone, np.zeros(count, np.int64))
    held |= dict.fromkeys(SEEN, none)
    samples = {"topics": strangers if strangers is not None else strangers_of(seen)}
    return Population(
        accounts,
        held | dict(holders or {}),
        np.bincount(hours, minlength=1).astype(np.int64),
        START,
        has_accounts,
        None,
        samples,
    )


def coded(values: list[str | None]) -> Numbers:
    """Equal values get equal numbers from 1, None gets 0."""
    names = {value: place for place, value in enumerate(sorted({v for v in values if v is not None}), 1)}
    return np.array([names[v] if v is not None else 0 for v in values], np.int64)


def strangers_of(seen: Asked) -> Floats:
    """Topics of one request of each account."""
    _, first = np.unique(seen.account, return_index=True)
    return vectors(seen.topics[first]).astype(np.float64) if len(first) else np.zeros((0, seen.topics.shape[1]))


def cohort(
    everyone: Population,
    seen: Asked,
    members: npt.NDArray[np.int32],
    words: tuple[str, ...] | None = None,
    outside_words: tuple[str, ...] | None = None,
    changed: Mapping[str, npt.NDArray[Any]] | None = None,
) -> Cohort:
    """The accounts ``members`` with all their conversations; ``changed`` replaces conversation columns."""
    table, topics = conversations(seen, members)
    for name, values in (changed or {}).items():
        table = table.set_column(table.column_names.index(name), name, pa.array(values))
    said = tuple(f"please tell me about {SECRET_WORDS[n % 4]} and {SECRET_WORDS[n // 4 % 4]}" for n in range(64))
    outside = said if outside_words is None else outside_words
    others = np.setdiff1d(np.arange(len(everyone)), members) if len(everyone) > len(members) else np.array([-1])
    return Cohort(
        id="0123456789ab",
        selected_by="words",
        phrases=(11, 12),
        numbers=np.sort(members).astype(np.int32),
        accounts=everyone.accounts.take(pa.array(np.sort(members))),
        conversations=table,
        topics=vectors(topics),
        names=np.zeros((len(table), 0), np.uint32),
        topic_rows=np.arange(len(table), dtype=np.int64),
        words=said if words is None else words,
        outside_words=outside,
        outside_authors=tuple(np.resize(others, len(outside)).tolist()),
    )


def each(accounts: int, uses: int, first: int = 0) -> npt.NDArray[np.int32]:
    """int32[accounts * uses]: every account ``uses`` times, ascending."""
    return np.repeat(np.arange(first, first + accounts, dtype=np.int32), uses)


def made(
    seed: int,
    accounts: int = 40,
    uses: int = 12,
    others: int = 200,
    queue: bool = False,
    dimensions: int = DIMENSIONS,
) -> tuple[Cohort, Population]:
    """A cohort among others: people with interests and hours of their own, or one queue dealt around the clock.

    The accounts of the cohort are spread over the numbers, as ids that sort anyhow would spread them.
    """
    rng = np.random.default_rng(seed)
    count = accounts + others
    members = np.sort(rng.choice(count, accounts, replace=False)).astype(np.int32)
    interests = tastes(rng, count, 0.3, dimensions)
    if queue:
        interests[members] = 0
    everybody = asked(rng, each(count, uses), interests)
    if queue:
        mine = np.isin(everybody.account, members)
        ts = np.where(mine, START + rng.integers(0, 7 * DAY, len(everybody)), everybody.ts)
        everybody = replace(everybody, ts=ts)
    known = people(rng, count)
    known["referral"] = [f"code-{n}" if n % 4 == 0 else None for n in range(count)]
    block = rng.integers(1, 1 << 40, count)
    if queue:
        block[members] = rng.integers(1, 6, accounts)
        known["referral"] = ["code-batch" if n in members else code for n, code in enumerate(known["referral"])]
    holders = {"block": Holders.of(np.arange(count, dtype=np.int32), block)}
    if queue:
        holders["handed"] = passed_on(rng, members)
    everyone = population(everybody, count, known, holders)
    if queue:
        everyone = replace(everyone, releases=(released(count, members),))
    return cohort(everyone, everybody, members), everyone


def released(count: int, members: npt.NDArray[np.int32]) -> Adoption:
    """Every second of ``members`` moved to a new model, and every tenth of all others, with one client."""
    numbers = np.arange(count, dtype=np.int32)
    mine = np.isin(numbers, members)
    place = np.where(mine, np.cumsum(mine) * 5, np.cumsum(~mine))
    return Adoption(numbers, place % 10 == 0, np.tile([7, 0, 0], (count, 1)))


def passed_on(rng: np.random.Generator, members: npt.NDArray[np.int32]) -> Holders:
    """Four conversations for each of ``members`` that two of them had part in."""
    pairs = np.stack([rng.permutation(members) for _ in range(8)]).reshape(4, 2, -1)
    values = np.broadcast_to(np.arange(1, 4 * len(members) + 1).reshape(4, 1, -1), pairs.shape)
    return Holders.of(pairs.ravel(), values.ravel(), np.full(pairs.size, 1))


def said(rng: np.random.Generator, subjects: tuple[str, ...], count: int) -> tuple[str, ...]:
    """Requests about some of ``subjects``, which are single words, no two alike in what they add."""
    plain = (
        "garden",
        "music",
        "travel",
        "bread",
        "winter",
        "school",
        "letter",
        "market",
        "bridge",
        "river",
        "doctor",
        "island",
    )
    return tuple(
        f"what should I know about {rng.choice(subjects)} and {rng.choice(plain)} number {rng.integers(1000)}"
        for _ in range(count)
    )


def harvest(seed: int, accounts: int = 60, others: int = 1_000, own: bool = True) -> tuple[Cohort, Population]:
    """A cohort whose accounts are as many as a two-sample test needs; its requests are of other things if ``own``."""
    rng = np.random.default_rng(seed)
    found, everyone = made(seed, accounts, 2, others)
    usual = (
        "history",
        "football",
        "cooking",
        "painting",
        "weather",
        "family",
        "holiday",
        "cinema",
        "finance",
        "health",
    )
    outside = np.setdiff1d(np.arange(len(everyone), dtype=np.int32), found.numbers)
    return replace(
        found,
        words=said(rng, ("integrals", "lemmas", "matrices", "primes") if own else usual, accounts),
        authors=tuple(found.numbers.tolist()),
        outside_words=said(rng, usual, len(outside)),
        outside_authors=tuple(outside.tolist()),
    ), everyone


def shuffled(found: Cohort, seed: int) -> Cohort:
    """The same cohort with its conversations in another order."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(found.conversations))
    place = np.argsort(order)
    mixed = rng.permutation(len(found.topic_rows))
    return replace(
        found,
        conversations=found.conversations.take(pa.array(order)),
        topic_rows=place[found.topic_rows][mixed],
        topics=found.topics[mixed],
        names=found.names[mixed],
    )


def renamed(found: Cohort, everyone: Population, seed: int) -> tuple[Cohort, Population]:
    """The same accounts under other ids and, since ids sort otherwise, other numbers."""
    rng = np.random.default_rng(seed)
    new = rng.permutation(len(everyone)).astype(np.int32)
    old = np.argsort(new)
    accounts = everyone.accounts.take(pa.array(old))
    ids = pa.array([f"user-{n:06d}" for n in range(len(everyone))])
    accounts = accounts.set_column(accounts.column_names.index("account_id"), "account_id", ids)
    accounts = accounts.set_column(
        accounts.column_names.index("account"), "account", pa.array(range(len(accounts)), pa.int32())
    )
    holders = {name: Holders.of(new[held.accounts], held.values, held.sorts) for name, held in everyone.holders.items()}
    releases = tuple(renumbered_adoption(adoption, new) for adoption in everyone.releases)
    renumbered = replace(everyone, accounts=accounts, holders=holders, releases=releases)
    numbers = np.sort(new[found.numbers]).astype(np.int32)
    table = found.conversations
    table = table.set_column(table.column_names.index("account"), "account", pa.array(new[found.column("account")]))
    order = np.lexsort((found.column("conversation"), found.column("ts"), table["account"].to_numpy()))
    place = np.argsort(order)
    rows = place[found.topic_rows]
    sort = np.argsort(rows)
    return (
        replace(
            found,
            numbers=numbers,
            accounts=accounts.take(pa.array(numbers)),
            conversations=table.take(pa.array(order)),
            topic_rows=rows[sort],
            topics=found.topics[sort],
            names=found.names[sort],
            authors=tuple(int(new[author]) for author in found.authors),
            outside_authors=tuple(int(new[author]) for author in found.outside_authors),
        ),
        renumbered,
    )


def renumbered_adoption(adoption: Adoption, new: npt.NDArray[np.int32]) -> Adoption:
    """The same where account n is ``new[n]``."""
    order = np.argsort(new[adoption.accounts])
    return Adoption(new[adoption.accounts][order], adoption.moved[order], adoption.programs[order])


def unknown(found: Cohort, everyone: Population, absent: bool = False) -> tuple[Cohort, Population]:
    """The same traffic where the account table says nothing: columns of nulls, or no such columns."""
    names = [*TEXT_COLUMNS, *TIME_COLUMNS]
    if absent:
        accounts = everyone.accounts.drop_columns(names)
        held = {name: everyone.holders[name] for name in SEEN}
    else:
        accounts = everyone.accounts
        for name in names:
            place = accounts.column_names.index(name)
            accounts = accounts.set_column(place, name, pa.nulls(len(accounts), accounts.schema.field(name).type))
        held = {name: everyone.holders[name] for name in everyone.holders}
        held |= {n: Holders.of(np.zeros(0, np.int32), np.zeros(0, np.int64)) for n in (*KNOWN, SIGNUP)}
    unheard = replace(everyone, accounts=accounts, holders=held, has_accounts=not absent)
    return replace(found, accounts=accounts.take(pa.array(found.numbers))), unheard


def first(found: Cohort, rows: int) -> Cohort:
    """Only the first ``rows`` conversations; all of its accounts stay."""
    kept = found.topic_rows < rows
    return replace(
        found,
        conversations=found.conversations.slice(0, rows),
        topics=found.topics[kept],
        names=found.names[kept],
        topic_rows=found.topic_rows[kept],
        words=found.words[:rows],
    )


def alone(found: Cohort) -> Cohort:
    """Only the first account, with its conversations."""
    rows = int((found.member == 0).sum())
    cut = first(found, rows)
    return replace(cut, numbers=found.numbers[:1], accounts=found.accounts.slice(0, 1))
