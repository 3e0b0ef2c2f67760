"""``iolaus evaluate world``: can one field, or anything that is no relation, tell who is hostile?

A world on which a single column accuses the right accounts teaches and measures nothing. The gauge compares
each campaign's accounts with all honest accounts and with its look-alike crowd, field by field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from iolaus.evaluate import gauge_fields, gauge_tenants
from iolaus.evaluate.gauge_columns import Sheet
from iolaus.evaluate.gauge_read import Apart, Part, Plan, Read, Whole, read
from iolaus.evaluate.gauge_text import FEATURES, prompts_apart

VALUE, NUMBER, PROMPTS, MODEL, COMMON = 0.05, 0.75, 0.75, 0.85, 0.02
"""Bounds: recall of a value, AUROC of a number, of prompts, of a model; common words."""

TEXT = ("prompt_characters", *(f"text_{name}" for name in FEATURES))
"""Means over an account's prompts. The boosted trees do without: where many accounts use one template they all say the
same in every text column, which is a relation between accounts. Text is read by prompt, and each mean alone."""

COUNTED = {"exchanges", "conversations", "active_days", "turns", "turn_most", "addresses", "agents", "models", "keys",
           "systems", "first_day", "last_day", "gap_median", "gap_variation", "output_spread"}  # fmt: skip
"""Numbers that follow from how many requests there are: of padding, which is a share of them, they say nothing."""

VOLUME = (COUNTED - {"turns"}) | {"retries", "failed", "cut_short", "cached_input_tokens", "with_ip"}
"""What a scenario declares as ``volume``: who asks often is also seen to fail, to retry, and beside others."""


PROGRAM = {"user_agent", "tls_fingerprint", "endpoint", "pathway", "prefill", "system_prompt", "system_characters",
           "tools", "tool_results", "finish_reason", "max_tokens", "temperature", "thinking_budget", "reasoning_tokens",
           "replayed_reasoning", "input_tokens", "cached_input_tokens", "turns", "turn_most", "gap_median",
           "gap_variation"}  # fmt: skip
"""What a scenario declares as ``program``: what a program sends of itself, and how it works through a task."""

GROUPS = {"volume": VOLUME, "program": PROGRAM}


class Reading(msgspec.Struct, frozen=True):
    """One line of the gauge. ``verdict``: holds, declared, fails, or not measurable."""

    campaign: str
    against: str
    check: str
    what: str
    figure: float | None
    bound: str
    verdict: str
    reason: str = ""
    hostile: int = 0
    honest: int = 0


class Gauge(msgspec.Struct, frozen=True):
    """The gauge of one world, or of several of one scenario; ``declared`` are the reasons that the scenario states."""

    world: str
    readings: list[Reading]
    declared: list[str] = []

    @property
    def failures(self) -> list[Reading]:
        """What is over its bound without a declared reason."""
        return [reading for reading in self.readings if reading.verdict == "fails"]


def gauge(world: Path, most: int = 2_000, tell: Callable[[str], None] = lambda _: None) -> Gauge:
    """Read the one-field gauge of a world.

    ``most``: accounts read of each campaign; of the honest ten times as many, by hash. Raises InputError where the
    folder is no world.
    """
    return judged(read(world, most, tell))


def judged(found: Read) -> Gauge:
    """Hold what was read of a world, or of several of one scenario, against the bounds."""
    readings: list[Reading] = []
    for padding, part in found.parts.items():
        readings += _campaigns(part, found.plan, padding)
    for whole in found.wholes:
        name = "world" if len(found.wholes) == 1 else f"world {whole.label}"
        readings += [*_words(whole, name), *_tenants(whole, name), *_tokens(whole, name)]
    declared = [f"{campaign}: {one.reason}" for campaign, stated in sorted(found.plan.apart.items()) for one in stated]
    return Gauge(", ".join(whole.label for whole in found.wholes), readings, declared)


def _campaigns(part: Part, plan: Plan, padding: bool) -> Iterator[Reading]:
    sheet = part.sheet
    honest = np.flatnonzero(sheet.campaign == "")
    for campaign in sorted(set(sheet.campaign) - {""}):
        hostile = np.flatnonzero(sheet.campaign == campaign)
        alike = plan.alike(campaign, sheet)
        beside = np.flatnonzero((sheet.campaign == "") & np.isin(sheet.crowd, alike))
        apart = plan.apart.get(campaign, [])
        name = f"{campaign}, padding" if padding else campaign
        everyone = [one for one in apart if one.everyone]
        # What sets a look-alike crowd apart excuses a campaign only where it was compared with that crowd.
        of_all = everyone if gauge_fields.too_few(len(hostile), len(beside)) else apart
        for against, rows, said in (("all honest", honest, of_all), (", ".join(alike), beside, everyone)):
            yield from _compare(sheet, name, against, hostile, rows, said, COUNTED if padding else set())
        figure = prompts_apart(part.prompts[campaign])
        yield _judged(name, ", ".join(alike), "prompts", "seven text features", figure, PROMPTS, ("prompt",), everyone)


def _compare(
    sheet: Sheet, name: str, against: str, hostile: Any, honest: Any, apart: list[Apart], skipped: set[str]
) -> Iterator[Reading]:
    numbers = {column: values for column, values in sheet.numbers.items() if column not in skipped}
    sheet = replace(sheet, numbers=numbers)
    sizes = len(hostile), len(honest)
    if gauge_fields.too_few(*sizes):
        yield Reading(name, against, "fields", "too few accounts", None, "", "not measurable", "", *sizes)
        return
    for check, found, bound in (
        ("value", gauge_fields.recall_of_values(sheet, hostile, honest, VALUE), VALUE),
        ("number", gauge_fields.areas(sheet, hostile, honest, NUMBER), NUMBER),
    ):
        if not found:
            yield Reading(name, against, check, "no value", 0.0, f"<= {bound}", "holds", "", *sizes)
        for n, one in enumerate(found):
            reason = "" if one.holds else _declared(one.columns, apart)
            if n < 3 or not one.holds:
                verdict = "holds" if one.holds else "declared" if reason else "fails"
                yield Reading(name, against, check, one.what, one.figure, f"<= {bound}", verdict, reason, *sizes)
    names = (*sheet.numbers, *sheet.values)
    without = {column for column in names if column in TEXT or _declared((column,), apart)}
    area = gauge_fields.boosted(sheet, hostile, honest, without)
    label = f"{len(names) - len(without)} columns without text"
    yield _judged(name, against, "boosted trees", label, area, MODEL, (), apart, *sizes)


def _declared(columns: tuple[str, ...], apart: list[Apart]) -> str:
    """The reason that the scenario gives for any of the columns, or nothing."""
    for one in apart:
        plain = [column.removesuffix("_ever") for column in columns]
        if any(fnmatch(column, pattern) for column in plain for pattern in one.columns):
            return one.reason
        if any(not GROUPS[name].isdisjoint(plain) for name in one.columns if name in GROUPS):
            return one.reason
    return ""


def _judged(
    name: str, against: str, check: str, what: str, figure: float | None, bound: float, columns: tuple[str, ...],
    apart: list[Apart], hostile: int = 0, honest: int = 0,
) -> Reading:  # fmt: skip
    reason = _declared(columns, apart) if figure is not None and figure > bound else ""
    verdict = "not measurable" if figure is None else "holds" if figure <= bound else "declared" if reason else "fails"
    return Reading(name, against, check, what, figure, f"<= {bound}", verdict, reason, hostile, honest)


def _words(whole: Whole, name: str) -> Iterator[Reading]:
    common = whole.common
    what = f"conversations only of words that 10 accounts use, of {common.count:,}"
    figure = common.share if common.count else None
    yield _judged(name, "individuals", "common words", what, figure, COMMON, (), [])


def _tenants(whole: Whole, name: str) -> Iterator[Reading]:
    """Tenants fail where the whole interval of a figure lies outside the range of ServeGen's models."""
    count = len(whole.tenants)
    able = count >= gauge_tenants.LEAST_TENANTS
    found = {one.what: one for one in gauge_tenants.figures(whole.tenants)} if able else {}
    for what in gauge_tenants.FIGURES:
        low, high = gauge_tenants.range_of(what)
        one = found.get(what)
        label = what if one is None or one.low == one.high else f"{what} ({one.low:.2f} to {one.high:.2f})"
        verdict = "not measurable" if one is None else "holds" if gauge_tenants.holds(one) else "fails"
        figure = None if one is None else one.value
        bound = f"{low:.2f} .. {high:.2f}"
        yield Reading(name, f"ServeGen, {count} tenants", "tenants", label, figure, bound, verdict)


def _tokens(whole: Whole, name: str) -> Iterator[Reading]:
    for one in whole.lengths:
        against = f"ServeGen, {one.count} tenants" if "tenants" in one.what else f"Azure, {one.count:,} exchanges"
        verdict = _within(one.figure, one.low, one.high)
        bound = f"{one.low:.0f} .. {one.high:.0f}"
        yield Reading(name, against, "tokens", one.what, one.figure, bound, verdict)


def _within(figure: float | None, low: float, high: float) -> str:
    return "not measurable" if figure is None else "holds" if low <= figure <= high else "fails"
