"""`iolaus dismiss`: the accounts of a campaign go on the list."""

from __future__ import annotations

from pathlib import Path

import pytest

from iolaus.campaign.cleared import listed
from iolaus.errors import InputError
from iolaus.report import results
from iolaus.report.dismissal import dismiss

from . import fixture


def test_likely_members_of_a_campaign_are_cleared_and_no_others(tmp_path: Path) -> None:
    folder = fixture.two_campaigns(tmp_path / "out")
    campaign = results.load(folder).campaigns[0].id
    rows = results.load(folder).members(campaign).to_pylist()
    wanted = {row["account_id"] for row in rows if row["membership"] >= 0.5}
    assert dismiss(folder, campaign, None, tmp_path / "list", "a class") == len(wanted)
    assert set(listed(tmp_path / "list").values()) == wanted
    assert (tmp_path / "list").read_text().startswith(f"# {campaign}: a class\n")


def test_one_account_is_cleared_alone(tmp_path: Path) -> None:
    folder = fixture.two_campaigns(tmp_path / "out")
    campaign = results.load(folder).campaigns[0].id
    name = str(results.load(folder).members(campaign)["account_id"][0].as_py())
    assert dismiss(folder, campaign, name, tmp_path / "list", "") == 1
    assert list(listed(tmp_path / "list").values()) == [name]


def test_unknown_names_are_answered_with_the_nearest(tmp_path: Path) -> None:
    folder = fixture.two_campaigns(tmp_path / "out")
    campaign = results.load(folder).campaigns[0].id
    with pytest.raises(InputError, match=campaign):
        dismiss(folder, campaign + "0", None, tmp_path / "list", "")
    with pytest.raises(InputError, match="no account 'nobody'"):
        dismiss(folder, campaign, "nobody", tmp_path / "list", "")
    assert not (tmp_path / "list").exists()
