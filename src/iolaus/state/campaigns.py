"""Ids of campaigns as tables of the state."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec
import pyarrow as pa

from iolaus.campaign.identity import Identity
from iolaus.findings import LineageEvent
from iolaus.state.folder import State
from iolaus.state.tables import KEPT_CAMPAIGNS, KEPT_MEMBERS

CAMPAIGNS, MEMBERS = "campaigns", "members"


def load(state: State) -> list[Identity]:
    """Every campaign that the state knows, the oldest first."""
    members: dict[str, dict[str, int]] = {}
    for row in state.table(MEMBERS, KEPT_MEMBERS).to_pylist():
        members.setdefault(row["campaign_id"], {})[row["account_id"]] = row["exchanges"]
    return [
        Identity(
            id=row["campaign_id"],
            first_alarm_at=row["first_alarm_at"],
            last_alarm_at=row["last_alarm_at"],
            words=frozenset(row["words"] or ()),
            members=members.get(row["campaign_id"], {}),
            lineage=tuple(msgspec.convert(event, LineageEvent) for event in row["lineage"] or ()),
        )
        for row in state.table(CAMPAIGNS, KEPT_CAMPAIGNS).to_pylist()
    ]


def write(known: Sequence[Identity], accounts: Collection[str], state: State, generation: int) -> dict[str, str]:
    """Write the tables of all campaigns; memberships only of ``accounts``. Returns name -> file."""
    campaigns = [
        {
            "campaign_id": one.id,
            "first_alarm_at": one.first_alarm_at,
            "last_alarm_at": one.last_alarm_at,
            "words": sorted(one.words),
            "lineage": [msgspec.to_builtins(event) for event in one.lineage],
        }
        for one in known
    ]
    members = [
        {"campaign_id": one.id, "account_id": name, "exchanges": exchanges}
        for one in known
        for name, exchanges in sorted(one.members.items())
        if name in accounts
    ]
    return {
        CAMPAIGNS: state.write_table(CAMPAIGNS, pa.Table.from_pylist(campaigns, KEPT_CAMPAIGNS.schema), generation),
        MEMBERS: state.write_table(MEMBERS, pa.Table.from_pylist(members, KEPT_MEMBERS.schema), generation),
    }
