"""Who moved to a new model after its release, and with which program.

An account counts for a release if it asked older models before it and anything in the hours after it. It moved if it
began with the new model within these hours and from then on, over twice as many, asked it in at least half of its
conversations. Its program is known by the client, the system prompt and the tools of its first conversation.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from iolaus.engine import Engine
from iolaus.key import Key
from iolaus.link.population import HOUR, Adoption, Population
from iolaus.link.settings import LinkSettings

PROGRAMS = ("agent", "system", "tools")
"""Marks by which a program is known."""

MOST_RELEASES = 24
"""Releases that are looked at, the latest ones."""

_MOVED = f"""
    WITH older AS (
        SELECT account, {", ".join(f"min_by({name}, (ts, conversation)) AS {name}" for name in PROGRAMS)}
        FROM conversations WHERE ts < {{released}} AND model <> {{model}} GROUP BY account
    ),
    later AS (SELECT DISTINCT account FROM conversations WHERE ts >= {{released}} AND ts < {{soon}}),
    begun AS (SELECT account, min(ts) AS began FROM conversations WHERE model = {{model}} AND ts >= {{released}}
        GROUP BY account HAVING min(ts) < {{soon}}),
    since AS (
        SELECT account, count(*) AS asked, count(CASE WHEN model = {{model}} THEN 1 END) AS newer
        FROM conversations JOIN begun USING (account) WHERE ts >= began AND ts < {{late}} GROUP BY account
    )
    SELECT account, {", ".join(PROGRAMS)}, coalesce(2 * newer >= asked, false) AS moved
    FROM older JOIN later USING (account) LEFT JOIN since USING (account) ORDER BY account"""


def with_releases(population: Population, engine: Engine, ingest: Path, settings: LinkSettings, key: Key) -> Population:
    """The population with who moved after each release of the releases table that lies whole hours within the logs."""
    given = pq.read_table(ingest / "releases.parquet").sort_by([("released_at", "descending"), ("model", "ascending")])
    moments = pc.cast(given["released_at"], pa.int64()).to_pylist()
    reach = settings.release_hours * HOUR
    first, last = population.origin, population.origin + len(population.hourly) * HOUR
    inside = [
        (key.hash(model.encode()), released)
        for model, released in zip(given["model"].to_pylist(), moments, strict=True)
        if first + reach <= released <= last - reach
    ]
    found = [_adoption(engine, model, released, reach) for model, released in inside[:MOST_RELEASES]]
    return replace(population, releases=tuple(found))


def _adoption(engine: Engine, model: int, released: int, reach: int) -> Adoption:
    moments = {"released": released, "soon": released + reach, "late": released + 2 * reach}
    rows = engine.table(_MOVED.format(model=model, **moments))
    programs = np.stack([rows[name].to_numpy() for name in PROGRAMS], 1).astype(np.int64)
    return Adoption(rows["account"].to_numpy().astype(np.int32), rows["moved"].to_numpy(zero_copy_only=False), programs)
