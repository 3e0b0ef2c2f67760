"""Who may teach the provider's own mix."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from iolaus.campaign.judged import Judged, Outcome
from iolaus.campaign.teachers import accused_in, read_cleared, teachers
from iolaus.errors import InputError
from iolaus.findings import Verdict
from iolaus.link.population import Population
from iolaus.link.uses import Uses
from iolaus.tables import RESULT_ACCOUNTS

ACCOUNTS = pa.table(
    {
        "account_id": [f"a{number:02}" for number in range(20)],
        "suspended_reason": pa.array([None] * 18 + ["abuse", "payment"]),
    }
)


def judged(name: str, verdict: Verdict, accounts: list[int], members: dict[int, float] | None = None) -> Judged:
    """A cohort with what is looked at here."""
    candidate = SimpleNamespace(id=name, accounts=np.array(accounts, np.int32))
    found = members and SimpleNamespace(
        numbers=np.array(list(members), np.int32), membership=np.array(list(members.values()))
    )
    tested, judgement = SimpleNamespace(candidate=candidate), SimpleNamespace(verdict=verdict)
    return Judged(cast(Any, tested), cast(Any, judgement), {}, cast(Any, found))


COHORTS = [
    judged("x", "campaign", [0, 1, 2], {0: 0.99, 1: 0.99, 2: 0.99, 3: 0.6, 4: 0.2}),
    judged("u", "undetermined", [2, 5, 6]),
    judged("p", "concealed_pool", [7]),
    judged("d", "declared_harvest", [8]),
    judged("e", "explained", [9, 10]),
]
FOUND = Outcome(COHORTS, cast(Population, None), cast(Uses, None), len(COHORTS))


def results(folder: Path, accused: list[str]) -> Path:
    folder.mkdir()
    rows = [
        {
            "account_id": f"a{n:02}",
            "membership": 0.0,
            "accused": f"a{n:02}" in accused,
            "exchanges": 1,
            "assessed": True,
        }
        for n in range(20)
    ]
    pq.write_table(pa.Table.from_pylist(rows, schema=RESULT_ACCOUNTS.schema), folder / "accounts.parquet")
    return folder


def may(found: np.ndarray) -> list[int]:
    return np.flatnonzero(found).tolist()


def test_accused_and_unsettled_and_abusers_stay_out(tmp_path: Path) -> None:
    found = teachers(FOUND, ACCOUNTS, None, [results(tmp_path / "r", ["a12", "a01"])])
    assert may(found.may) == [4, 9, 10, 11, 13, 14, 15, 16, 17, 19]
    assert found.left_out == {
        "accused": 4, "accused in other results": 1, "suspended for abuse": 1, "unsettled": 4,
    }  # fmt: skip
    assert found.cleared == 0


def test_what_a_person_cleared_comes_in(tmp_path: Path) -> None:
    listed = tmp_path / "cleared.txt"
    listed.write_text("cohort-u  # asked them\n\na07\na18\n", "utf-8")
    found = teachers(FOUND, ACCOUNTS, listed, [])
    assert may(~found.may) == [0, 1, 2, 3, 8], "account 2 is of a cleared cohort, and of a campaign that nobody cleared"
    assert found.cleared == 4
    listed.write_text("campaign-x\n", "utf-8")
    assert may(~teachers(FOUND, ACCOUNTS, listed, []).may) == [5, 6, 7, 8, 18]
    listed.write_text("a02", "utf-8")
    assert teachers(FOUND, ACCOUNTS, listed, []).may[2], "an account that is named comes in whatever was said of it"


def test_no_account_table_and_no_cohort_leaves_everybody_in() -> None:
    nobody = Outcome([], cast(Population, None), cast(Uses, None), 0)
    found = teachers(nobody, ACCOUNTS.select(["account_id"]), None, [])
    assert found.may.all()
    assert not any(found.left_out.values())


def test_complaints_name_the_line_and_not_the_id(tmp_path: Path) -> None:
    listed = tmp_path / "cleared.txt"
    listed.write_text("a01\nsomebody@example\n", "utf-8")
    with pytest.raises(InputError, match=r"cleared\.txt:2: no account of these logs and no cohort") as told:
        read_cleared(listed, {"a01"}, set())
    assert "somebody" not in str(told.value)
    listed.write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="no UTF-8 text"):
        read_cleared(listed, set(), set())
    with pytest.raises(InputError, match="No such file"):
        read_cleared(tmp_path / "none.txt", set(), set())
    with pytest.raises(InputError, match=r"holds no accounts\.parquet"):
        accused_in([tmp_path / "none"])
    pq.write_table(pa.table({"colour": ["blue"]}), tmp_path / "accounts.parquet")
    with pytest.raises(InputError, match="not the accounts of a scan"):
        accused_in([tmp_path])
