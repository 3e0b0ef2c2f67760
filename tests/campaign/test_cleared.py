"""The list of accounts that a person found honest, and what it explains."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from iolaus.campaign.cleared import clear, cleared_accounts, listed
from iolaus.campaign.explanations import cleared as explanation
from iolaus.campaign.settings import CampaignSettings
from iolaus.errors import InputError
from link import factories

SETTINGS = CampaignSettings()


def test_a_list_grows_by_what_is_not_on_it(tmp_path: Path) -> None:
    path = tmp_path / "cleared.txt"
    assert clear(path, "campaign-1: a class", ["a", "b"]) == 2
    assert clear(path, "campaign-2", ["b", "c"]) == 1
    assert clear(path, "campaign-2", ["b", "c"]) == 0
    assert path.read_text() == "# campaign-1: a class\na\nb\n# campaign-2\nc\n"
    assert listed(path) == {2: "a", 3: "b", 5: "c"}


@pytest.mark.parametrize("name", ["a#b", " a", "a\nb", "a\x1b[2J"])
def test_an_id_that_cannot_stand_on_a_line_is_refused_whole(tmp_path: Path, name: str) -> None:
    path = tmp_path / "cleared.txt"
    with pytest.raises(InputError, match="account 2 has an id"):
        clear(path, "x", ["a", name])
    assert not path.exists()


def test_a_reason_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--reason"):
        clear(tmp_path / "cleared.txt", "one\ntwo", ["a"])


def test_ids_that_the_logs_do_not_hold_are_left(tmp_path: Path) -> None:
    path = tmp_path / "cleared.txt"
    path.write_text("b # a teacher\nelsewhere\n\n")
    accounts = pa.table({"account_id": pa.array(["a", "b", "c"], pa.large_string())})
    assert cleared_accounts(path, accounts).tolist() == [1]
    assert cleared_accounts(None, accounts).tolist() == []


def test_a_list_that_is_missing_or_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cleared\.txt"):
        listed(tmp_path / "cleared.txt")
    (tmp_path / "cleared.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="one id a line"):
        listed(tmp_path / "cleared.txt")


@pytest.mark.parametrize(("share", "held"), [(0.5, False), (0.9, True)])
def test_a_list_explains_a_cohort_that_it_covers_and_pardons_no_other(share: float, held: bool) -> None:
    cohort, everyone = factories.made(3)
    known = cohort.numbers[: round(share * len(cohort.numbers))]
    found = explanation.weigh(cohort, replace(everyone, cleared=known), {}, SETTINGS)
    assert found is not None
    assert found.held is held


def test_where_nobody_was_cleared_nothing_is_said() -> None:
    cohort, everyone = factories.made(3)
    assert explanation.weigh(cohort, everyone, {}, SETTINGS) is None
    known = np.setdiff1d(np.arange(len(everyone)), cohort.numbers).astype(np.int32)
    assert explanation.weigh(cohort, replace(everyone, cleared=known), {}, SETTINGS) is None
