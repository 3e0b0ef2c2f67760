"""Sweep: is a long list of different things worked through, without coming back?

Sees: a work-list. Each item is asked about once over the whole cohort, and there is no end of new ones.
Must spare: a class and strangers over one problem bank (the same items again and again, from many accounts); a person
with a favourite prompt (few uses). A firm's own batch job sweeps too: content alone accuses nobody.
An analyst next: looks for the public corpus that the items come from.
Source: repeats of keyed hashes of whole texts, within and across accounts.
"""

from __future__ import annotations

import math

import numpy as np

from iolaus.findings import Evidence, Family, Question
from iolaus.link.cohort import Cohort
from iolaus.link.population import Population
from iolaus.link.settings import LinkSettings
from iolaus.link.weights import piece

KIND = "sweep"
FAMILY: Family = "content"
QUESTION: Question = "content"


def weigh(cohort: Cohort, population: Population, settings: LinkSettings) -> Evidence | None:
    """Positive for many different items, each about once; negative where the same few come back."""
    texts = cohort.column("text")[cohort.column("readable").astype(bool)]
    if len(texts) < settings.least_sweep:
        return None
    distinct = len(np.unique(texts))
    novelty = distinct / len(texts)
    if novelty >= settings.sweep_novelty:
        weight = settings.sweep_cap * min(1.0, math.log10(distinct / settings.least_sweep) / 1.5)
    else:
        weight = -settings.sweep_cap * (settings.sweep_novelty - novelty) / settings.sweep_novelty * 2
    says = "is asked once" if weight > 0 else "comes back"
    return piece(
        KIND,
        FAMILY,
        QUESTION,
        weight,
        settings.sweep_cap,
        f"{distinct} different requests in {len(texts)} conversations: nearly every one {says}."
        if weight > 0
        else f"{distinct} different requests in {len(texts)} conversations: the same ones come back.",
        distinct=distinct,
        conversations=len(texts),
        novelty=novelty,
    )
