"""Conversations by place, beside what SQL over the same rows says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from iolaus.campaign.timeline import by_account, by_day
from iolaus.engine.embedded import Embedded
from iolaus.link.candidates import Candidate
from iolaus.link.readings import sampled
from iolaus.link.settings import LinkSettings
from iolaus.link.uses import COLUMNS, Uses
from iolaus.settings import Settings

CONVERSATIONS, ACCOUNTS, PHRASES = 3_000, 40, 6
ASKED = np.array([1, 2, 3, 5, 8, 13, 21, 34], np.int32)
HOUR = 3_600_000_000
PRIVATE = -77


@pytest.fixture(scope="module")
def database() -> duckdb.DuckDBPyConnection:
    """Tables conversations and phrase_uses, of which a conversation may have several."""
    chance = np.random.default_rng(3)
    numbers = {name: chance.integers(0, 1 << 40, CONVERSATIONS) for name in COLUMNS}
    numbers["conversation"] = chance.permutation(CONVERSATIONS) * 7919 - 4_000_000
    numbers["account"] = chance.integers(0, ACCOUNTS, CONVERSATIONS).astype(np.int32)
    numbers["ts"] = chance.integers(0, 90, CONVERSATIONS) * HOUR
    numbers["exchanges"] = chance.integers(1, 9, CONVERSATIONS)
    numbers["readable"] = chance.random(CONVERSATIONS) < 0.9
    conversations = pa.table(numbers).sort_by([(name, "ascending") for name in ("account", "ts", "conversation")])
    used = [chance.choice(CONVERSATIONS, 40 << number, replace=False) for number in range(PHRASES)]
    rows = np.concatenate(used)
    uses = pa.table(
        {
            "phrase": (np.repeat(np.arange(PHRASES), [len(own) for own in used]).astype(np.int64) + 2 << 40) + 1,
            "account": conversations["account"].to_numpy()[rows],
            "conversation": conversations["conversation"].to_numpy()[rows],
        }
    )
    found = duckdb.connect()
    found.register("conversations", conversations)
    found.register("phrase_uses", uses)
    return found


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, database: duckdb.DuckDBPyConnection) -> Embedded:
    engine = Embedded(Settings().engine, tmp_path_factory.mktemp("scratch"))
    for name in ("conversations", "phrase_uses"):
        engine.register(name, database.table(name).to_arrow_table())
    engine.register("private_uses", private(engine))
    return engine


def private(engine: Embedded) -> pa.Table:
    """A phrase of a few accounts: every third conversation of two of them."""
    return engine.table(
        f"SELECT CAST({PRIVATE} AS BIGINT) AS phrase, account, conversation FROM conversations"
        " WHERE account IN (5, 8) AND conversation % 3 = 0"
    )


@pytest.fixture(scope="module")
def uses(tmp_path_factory: pytest.TempPathFactory, database: duckdb.DuckDBPyConnection, engine: Embedded) -> Uses:
    place = tmp_path_factory.mktemp("uses")
    pq.write_table(database.table("conversations").to_arrow_table(), place / "all.parquet")
    return Uses.made(place / "all.parquet", place, engine)


def told(phrases: tuple[int, ...]) -> str:
    """SQL: the distinct conversations of ``ASKED`` with any of the phrases."""
    return (
        f"(SELECT * FROM conversations WHERE account IN ({','.join(map(str, ASKED.tolist()))}) AND conversation IN"
        f" (SELECT conversation FROM phrase_uses WHERE phrase IN ({','.join(map(str, phrases))})))"
    )


def named(*numbers: int) -> tuple[int, ...]:
    return tuple((number + 2 << 40) + 1 for number in numbers)


@pytest.mark.parametrize("phrases", [named(0), named(0, 1), named(3, 4, 5), named(99)])
def test_a_cohort_is_cut_as_sql_would(
    phrases: tuple[int, ...], uses: Uses, database: duckdb.DuckDBPyConnection
) -> None:
    wanted = database.sql(f"SELECT {','.join(COLUMNS)} FROM {told(phrases)} ORDER BY account, ts, conversation")
    assert uses.table(uses.distinct(phrases, ASKED)).equals(wanted.to_arrow_table().select(list(COLUMNS)))


@pytest.mark.parametrize("phrases", [named(0), named(3, 4, 5), named(99)])
def test_days_and_accounts_add_up_as_in_sql(
    phrases: tuple[int, ...], uses: Uses, database: duckdb.DuckDBPyConnection
) -> None:
    wanted = database.sql(
        "SELECT ts // 86400000000 AS day, CAST(sum(exchanges) AS BIGINT), count(DISTINCT account), min(ts), max(ended)"
        f" FROM {told(phrases)} GROUP BY day ORDER BY day"
    ).fetchall()
    found = [(day.day, day.exchanges, day.accounts, day.first, day.last) for day in by_day(uses, phrases, ASKED)]
    assert found == wanted
    accounts, exchanges = by_account(uses, phrases, ASKED)
    by_sql = database.sql(
        f"SELECT account, CAST(sum(exchanges) AS BIGINT) FROM {told(phrases)} GROUP BY account ORDER BY account"
    )
    assert list(zip(accounts.tolist(), exchanges.tolist(), strict=True)) == by_sql.fetchall()


@pytest.mark.parametrize("phrases", [named(0), named(0, 1, 2), named(4, 5), named(99)])
@pytest.mark.parametrize("limit", [3, len(ASKED), 30, 10_000])
def test_requests_to_read_are_those_that_sql_would_choose(
    phrases: tuple[int, ...], limit: int, uses: Uses, engine: Embedded, database: duckdb.DuckDBPyConnection
) -> None:
    """One of each account by key, then seconds; who used two of the phrases counts twice."""
    wanted = database.sql(
        "SELECT seq, account FROM (SELECT seq, c.account, c.conversation,"
        " row_number() OVER (PARTITION BY c.account ORDER BY c.conversation) AS place"
        " FROM phrase_uses AS u JOIN conversations AS c USING (conversation)"
        f" WHERE phrase IN ({','.join(map(str, phrases))}) AND readable"
        f" AND c.account IN ({','.join(map(str, ASKED.tolist()))})) AS placed"
        f" ORDER BY place, conversation, seq LIMIT {limit}"
    ).fetchall()
    candidate = Candidate("one", (), phrases, ASKED, False, 0)
    found = sampled(engine, uses, [candidate], LinkSettings(words_per_cohort=limit))["one"]
    assert list(zip(found["seq"].to_pylist(), found["account"].to_pylist(), strict=True)) == wanted


def test_words_of_a_few_stand_beside_those_of_many(engine: Embedded, uses: Uses) -> None:
    told = uses.columns["conversation"][uses.each(PRIVATE)]
    assert sorted(told.tolist()) == sorted(private(engine)["conversation"].to_pylist()) != []


def test_admitted_accounts_are_cut_with_all_that_they_ask(database: duckdb.DuckDBPyConnection, uses: Uses) -> None:
    admitted = replace(uses, whole={9: uses.of(ASKED[2:5])})
    told = admitted.table(admitted.distinct((9,), ASKED[2:4]))["conversation"].to_pylist()
    wanted = database.sql(
        f"SELECT conversation FROM conversations WHERE account IN ({ASKED[2]}, {ASKED[3]})"
    ).fetchall()
    assert sorted(told) == sorted(name for (name,) in wanted)
    assert uses.of(np.zeros(0, np.int32)).tolist() == []
    assert len(uses.each(9)) == 0, "the phrase was admitted for one view only"


def test_without_phrases_nothing_is_found(tmp_path: Path, engine: Embedded) -> None:
    empty = engine.table("SELECT * FROM conversations WHERE account < 0")
    pq.write_table(empty, tmp_path / "none.parquet")
    other = Embedded(Settings().engine, tmp_path / "scratch")
    for name in ("phrase_uses", "private_uses"):
        other.register(name, engine.table(f"SELECT * FROM {name} WHERE phrase = 0"))
    found = Uses.made(tmp_path / "none.parquet", tmp_path, other)
    assert len(found.distinct(named(0, 1), ASKED)) == 0
    assert by_day(found, named(0), ASKED) == []
