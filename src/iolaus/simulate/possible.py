"""Sizes that no world can have, told in one line that says where, what and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from iolaus.errors import InputError

if TYPE_CHECKING:
    from iolaus.simulate.scenario import Campaign, Scenario


def check_sizes(place: str, made: Scenario) -> None:
    """Raise InputError for the first thing of a scenario that is impossible though each of its keys is valid."""
    for model, day in made.releases.items():
        if not 0 <= day < made.days:
            _refuse(place, f"releases.{model}", f"day {day:g} is outside the window of {made.days} days")
    for n, campaign in enumerate(made.campaign):
        for where, problem in _impossible(campaign, made.days):
            _refuse(place, f"campaign.{n}.{where}", problem)


def _impossible(campaign: Campaign, days: int) -> Iterator[tuple[str, str]]:
    alike = campaign.look_like if isinstance(campaign.look_like, dict) else {campaign.look_like: 1.0}
    for name, weights in (("look_like", alike), ("apps", campaign.apps)):
        if weights and (min(weights.values()) < 0 or sum(weights.values()) <= 0):
            yield name, "weights must not be negative, and some must be above 0"
    if not alike:
        yield "look_like", "names no look-alike; give one, or several with weights"
    for where, low, high in (
        ("", campaign.from_day, campaign.to_day),
        *((f"templates.{m}.", t.from_day, t.to_day) for m, t in enumerate(campaign.templates)),
    ):
        if low >= min(high, days):
            yield f"{where}from_day", f"day {low:g} is not before the end, day {min(high, days):g}"
    if not campaign.templates:
        yield "templates", "is empty; give one [[campaign.templates]], or leave the key out"
    network = campaign.network
    if not network.pool and network.model_fields_set:
        yield "network.pool", "is missing, and the other keys need it; give the number of addresses, such as 100"
    if campaign.honest_before and (not campaign.from_day or campaign.hijacked):
        yield "honest_before", "needs accounts of its own, and a from_day after 0"
    if campaign.copies and campaign.hijacked:
        yield "copies", "stands beside hijacked, whose keys are used as their owners use them; leave one of both out"
    low, high = campaign.bans.successor_hours
    if not 0 <= low <= high:
        yield "bans.successor_hours", f"[{low:g}, {high:g}] is no span of hours; give the shorter delay first"
    if campaign.bans.share and campaign.bans.from_day >= days:
        yield "bans.from_day", f"day {campaign.bans.from_day:g} is outside the window of {days} days"
    if campaign.pivot is not None and campaign.pivot.day >= days:
        yield "pivot.day", f"day {campaign.pivot.day:g} is outside the window of {days} days"


def _refuse(place: str, where: str, problem: str) -> None:
    raise InputError(f"{place}: {where}: {problem}. See docs/worlds.md.")
