"""Declared organisations are set apart from whoever uses their words, and only they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest

from iolaus.campaign.apart import DAY, Declared, declared, set_apart
from iolaus.campaign.settings import CampaignSettings
from iolaus.engine import EngineSettings
from iolaus.engine.embedded import Embedded
from iolaus.link.candidates import Candidate
from iolaus.link.population import Population
from link import factories

SETTINGS = CampaignSettings()
SEATS, OTHERS = 30, 50
FIRM = Declared(np.repeat([7, -1], [SEATS, OTHERS]).astype(np.int64), 3)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Embedded]:
    made = Embedded(EngineSettings(threads=1), tmp_path)
    made.register("conversations", pa.table({"account": pa.array(range(80), pa.int32()), "ts": [100 * DAY] * 80}))
    yield made
    made.close()


def people(verification: str, age_days: int) -> Population:
    """The first 30 of 80 accounts are of one organisation."""
    _, everyone = factories.made(1, 40, 4, 40)
    changed = {
        "organization_id": pa.array(["firm"] * SEATS + [None] * OTHERS, pa.string()),
        "verification": pa.array([verification] * SEATS + ["card"] * OTHERS, pa.string()),
        "created_at": pa.array([100 * DAY - age_days * DAY] * 80, pa.int64()),
    }
    table = everyone.accounts.slice(0, 80)
    for name, column in changed.items():
        table = table.set_column(table.column_names.index(name), name, column)
    return replace(everyone, accounts=table)


@pytest.mark.parametrize(
    ("verification", "age_days", "seats"), [("business", 60, 30), ("business", 2, 0), ("card", 60, 0)]
)
def test_an_organisation_is_declared_where_it_is_verified_and_older_than_its_traffic(
    verification: str, age_days: int, seats: int, engine: Embedded
) -> None:
    found = declared(people(verification, age_days), engine, SETTINGS)
    assert (found.entity >= 0).sum() == seats
    assert found.among(np.arange(80, dtype=np.int32)).sum() == seats


def test_an_account_or_two_of_an_organisation_are_not_set_apart() -> None:
    assert not FIRM.among(np.array([0, 1, 40, 41], np.int32)).any()
    assert FIRM.among(np.array([0, 1, 2, 40], np.int32)).tolist() == [True, True, True, False]


def candidate(name: str, accounts: npt.ArrayLike, uses: int = 800) -> Candidate:
    return Candidate(name, ("words",), (11,), np.asarray(accounts, np.int32), False, uses)


def test_a_firm_and_who_copies_it_are_judged_each_by_itself() -> None:
    parts = set_apart([candidate("a", range(80)), candidate("b", range(79), 700)], FIRM, SETTINGS, 8)
    assert [part.id for part in parts] == ["a-apart", "b-apart", "a-declared-1"]
    assert parts[0].accounts.tolist() == list(range(30, 80))
    assert parts[2].accounts.tolist() == list(range(30))
    assert parts[2].conversations == 300


def test_a_firm_that_is_nearly_all_of_a_cohort_stays_in_it() -> None:
    own = candidate("own", range(31))
    parts = set_apart([own, candidate("a", range(80))], FIRM, SETTINGS, 8)
    assert [part.id for part in parts] == ["own", "a-apart"]


def test_too_few_to_be_a_cohort_are_left_out_and_strangers_to_any_firm_are_untouched() -> None:
    assert [part.id for part in set_apart([candidate("c", range(25, 60))], FIRM, SETTINGS, 8)] == ["c-apart"]
    alone = candidate("d", range(40, 80))
    assert set_apart([alone], FIRM, SETTINGS, 8) == [alone]
