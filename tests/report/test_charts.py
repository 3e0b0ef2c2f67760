from __future__ import annotations

import json
from typing import Any

import msgspec

from iolaus.findings import Day
from iolaus.report import charts

from . import cohorts


def base(drawing: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = drawing["options"]["baseOption"]
    return found


def test_each_piece_of_evidence_is_one_bar_with_its_sign_and_state() -> None:
    campaign = cohorts.hydra()
    option = base(charts.evidence(campaign))
    bars = option["series"][0]["data"]
    names = [row["value"] for row in option["yAxis"]["data"]]
    assert len(bars) == len(names) == len(campaign.evidence) + 4
    drawn = dict(zip(names, bars, strict=True))
    assert drawn["Control"] is None
    assert drawn["allocation · one queue"]["value"] == 3.8
    assert drawn["network · shared exit"]["label"]["position"] == "left"
    uncounted, counted = drawn["wording · shared phrase"], drawn["time · common pacing"]
    assert uncounted["itemStyle"]["borderType"] == "dashed"
    assert "not counted" in uncounted["label"]["formatter"]
    assert uncounted["itemStyle"]["color"] != counted["itemStyle"]["color"]


def test_the_axis_reaches_past_the_strongest_piece_on_either_side() -> None:
    axis = base(charts.evidence(cohorts.hydra()))["xAxis"]
    assert axis["min"] <= -1
    assert axis["max"] > 3.8


def test_evidence_stands_by_question_counted_first() -> None:
    order = charts.in_order(list(reversed(cohorts.hydra().evidence)))
    control = [(e.counted, abs(e.log10_bf)) for e in order if e.question == "control"]
    assert control == sorted(control, reverse=True)
    assert order == charts.in_order(order)


def test_silent_days_are_drawn_as_empty() -> None:
    days = charts.every_day(
        [Day(date="2026-03-01", exchanges=9, accounts=2), Day(date="2026-02-26", exchanges=4, accounts=1)]
    )
    assert [day.date for day in days] == ["2026-02-26", "2026-02-27", "2026-02-28", "2026-03-01"]
    assert [day.exchanges for day in days] == [4, 0, 0, 9]
    assert charts.every_day([]) == []


def test_membership_counts_every_account_once() -> None:
    labels, counts = charts.membership([0.0, 0.05, 0.1, 0.9, 0.95, 1.0])
    assert len(labels) == len(counts) == charts.MEMBERSHIP_BINS
    assert (counts[0], counts[1], counts[-1], sum(counts)) == (2, 1, 3, 6)


def test_options_are_plain_json_without_code() -> None:
    campaign = cohorts.hydra()
    for drawing in (charts.evidence(campaign), charts.timeline(campaign), charts.membership_chart([0.2, 1.0])):
        assert json.loads(msgspec.json.encode(drawing)) == drawing
        assert drawing["height"] > 0
        assert "function" not in json.dumps(drawing)
