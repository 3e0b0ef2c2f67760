"""``iolaus evaluate world``: can one field, or anything that is no relation, tell who is hostile?

A world on which a single column accuses the right accounts teaches and measures nothing. The gauge compares
each campaign's accounts with all honest accounts and with its look-alike crowd, field by field.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from iolaus.engine import Engine, EngineSettings
from iolaus.evaluate import gauge_columns, gauge_fields, gauge_shingles, gauge_tenants, gauge_tokens
from iolaus.evaluate.gauge_columns import Sheet
from iolaus.evaluate.gauge_text import FEATURES, prompts_apart
from iolaus.evaluate.worlds import open_world

VALUE, NUMBER, PROMPTS, MODEL, COMMON = 0.05, 0.75, 0.75, 0.85, 0.02
"""Bounds of CONTRACTS section 5: recall of a value, AUROC of a number, of prompts, of a model; common words."""

TEXT = ("prompt_characters", *(f"text_{name}" for name in FEATURES))
"""Means over an account's prompts. The boosted trees do without: where many accounts use one template they all say the
same in every text column, which is a relation between accounts. Text is read by prompt, and each mean alone."""

COUNTED = {"exchanges", "conversations", "active_days", "turns", "turn_most", "addresses", "agents", "models", "keys",
           "systems", "first_day", "last_day", "gap_median", "gap_variation", "output_spread"}  # fmt: skip
"""Numbers that follow from how many requests there are: of padding, which is a share of them, they say nothing."""

VOLUME = (COUNTED - {"turns"}) | {"retries", "failed", "cut_short", "cached_input_tokens", "with_ip"}
"""What a scenario declares as ``volume``: who asks often is also seen to fail, to retry, and beside others."""


class Apart(msgspec.Struct, frozen=True):
    """Columns (or patterns of them) in which a scenario says that its accounts stand apart, and why."""

    columns: list[str]
    reason: str
    everyone: bool = True


class Plan(msgspec.Struct, frozen=True):
    """What world.json says of the campaigns."""

    look_alikes: dict[str, list[str]] = {}
    apart: dict[str, list[Apart]] = {}


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
    """The gauge of one world."""

    world: str
    readings: list[Reading]

    @property
    def failures(self) -> list[Reading]:
        """What is over its bound without a declared reason."""
        return [reading for reading in self.readings if reading.verdict == "fails"]


def gauge(world: Path, most: int = 2_000, tell: Callable[[str], None] = lambda _: None) -> Gauge:
    """Read the one-field gauge of a world.

    ``most``: accounts read of each campaign; of the honest ten times as many, by hash. Raises InputError where the
    folder is no world.
    """
    opened = open_world(world)
    plan = msgspec.json.decode((world / "world.json").read_bytes(), type=Plan)
    start = int(datetime.fromisoformat(opened.meta.start).timestamp()) * 1_000_000
    scratch = Path(tempfile.mkdtemp(prefix="iolaus-gauge-"))
    engine = Engine(EngineSettings(), scratch)
    try:
        gauge_columns.open_world(engine, world, most)
        readings: list[Reading] = []
        for padding in (False, True):
            tell("padding" if padding else "accounts")
            readings += _campaigns(engine, plan, start, padding)
        tell("words, tenants and tokens")
        readings += _words(engine, world)
        readings += _tenants(engine, opened.meta.days)
        readings += _tokens(engine)
    finally:
        engine.close()
        shutil.rmtree(scratch, ignore_errors=True)
    return Gauge(opened.label, readings)


def _campaigns(engine: Engine, plan: Plan, start: int, padding: bool) -> Iterator[Reading]:
    if padding and not engine.value(
        "SELECT count(*) FROM sent s JOIN chosen c USING (account_id) WHERE c.campaign_id IS NOT NULL "
        "AND s.campaign_id IS NULL"
    ):
        return
    sheet = gauge_columns.sheet(engine, start, padding)
    honest = np.flatnonzero(sheet.campaign == "")
    for campaign in sorted(set(sheet.campaign) - {""}):
        hostile = np.flatnonzero(sheet.campaign == campaign)
        alike = plan.look_alikes.get(campaign) or sorted(set(sheet.crowd[hostile]))
        beside = np.flatnonzero((sheet.campaign == "") & np.isin(sheet.crowd, alike))
        apart = plan.apart.get(campaign, [])
        name = f"{campaign}, padding" if padding else campaign
        for against, rows in (("all honest", honest), (", ".join(alike), beside)):
            said = [one for one in apart if one.everyone or rows is honest]
            yield from _compare(sheet, name, against, hostile, rows, said, COUNTED if padding else set())
        figure = prompts_apart(engine, campaign, alike, padding)
        yield _judged(name, ", ".join(alike), "prompts", "seven text features", figure, PROMPTS, ("prompt",), apart)


def _compare(
    sheet: Sheet, name: str, against: str, hostile: Any, honest: Any, apart: list[Apart], skipped: set[str]
) -> Iterator[Reading]:
    numbers = {column: values for column, values in sheet.numbers.items() if column not in skipped}
    sheet = replace(sheet, numbers=numbers)
    sizes = len(hostile), len(honest)
    if len(hostile) < gauge_fields.LEAST_HOSTILE or len(honest) < gauge_fields.LEAST_HONEST:
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
    yield _judged(name, against, "boosted trees", label, area, MODEL, ("trees",), apart, *sizes)


def _declared(columns: tuple[str, ...], apart: list[Apart]) -> str:
    """The reason that the scenario gives for any of the columns, or nothing."""
    for one in apart:
        plain = [column.removesuffix("_ever") for column in columns]
        if any(fnmatch(column, pattern) for column in plain for pattern in one.columns):
            return one.reason
        if "volume" in one.columns and not VOLUME.isdisjoint(plain):
            return one.reason
    return ""


def _judged(
    name: str, against: str, check: str, what: str, figure: float | None, bound: float, columns: tuple[str, ...],
    apart: list[Apart], hostile: int = 0, honest: int = 0,
) -> Reading:  # fmt: skip
    reason = _declared(columns, apart) if figure is not None and figure > bound else ""
    verdict = "not measurable" if figure is None else "holds" if figure <= bound else "declared" if reason else "fails"
    return Reading(name, against, check, what, figure, f"<= {bound}", verdict, reason, hostile, honest)


def _words(engine: Engine, world: Path) -> Iterator[Reading]:
    share, count = gauge_shingles.common_share(engine, world)
    what = f"conversations only of words that 10 accounts use, of {count:,}"
    yield _judged("world", "individuals", "common words", what, share if count else None, COMMON, (), [])


def _tenants(engine: Engine, days: int) -> Iterator[Reading]:
    made, count = gauge_tenants.of_world(engine, days)
    real = list(gauge_tenants.of_servegen().values())
    for name in ("cv_median", "cv_p90", "top_share", "active_share"):
        span = [getattr(one, name) for one in real]
        figure = getattr(made, name) if made else None
        bound = f"{min(span):.2f} .. {max(span):.2f}"
        if name == "cv_p90" and count < gauge_tenants.LEAST_FOR_P90:
            figure = None
        verdict = _within(figure, min(span), max(span))
        yield Reading("world", f"ServeGen, {count} tenants", "tenants", name, figure, bound, verdict)


def _tokens(engine: Engine) -> Iterator[Reading]:
    for one in gauge_tokens.of_world(engine):
        against = f"ServeGen, {one.count} tenants" if "tenants" in one.what else f"Azure, {one.count:,} exchanges"
        verdict = _within(one.figure, one.low, one.high)
        bound = f"{one.low:.0f} .. {one.high:.0f}"
        yield Reading("world", against, "tokens", one.what, one.figure, bound, verdict)


def _within(figure: float | None, low: float, high: float) -> str:
    return "not measurable" if figure is None else "holds" if low <= figure <= high else "fails"
