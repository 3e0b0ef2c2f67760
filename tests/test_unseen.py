"""What a scan could not look at is said, and nothing is where there was enough."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pyarrow as pa
import pytest

from iolaus import tables
from iolaus.engine import Engine, EngineSettings, open_engine
from iolaus.unseen import unseen

ACCOUNTS = [f"a{n}" for n in range(10)]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = open_engine(EngineSettings(), tmp_path / "scratch")
    yield opened
    opened.close()


def said(engine: Engine, known: list[dict[str, Any]], assessed: int = 10, table: bool = True, read: int = 100) -> str:
    seen = {"account_id": ACCOUNTS, "assessed": [n < assessed for n in range(10)], "exchanges": [10] * 10}
    engine.register("fingerprints", pa.table(seen))
    engine.register("known", pa.Table.from_pylist(known, schema=tables.ACCOUNTS.schema))
    return "; ".join(unseen(cast(Any, SimpleNamespace(exchanges=read, has_account_table=table)), engine))


def people(**columns: str) -> list[dict[str, Any]]:
    return [{"account_id": name} | columns for name in ACCOUNTS]


def test_enough_is_known_of_everybody(engine: Engine) -> None:
    assert said(engine, people(device_id="d")) == ""
    assert said(engine, people(organization_id="o")) == ""


@pytest.mark.parametrize(
    ("known", "told"),
    [
        ([], "0 of the 10 accounts of the logs are in the account table"),
        (people(), "of 10 of the 10 accounts the account table says nothing of whose they are"),
        (people()[:8] + people(device_id="d")[8:], "of 8 of the 10 accounts the account table says nothing"),
    ],
)
def test_what_the_account_table_lacks(engine: Engine, known: list[dict[str, Any]], told: str) -> None:
    assert told in said(engine, known)


def test_no_table_no_log_and_nothing_assessed(engine: Engine) -> None:
    assert "nobody is accused" in said(engine, [], table=False)
    assert "none of the 10 accounts could be assessed" in said(engine, people(device_id="d"), assessed=0)
    assert said(engine, [], read=0) == "no exchange was read: there was nothing to look at"
