"""Time to live: which UTC days are kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from iolaus.state.settings import StateSettings


def oldest_kept(days: Mapping[str, int], settings: StateSettings) -> str:
    """The first day (YYYY-MM-DD) that is kept, given exchanges by day; '' where there are none.

    The newest day is that up to which all exchanges but ``stray_share`` lie: a clock gone wrong must not make weeks of
    logs old.
    """
    total, seen = sum(days.values()), 0
    for day in sorted(days):
        seen += days[day]
        if seen >= (1 - settings.stray_share) * total:
            return (date.fromisoformat(day) - timedelta(settings.keep_days - 1)).isoformat()
    return ""
