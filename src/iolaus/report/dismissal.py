"""`iolaus dismiss`: what a person found honest goes on the list that later scans respect."""

from __future__ import annotations

from pathlib import Path

import pyarrow.compute as pc

from iolaus.campaign.cleared import clear
from iolaus.campaign.grown import MORE_LIKELY
from iolaus.errors import InputError
from iolaus.report import results
from iolaus.report.plain import visible
from iolaus.tables import closest


def dismiss(folder: Path, campaign: str, account: str | None, cleared: Path, reason: str) -> int:
    """Put the accounts that more likely than not belong to a campaign, or one of them, on the list ``cleared``.

    Returns how many were not on it. Raises InputError where the campaign or the account is unknown, a result file is
    missing, or an id cannot stand in the list.
    """
    found = results.load(folder)
    known = {each.id for each in found.campaigns}
    if campaign not in known:
        hint = closest(campaign, known) or " Only campaigns accuse anybody."
        raise InputError(f"{folder}: no campaign '{visible(campaign)}'.{visible(hint)} Name one of campaigns.json.")
    members = found.members(campaign)
    ids = members.filter(pc.greater_equal(members["membership"], MORE_LIKELY))["account_id"].to_pylist()
    if account is not None:
        ids = [name for name in members["account_id"].to_pylist() if name == account]
        if not ids:
            raise InputError(
                f"{folder}: no account '{visible(account)}' in {visible(campaign)}. Take one of accounts.parquet."
            )
    return clear(cleared, f"{campaign}: {reason}" if reason else campaign, ids)
