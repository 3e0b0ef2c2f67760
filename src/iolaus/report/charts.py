"""Charts as plain ECharts options: made here, drawn by the page, readable in grey and in print.

Direction and fill carry what colour carries too: evidence for a question lies right and is dark,
evidence against lies left, and a piece that does not count is only outlined.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence
from typing import Any

from iolaus.findings import QUESTIONS, Campaign, Day, Evidence
from iolaus.report.plain import signed, visible

INK = "#1c2430"
MUTED = "#55606e"
GRID = "#e3e6ea"
FOR = "#1f4e79"
AGAINST = "#c07a2c"
MEMBERSHIP_BINS = 10

Option = dict[str, Any]

_TEXT = {"color": INK, "fontFamily": "system-ui, -apple-system, 'Segoe UI', Roboto, Arial, sans-serif"}
QUIET: Option = {"axisLine": {"lineStyle": {"color": MUTED}}, "axisTick": {"show": False}}
"""An axis that names and does not shout."""


def in_order(evidence: Sequence[Evidence]) -> list[Evidence]:
    """Evidence by question, counted pieces first, the strongest of them first."""
    return sorted(
        evidence,
        key=lambda e: (QUESTIONS.index(e.question), not e.counted, -abs(e.log10_bf), e.family, e.kind),
    )


def evidence(campaign: Campaign) -> Option:
    """Diverging bars: one piece of evidence a row, its log10 Bayes factor to the right (for) or left.

    A row that only names the question stands above the evidence on it.
    """
    rows: list[str | Evidence] = []
    for question in QUESTIONS:
        pieces = [piece for piece in in_order(campaign.evidence) if piece.question == question]
        rows += [question, *pieces] if pieces else []
    option = base() | {
        "grid": {"left": 216, "right": 16, "top": 4, "bottom": 44},
        "xAxis": _reach([piece.log10_bf for piece in campaign.evidence])
        | {
            "type": "value",
            "name": "← against     log10 Bayes factor     for →",
            "nameLocation": "middle",
            "nameGap": 26,
            "nameTextStyle": {"color": MUTED},
            "splitLine": {"lineStyle": {"color": GRID}},
            "axisLabel": {"color": MUTED},
        },
        "yAxis": QUIET
        | {
            "type": "category",
            "inverse": True,
            "data": [_row_name(row) for row in rows],
            "axisLine": {"show": False},
            "axisLabel": {"color": INK, "width": 204, "overflow": "truncate", "interval": 0},
        },
        "series": [{"type": "bar", "barWidth": 14, "data": [None if isinstance(r, str) else _bar(r) for r in rows]}],
    }
    label = {"width": 116, "fontSize": 10, "lineHeight": 11, "overflow": "break"}
    narrow = {"grid": {"left": 124, "right": 4}, "yAxis": {"axisLabel": label}}
    return drawing(52 + 23 * len(rows), option, narrow)


def _reach(values: Sequence[float]) -> Option:
    """Ends of the axis: whole steps beyond the strongest pieces, with room for their labels."""
    low, high = min([0.0, *values]), max([0.0, *values])
    left, right = max(1, math.ceil(-low * 1.2)), max(1, math.ceil(high * 1.3))
    return {"min": -left, "max": right, "interval": max(1, math.ceil((left + right) / 12))}


def _row_name(row: str | Evidence) -> Option:
    if isinstance(row, str):
        return {"value": row.capitalize(), "textStyle": {"fontWeight": "bold"}}
    return {"value": f"{row.family} · {visible(row.kind).replace('_', ' ')}"}


def _bar(piece: Evidence) -> Option:
    colour = FOR if piece.log10_bf >= 0 else AGAINST
    style: Option = {"color": colour, "borderColor": colour, "borderWidth": 1}
    if not piece.counted:
        style = {"color": "#f2f3f5", "borderColor": "#8a939e", "borderWidth": 1, "borderType": "dashed"}
    return {
        "value": round(piece.log10_bf, 6),
        "itemStyle": style,
        "label": {
            "show": True,
            "position": "right" if piece.log10_bf >= 0 else "left",
            "formatter": signed(piece.log10_bf) + ("" if piece.counted else " not counted"),
            "color": INK if piece.counted else MUTED,
            "fontSize": 11,
        },
    }


def timeline(campaign: Campaign) -> Option:
    """Exchanges a day above, accounts that made them below, over the same days."""
    days = every_day(campaign.timeline)
    names = [day.date for day in days]
    panels = [
        {"left": 64, "right": 40, "top": 26, "height": 120},
        {"left": 64, "right": 40, "top": 182, "height": 60},
    ]
    titles = ("exchanges a day", "active accounts")
    option = base() | {
        "tooltip": {"trigger": "axis", "renderMode": "richText", "axisPointer": {"type": "shadow"}},
        "grid": panels,
        "xAxis": [
            QUIET | {"type": "category", "gridIndex": 0, "data": names, "axisLabel": {"show": False}},
            QUIET
            | {"type": "category", "gridIndex": 1, "data": names}
            | {"axisLabel": {"color": MUTED, "hideOverlap": True}},
        ],
        "yAxis": [_amounts(index, title) for index, title in enumerate(titles)],
        "series": [
            _columns("exchanges", [day.exchanges for day in days], FOR) | {"xAxisIndex": 0, "yAxisIndex": 0},
            _columns("accounts", [day.accounts for day in days], MUTED) | {"xAxisIndex": 1, "yAxisIndex": 1},
        ],
    }
    return drawing(272, option)


def every_day(timeline: Sequence[Day]) -> list[Day]:
    """The time line in order, with the silent days between as zeros, so that gaps are seen."""
    known = {day.date: day for day in sorted(timeline, key=lambda day: day.date)}
    try:
        dates = [datetime.date.fromisoformat(date) for date in known]
    except ValueError:
        return list(known.values())
    if not dates:
        return []
    whole = [dates[0] + datetime.timedelta(days=n) for n in range((dates[-1] - dates[0]).days + 1)]
    return [known.get(str(date), Day(date=str(date), exchanges=0, accounts=0)) for date in whole]


def membership(values: Sequence[float]) -> tuple[list[str], list[int]]:
    """Labels and counts of accounts in ten equal steps of membership from 0 to 1; 1 is in the last."""
    counts = [0] * MEMBERSHIP_BINS
    for value in values:
        counts[min(MEMBERSHIP_BINS - 1, max(0, int(value * MEMBERSHIP_BINS)))] += 1
    width = 1 / MEMBERSHIP_BINS
    return [f"{n * width:.1f}–{(n + 1) * width:.1f}" for n in range(MEMBERSHIP_BINS)], counts


def membership_chart(values: Sequence[float]) -> Option:
    """How sure the scan is of each member: accounts by step of membership."""
    labels, counts = membership(values)
    option = base() | {
        "grid": {"left": 64, "right": 40, "top": 26, "bottom": 44},
        "xAxis": QUIET
        | {
            "type": "category",
            "data": labels,
            "name": "membership",
            "nameLocation": "middle",
            "nameGap": 28,
            "nameTextStyle": {"color": MUTED},
            "axisLabel": {"color": MUTED, "fontSize": 11, "hideOverlap": True},
        },
        "yAxis": _amounts(0, "accounts"),
        "series": [
            _columns("accounts", counts, FOR)
            | {"barCategoryGap": "12%", "label": {"show": True, "position": "top", "color": INK}}
        ],
    }
    return drawing(204, option)


def drawing(height: int, option: Option, narrow: Option | None = None) -> Option:
    """Height in pixels and the option, with what changes on boxes narrower than 560 pixels."""
    media = [{"query": {"maxWidth": 560}, "option": narrow}, {"option": {}}] if narrow else []
    return {"height": height, "options": {"baseOption": option, "media": media}}


def base() -> Option:
    """What every option begins with."""
    return {"animation": False, "textStyle": _TEXT, "backgroundColor": "transparent"}


def _amounts(index: int, title: str) -> Option:
    return {
        "type": "value",
        "gridIndex": index,
        "name": title,
        "nameLocation": "end",
        "nameTextStyle": {"color": MUTED, "align": "left", "padding": [0, 0, 0, -52]},
        "minInterval": 1,
        "splitNumber": 3,
        "splitLine": {"lineStyle": {"color": GRID}},
        "axisLabel": {"color": MUTED},
    }


def _columns(name: str, values: Sequence[int], colour: str) -> Option:
    return {
        "type": "bar",
        "name": name,
        "data": list(values),
        "itemStyle": {"color": colour},
        "barMaxWidth": 46,
    }
