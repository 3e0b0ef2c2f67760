"""What the gauge reads of a world, and the same of several worlds of one scenario put together.

A scenario of five hostile accounts has too few to compare with anybody. Its worlds of other seeds have others, made in
the same way: their accounts stand side by side in one sheet, each with the numbers of its own world.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec
import numpy as np

from iolaus.engine import EngineSettings
from iolaus.engine.embedded import Embedded
from iolaus.evaluate import gauge_columns, gauge_fields, gauge_shingles, gauge_tenants, gauge_text, gauge_tokens
from iolaus.evaluate.gauge_columns import Sheet
from iolaus.evaluate.gauge_tenants import Tenants
from iolaus.evaluate.gauge_text import Prompts
from iolaus.evaluate.gauge_tokens import Length
from iolaus.evaluate.worlds import open_world


class Apart(msgspec.Struct, frozen=True):
    """Columns (or patterns of them) in which a scenario says that its accounts stand apart, and why."""

    columns: list[str]
    reason: str
    everyone: bool = True


class Plan(msgspec.Struct, frozen=True):
    """What world.json says of the campaigns."""

    look_alikes: dict[str, list[str]] = {}
    apart: dict[str, list[Apart]] = {}

    def alike(self, campaign: str, sheet: Sheet) -> list[str]:
        """Honest crowds beside a campaign: its look-alikes, or the crowds that its accounts are of."""
        return self.look_alikes.get(campaign) or sorted(set(sheet.crowd[sheet.campaign == campaign]))


@dataclass(frozen=True)
class Part:
    """Accounts with all that they sent, or hostile ones with their padding only; prompts by campaign."""

    sheet: Sheet
    prompts: dict[str, Prompts]


@dataclass(frozen=True)
class Common:
    """Share of honest individuals' conversations that consist only of common words, of how many."""

    share: float
    count: int


@dataclass(frozen=True)
class Whole:
    """What is read of a world and not of its accounts."""

    label: str
    common: Common
    tenants: Tenants
    lengths: list[Length]


@dataclass(frozen=True)
class Read:
    """One world, or several of one scenario: ``parts`` of all together (padding only where there is any)."""

    plan: Plan
    parts: dict[bool, Part]
    wholes: list[Whole]


def read(world: Path, most: int = 2_000, tell: Callable[[str], None] = lambda _: None) -> Read:
    """Everything that the gauge judges of a world.

    ``most``: accounts read of each campaign; of the honest ten times as many, by hash. Raises InputError where the
    folder is no world.
    """
    opened = open_world(world)
    plan = msgspec.json.decode((world / "world.json").read_bytes(), type=Plan)
    start = int(datetime.fromisoformat(opened.meta.start).timestamp()) * 1_000_000
    scratch = Path(tempfile.mkdtemp(prefix="iolaus-gauge-"))
    engine = Embedded(EngineSettings(), scratch)
    try:
        gauge_columns.open_world(engine, world, most)
        tell("accounts")
        parts = {False: _part(engine, plan, start, False)}
        if _padded(engine):
            tell("padding")
            parts[True] = _part(engine, plan, start, True)
        tell("words, tenants and tokens")
        common = Common(*gauge_shingles.common_share(engine, world))
        tenants = gauge_tenants.of_world(engine, opened.meta.days)
        whole = Whole(opened.label, common, tenants, list(gauge_tokens.of_world(engine)))
    finally:
        engine.close()
        shutil.rmtree(scratch, ignore_errors=True)
    return Read(plan, parts, [whole])


def _padded(engine: Embedded) -> bool:
    """Whether any hostile account sends anything beside its campaign."""
    return bool(
        engine.value(
            "SELECT count(*) FROM sent s JOIN chosen c USING (account_id) WHERE c.campaign_id IS NOT NULL "
            "AND s.campaign_id IS NULL"
        )
    )


def _part(engine: Embedded, plan: Plan, start: int, padding: bool) -> Part:
    sheet = gauge_columns.sheet(engine, start, padding)
    names = sorted(set(sheet.campaign) - {""})
    return Part(sheet, {name: gauge_text.prompts(engine, name, plan.alike(name, sheet), padding) for name in names})


def together(reads: Sequence[Read]) -> Read:
    """Worlds of one scenario as one; account ids, group sizes and times stay those of each world."""
    parts = {}
    for padding in (False, True):
        held = [one.parts[padding] for one in reads if padding in one.parts]
        if held:
            parts[padding] = _joined(held)
    return Read(reads[0].plan, parts, [whole for one in reads for whole in one.wholes])


def _joined(parts: Sequence[Part]) -> Part:
    prompts: dict[str, Prompts] = {}
    for part in parts:
        for name, both in part.prompts.items():
            prompts[name] = prompts[name].beside(both) if name in prompts else both
    return Part(gauge_columns.below([part.sheet for part in parts]), prompts)


def lacks(found: Read) -> bool:
    """Whether a comparison of accounts has too few of either side to be measured."""
    for part in found.parts.values():
        sheet = part.sheet
        honest = sheet.campaign == ""
        for name in set(sheet.campaign) - {""}:
            beside = int((honest & np.isin(sheet.crowd, found.plan.alike(name, sheet))).sum())
            if gauge_fields.too_few(int((sheet.campaign == name).sum()), beside):
                return True
    return False
