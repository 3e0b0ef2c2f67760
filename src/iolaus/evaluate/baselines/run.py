"""Every baseline over one world, as columns of its sheet."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from iolaus.evaluate.baselines import components, mahalanobis, mmd, prada, prompt_length, seat, shallow, volume
from iolaus.evaluate.baselines.log import Log, Scored, read
from iolaus.evaluate.sheet import Sheet
from iolaus.evaluate.worlds import World
from iolaus.settings import Settings

BASELINES = (components, volume, prompt_length, mmd, mahalanobis, prada, seat)


def add(sheet: Sheet, world: World, settings: Settings, place: Path) -> Sheet:
    """``sheet`` with score and own verdict of each baseline, and the means that the shallow one learns from."""
    log = read(world, settings, place)
    rows = pc.index_in(sheet.table["account_id"], value_set=pc.cast(log.ids, sheet.table["account_id"].type))
    table = sheet.table
    for name, scored in judged(log).items():
        table = table.append_column(f"score:{name}", pc.take(pa.array(scored.score, from_pandas=True), rows))
        own = pc.fill_null(pc.take(pa.array(np.asarray(scored.own, bool)), rows), False)
        table = table.append_column(f"own:{name}", own)
    for name, column in shallow.means(log.account, log.features, len(log)).items():
        table = table.append_column(name, pc.take(column, rows))
    return Sheet(table)


def judged(log: Log) -> dict[str, Scored]:
    """Name -> scores of every baseline and variant."""
    found: dict[str, Scored] = {}
    for baseline in BASELINES:
        found |= baseline.judge(log)
    return found
