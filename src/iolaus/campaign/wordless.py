"""Cohorts that need no words which k accounts share: by ties alone, and by a private template of a handful of keys.

They are looked for among the accounts that no campaign of common words holds, so that these stay as they were found.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from iolaus.campaign.apart import Declared, set_apart
from iolaus.campaign.settings import CampaignSettings, VerdictSettings
from iolaus.campaign.unread import unread
from iolaus.engine import Engine
from iolaus.link.candidates import Candidate
from iolaus.link.few import PRIVATE, few
from iolaus.link.population import Population
from iolaus.link.settings import LinkSettings
from iolaus.link.tied import tied
from iolaus.link.ties import TIES
from iolaus.sketch.settings import SketchSettings

WORDLESS = frozenset({TIES, PRIVATE})
"""What selects such cohorts."""


@dataclass(frozen=True)
class Sections:
    """The sections of the settings that the campaign stage reads."""

    sketch: SketchSettings
    link: LinkSettings
    campaign: CampaignSettings
    verdict: VerdictSettings

    @classmethod
    def of_few(
        cls, sketch: SketchSettings, link: LinkSettings, campaign: CampaignSettings, verdict: VerdictSettings
    ) -> Sections:
        """The settings by which a handful of keys is judged: a few accounts make a cohort.

        That hardly a stranger uses their words need not be told by how well each of them fits, of which five can bear
        little: it was counted among everybody when the words were found to be private.
        """
        return cls(
            sketch,
            link.model_copy(update={"least_accounts": link.few_least}),
            campaign,
            verdict.model_copy(update={"own_evidence": 0.0}),
        )


def wordless(
    engine: Engine, population: Population, known: Declared, link: LinkSettings, campaign: CampaignSettings
) -> list[Candidate]:
    """Candidates by ties and by private templates. Needs private_uses. known: whose hand is declared."""
    private = set_apart(few(engine, link), known, campaign, link.few_least)
    aside = known.entity >= 0
    # Of whom no text was kept nothing but ties is seen, and these would select and tell them both.
    aside[unread(population)] = True
    return [*tied(population, aside, link), *private]


def without(
    candidates: Sequence[Candidate], held: Iterable[npt.NDArray[np.int32]], link: LinkSettings
) -> tuple[list[Candidate], list[Candidate]]:
    """The candidates without accounts that are ``held``: those of as many as make a cohort, and those of a few."""
    taken = np.concatenate([*held, np.zeros(0, np.int32)])
    left = [replace(c, accounts=c.accounts[~np.isin(c.accounts, taken)]) for c in candidates]
    many = [c for c in left if len(c.accounts) >= link.least_accounts]
    return many, [c for c in _of_words(left) if link.few_least <= len(c.accounts) < link.least_accounts]


def _of_words(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Those that a private template selected: of a few accounts that are but tied nothing could be told."""
    return [c for c in candidates if PRIVATE in c.kinds]
