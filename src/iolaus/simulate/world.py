"""A world: populations put together, written as a provider would have logged them, with the truth beside."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from iolaus.errors import InputError
from iolaus.progress import Progress
from iolaus.simulate import campaign as campaigns
from iolaus.simulate import scenario as scenarios
from iolaus.simulate.accounts import Columns
from iolaus.simulate.crowds import crowds
from iolaus.simulate.ground import DAY, SECOND, Ground, parse_day
from iolaus.simulate.hands import move
from iolaus.simulate.lookalikes import beside
from iolaus.simulate.plant import files_of, plant, window_of
from iolaus.simulate.succession import suspend
from iolaus.simulate.timeline import timeline
from iolaus.simulate.traffic import Population, compact, join
from iolaus.simulate.write import write


@dataclass(frozen=True)
class World:
    """What was written, and where."""

    path: Path
    name: str
    exchanges: int
    conversations: int
    accounts: int
    hostile: int
    campaigns: int


def simulate(
    scenario: str | Path,
    out: Path,
    scale: float = 1.0,
    seed: int = 0,
    into: Sequence[str] = (),
    progress: Progress | None = None,
) -> World:
    """Write the world of a scenario (a shipped name or a TOML file) to the folder ``out``.

    The same scenario, scale and seed give the same bytes. ``into`` names a user's own traffic in normal
    form: then only the campaigns are made, and planted into it. Raises InputError where the scenario is
    wrong or ``out`` holds something else.
    """
    plan = scenarios.load(scenario)
    if not 0 < scale <= 1_000:
        raise InputError(f"--scale: {scale} is outside 0 .. 1000. Give a positive number, 1 for the full size.")
    if out.is_dir() and any(out.iterdir()) and not (out / "world.json").exists():
        raise InputError(f"{out}: is not empty and holds no world. Give --out another folder.")
    if plan.enforcement.mode == "verdicts":
        raise InputError(
            f"{plan.name}: enforcement.mode: verdicts need a judge. Call iolaus.simulate.enforced in Python."
        )
    progress = progress or Progress()
    if out.is_dir():
        shutil.rmtree(out)
    if not into:
        return _make(plan, out, scale, seed, progress)
    files = files_of(into)
    start, days = window_of(files)
    if not plan.campaign:
        raise InputError(f"{plan.name}: campaign: there is none to plant. Choose a scenario with a [[campaign]].")
    if any(campaign.copies for campaign in plan.campaign):
        raise InputError(f"{plan.name}: campaign.copies: your own accounts cannot be copied. Leave it out.")
    if any(campaign.hijacked for campaign in plan.campaign):
        raise InputError(
            f"{plan.name}: campaign.hijacked: keys of your own accounts cannot be planted on. Leave it out."
        )
    day = datetime.fromtimestamp(start / SECOND, UTC).date().isoformat()
    plan = plan.model_copy(update={"crowd": [], "start": day, "days": days, "releases": {}})
    aside = out.with_name(f".{out.name}.planted")
    try:
        made = _make(plan, aside, scale, seed, progress)
        with progress.stage("planting") as tick:
            plant(files, aside, out)
            tick(made.exchanges)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return replace(made, path=out)


def _make(
    plan: scenarios.Scenario, out: Path, scale: float, seed: int, progress: Progress, until: int = 0,
    verdicts: list[tuple[int, frozenset[str]]] | None = None,
) -> World:  # fmt: skip
    with progress.stage("populations", "accounts") as tick:
        ground, population = _populate(plan, scale, seed, until, verdicts or [])
        tick(population.size)
    with progress.stage("time line") as tick:
        line = timeline(ground, population.accounts, population.talks)
        population, line = move(ground, population, line)
        tick(len(line))
    releases = [(model, ground.start + int(day * DAY)) for model, day in sorted(plan.releases.items())]
    with progress.stage("writing") as tick:
        hostile = write(ground, population, line, releases, plan.name, scale, out, tick, _told(plan))
    talks = len(population.talks["start"])
    return World(out, plan.name, len(line), talks, population.size, hostile, len(plan.campaign))


def _told(plan: scenarios.Scenario) -> dict[str, Any]:
    """What the gauge of the world needs to know: look-alikes, and what stands apart by design."""
    return {
        "look_alikes": {campaign.id: beside(campaign) for campaign in plan.campaign},
        "apart": {
            campaign.id: [one.model_dump() for one in campaign.apart] for campaign in plan.campaign if campaign.apart
        },
    }


def _populate(
    plan: scenarios.Scenario, scale: float, seed: int, until: int, verdicts: list[tuple[int, frozenset[str]]]
) -> tuple[Ground, Population]:
    """Every population of the plan, one after the other; conversations index the joined accounts."""
    ground = Ground(seed, parse_day(plan.start), plan.days, until=until, verdicts=verdicts)
    people: list[Population] = []
    by_kind: dict[str, int] = {}
    for crowd in plan.crowd:
        for _ in range(crowd.groups):
            by_kind.setdefault(crowd.kind, len(people))
            made = crowds()[crowd.kind].build(ground, max(round(crowd.accounts * scale), 1))
            people.append(Population(made.accounts, compact(made.talks)))
    stolen: list[tuple[int, Columns]] = []
    for campaign in plan.campaign:
        if campaign.hijacked:
            place = by_kind[campaign.hijacked]
            stolen.append((place, campaigns.hijack(ground, campaign, scale, people[place])))
        else:
            ground.part = len(people)
            copied = people[by_kind[campaign.copies]].accounts if campaign.copies else None
            people.append(campaigns.build(ground, campaign, scale, copied))
    for number, part in enumerate(people):
        part.accounts["identity"] = ground.identities(number, part.size)
        suspend(ground, number, part.accounts)
    offsets = np.cumsum([0, *(part.size for part in people)]).astype(np.int32)
    talks: list[Columns] = []
    for part, offset in zip(people, offsets, strict=False):
        part.accounts["parent"] = np.where(part.accounts["parent"] >= 0, part.accounts["parent"] + offset, -1)
        part.talks["account"] += offset
        part.talks["next"] += np.where(part.talks["next"] >= 0, offset, 0).astype(np.int32)
        talks.append(part.talks)
    for place, theirs in stolen:
        theirs["account"] += offsets[place]
        theirs["next"] += np.where(theirs["next"] >= 0, offsets[place], 0).astype(np.int32)
        talks.append(theirs)
    # Each column of conversations is given up as it is joined: a large world has no room for all of them twice.
    joined = {name: np.concatenate([part.pop(name) for part in talks]) for name in list(talks[0])}
    return ground, Population(join([part.accounts for part in people]), joined)


def enforced(
    scenario: str | Path, out: Path, seed: int, judge: Callable[[Path], set[str]], scale: float = 1.0,
    progress: Progress | None = None,
) -> World:  # fmt: skip
    """Write a world in which a judge's verdicts are enforced while it goes on.

    After each period that the scenario states, ``judge`` gets the world up to then (without what comes later) and
    returns the ids of accounts to suspend. Honest ones are suspended as well; a campaign's operator puts a successor
    in the place of each of its own. The same judge, scenario, scale and seed give the same bytes.
    """
    plan = scenarios.load(scenario)
    start = parse_day(plan.start)
    verdicts: list[tuple[int, frozenset[str]]] = []
    period = plan.enforcement.every_days
    for step in range(1, int(np.ceil(plan.days / period))):
        moment = start + int(step * period * DAY)
        if out.is_dir():
            shutil.rmtree(out)
        _make(plan, out, scale, seed, progress or Progress(), moment, verdicts)
        verdicts.append((moment, frozenset(judge(out))))
    if out.is_dir():
        shutil.rmtree(out)
    return _make(plan, out, scale, seed, progress or Progress(), 0, verdicts)
