"""Time to live: which UTC days are kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

STRAY = 0.001
"""Share of the exchanges that may lie after the newest day: a clock gone wrong must not make weeks of logs old."""


def oldest_kept(days: Mapping[str, int], keep_days: int) -> str:
    """The first day (YYYY-MM-DD) that is kept, given exchanges by day; '' where there are none.

    The newest day is that before which all exchanges but a stray share lie.
    """
    total, seen = sum(days.values()), 0
    for day in sorted(days):
        seen += days[day]
        if seen >= (1 - STRAY) * total:
            return (date.fromisoformat(day) - timedelta(keep_days - 1)).isoformat()
    return ""
