"""Figures of an evaluation as chart options; the numbers of each stand in a table of the same page."""

from __future__ import annotations

from collections.abc import Sequence

from iolaus.evaluate.calibration import Calibration
from iolaus.evaluate.evaluation import Evaluation
from iolaus.report.charts import AGAINST, FOR, GRID, INK, MUTED, QUIET, Option, base, drawing

ROW, FRAME = 24, 76
"""Pixels of a bar's row, and of what stands around them."""


def figures(found: Evaluation) -> dict[str, Option]:
    """Name of a figure -> option; those without data are left out."""
    drawn: dict[str, Option] = {}
    if found.accounts.by_campaign:
        drawn["recall"] = _recall(found)
    if found.leaks:
        drawn["leak"] = _leak(found)
    if found.leak_curve:
        drawn["curve"] = _curve(found)
    if any(each.auroc is not None for each in found.detectors):
        drawn["detectors"] = _detectors(found)
    for name, part in (("membership", found.membership), ("probability", found.probability)):
        if part.statements:
            drawn[name] = _reliability(part)
    return drawn


def _recall(found: Evaluation) -> Option:
    """Recall by campaign as bars; the ends of the interval as lines of dots without a line."""
    groups = list(reversed(found.accounts.by_campaign))
    rates = [group.recall for group in groups]
    series = [
        _bars("recall", [rate.value for rate in rates], FOR),
        _marks("95 % at least", [rate.low for rate in rates]),
        _marks("95 % at most", [rate.high for rate in rates]),
    ]
    return _rows([group.name for group in groups], series, "share of hostile accounts accused")


def _leak(found: Evaluation) -> Option:
    leaks = list(reversed(found.leaks))
    series = [
        _bars("leaked", [leak.leaked_share for leak in leaks], AGAINST),
        _marks("perfect, 1 h", [leak.floor_hourly_share for leak in leaks]),
        _marks("perfect, 24 h", [leak.floor_daily_share for leak in leaks]),
    ]
    return _rows([leak.campaign for leak in leaks], series, "share of the campaign served before the alarm")


def _detectors(found: Evaluation) -> Option:
    ranked = sorted((each for each in found.detectors if each.auroc is not None), key=lambda each: each.auroc or 0)
    series = [_bars("AUROC", [each.auroc for each in ranked], FOR)]
    return _rows([each.name.replace("_", " ") for each in ranked], series, "AUROC over accounts")


def _curve(found: Evaluation) -> Option:
    """Leak against false cohorts per million account-weeks, a point a threshold."""
    points = [
        {"value": [each.false_per_million or 0.0, each.leaked_share], "label": {"formatter": f"{each.threshold:g}"}}
        for each in found.leak_curve
    ]
    line = {
        "type": "line",
        "data": points,
        "symbolSize": 8,
        "lineStyle": {"color": FOR},
        "itemStyle": {"color": FOR},
        "label": {"show": True, "position": "top", "color": INK},
    }
    axes = {
        "xAxis": axis("false cohorts per million account-weeks", None),
        "yAxis": axis("leaked", 1.0) | {"nameLocation": "end"},
    }
    return drawing(
        280, base() | {"grid": {"left": 56, "right": 40, "top": 32, "bottom": 48}} | axes | {"series": [line]}
    )


def _reliability(found: Calibration) -> Option:
    """What was said against how often it was true; the thin line is perfect calibration."""
    points = [[each.said, each.true.value] for each in found.bins if each.true.of]
    series = [
        {"type": "line", "data": [[0, 0], [1, 1]], "symbol": "none", "lineStyle": {"color": MUTED, "type": "dashed"}},
        {"type": "line", "data": points, "symbolSize": 8, "lineStyle": {"color": FOR}, "itemStyle": {"color": FOR}},
    ]
    axes = {"xAxis": axis("said", 1.0), "yAxis": axis("true", 1.0) | {"nameLocation": "end"}}
    return drawing(
        280, base() | {"grid": {"left": 56, "right": 24, "top": 32, "bottom": 48}} | axes | {"series": series}
    )


def _rows(names: Sequence[str], series: list[Option], title: str) -> Option:
    option = base() | {
        "tooltip": {"trigger": "axis", "renderMode": "richText", "axisPointer": {"type": "shadow"}},
        "grid": {"left": 170, "right": 48, "top": 8, "bottom": 48},
        "xAxis": axis(title, 1.0),
        "yAxis": QUIET | {"type": "category", "data": list(names), "axisLabel": {"color": INK, "interval": 0}},
        "series": series,
    }
    return drawing(FRAME + ROW * len(names), option)


def axis(title: str, most: float | None) -> Option:
    """A value axis from 0 with its title below; ``most``: where it ends."""
    bounds: Option = {"min": 0} if most is None else {"min": 0, "max": most}
    return bounds | {
        "type": "value",
        "name": title,
        "nameLocation": "middle",
        "nameGap": 28,
        "nameTextStyle": {"color": MUTED},
        "splitLine": {"lineStyle": {"color": GRID}},
        "axisLabel": {"color": MUTED},
    }


def _bars(name: str, values: Sequence[float | None], colour: str) -> Option:
    return {"type": "bar", "name": name, "barWidth": 12, "data": list(values), "itemStyle": {"color": colour}}


def _marks(name: str, values: Sequence[float]) -> Option:
    """Dots on the rows of bars."""
    return {
        "type": "line",
        "name": name,
        "data": list(values),
        "symbol": "diamond",
        "symbolSize": 8,
        "lineStyle": {"opacity": 0},
        "itemStyle": {"color": INK},
    }
