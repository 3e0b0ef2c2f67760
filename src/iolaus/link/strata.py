"""Which accounts a cohort may be compared with in the provider's own mix: programme and pathway of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pyarrow as pa

from iolaus.content.baseline import Baseline, Kind, load_for
from iolaus.content.matching import script
from iolaus.engine import Engine
from iolaus.key import Key
from iolaus.link.cohort import Cohort
from iolaus.link.population import Population
from iolaus.link.settings import LinkSettings
from iolaus.sketch.content_backends import model_id

UNKNOWN = "unknown"
"""Programme or pathway that is not told."""

OTHER = "other"
"""A pathway of which the baseline keeps no cell."""


def baseline_of(settings: LinkSettings, key: Key) -> Baseline | None:
    """The baseline that is set, if one is. Raises InputError for one of another key, format or content model."""
    if settings.baseline is None:
        return None
    return load_for(settings.baseline, key.id, model_id(settings.content_model))


def with_baseline(population: Population, engine: Engine, settings: LinkSettings, key: Key) -> Population:
    """The population with the baseline that is set, if one is. Raises as :func:`baseline_of`."""
    found = baseline_of(settings, key)
    if found is None:
        return population
    names = {key.hash(name.encode()): name for name in found.pathways}
    return replace(population, baseline=found, strata=strata(engine, population.accounts, names))


def strata(engine: Engine, accounts: pa.Table, names: Mapping[int, str]) -> tuple[tuple[str, str], ...]:
    """Programme and pathway of each account, in the order of their numbers.

    names: keyed hash -> name of a pathway. The pathway is that of an account's first conversation.
    """
    first = engine.table(
        "SELECT account, min_by(pathway, (ts, conversation)) AS pathway FROM conversations GROUP BY account"
    )
    pathway = dict(zip(first["account"].to_pylist(), first["pathway"].to_pylist(), strict=True))
    known = "programme" in accounts.column_names
    programme = accounts["programme"].to_pylist() if known else [None] * len(accounts)
    named = {0: UNKNOWN, **names}
    return tuple((own or UNKNOWN, named.get(pathway.get(number, 0), OTHER)) for number, own in enumerate(programme))


def kinds_of(cohort: Cohort, population: Population) -> list[Kind]:
    """Script, programme and pathway of each request of the cohort that was read."""
    scripts = map(script, cohort.words) if cohort.scored is None else cohort.scored.scripts
    return [(found, *population.strata[author]) for author, found in zip(cohort.authors, scripts, strict=False)]
