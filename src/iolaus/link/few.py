"""Candidates of fewer accounts than make a cohort: a handful of keys that send one private template.

Their words are no phrase, since fewer than k accounts use them; :mod:`iolaus.sketch.private` says how they are found.
Words selected such a cohort, as they do the large ones, so that ties and clocks may tell of it.
"""

from __future__ import annotations

import logging

import numpy as np

from iolaus.engine import Engine
from iolaus.link.candidates import Candidate
from iolaus.link.settings import LinkSettings

log = logging.getLogger("iolaus")

PRIVATE = "private"
"""What a candidate says selected it."""


def few(engine: Engine, settings: LinkSettings) -> list[Candidate]:
    """Candidates by private templates, the most used first. Needs the view private_uses."""
    users = engine.table(
        "SELECT phrase, account, count(*) AS used FROM private_uses GROUP BY phrase, account"
        f" HAVING count(*) >= {settings.least_uses} ORDER BY phrase, account"
    )
    phrases, account, used = (users[name].to_numpy() for name in ("phrase", "account", "used"))
    found = []
    for phrase in np.unique(phrases).tolist():
        mine = phrases == phrase
        if mine.sum() >= settings.few_least:
            name = f"few-{phrase & 0xFFFFFFFFFFFF:012x}"
            found.append(Candidate(name, (PRIVATE,), (phrase,), account[mine], False, int(used[mine].sum())))
    found.sort(key=lambda candidate: (-candidate.conversations, candidate.id))
    log.info("private templates: %d of several accounts, %d to test", len(found), min(len(found), settings.few_cohorts))
    return found[: settings.few_cohorts]
