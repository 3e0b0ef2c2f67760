"""How much of what the accounts of a campaign do besides its words is the campaign's too.

It may be the rest of the harvest in other words, what the operator sends as cover, or the requests of customers whom he
resells to; all three are dealt to accounts at random. The rest of a harvest is told by what it is about: how much of it
is like what is asked with the words, beside what strangers ask. Bare questions such as strangers ask, too, stay unseen.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from iolaus.campaign.settings import VerdictSettings
from iolaus.link.assemble import Assembly
from iolaus.link.candidates import Candidate
from iolaus.link.population import Floats


def rest_of_campaign(
    assembly: Assembly, candidate: Candidate, users: npt.NDArray[np.int32], settings: VerdictSettings
) -> float:
    """Share of what the accounts of ``candidate`` do without its phrases that is the campaign's.

    By keyed samples of conversations. users: numbers of everyone who uses the words; strangers are the others.
    """
    population = assembly.population
    strangers = ~np.isin(population.samples["authors"], users)
    return alike(
        population.projected(assembly.besides(candidate.accounts, candidate.phrases).topics),
        population.projected(assembly.cut(candidate).topics),
        population.projected(population.samples["topics"][strangers].astype(np.int8)),
        settings,
    )


def alike(rest: Floats, words: Floats, strangers: Floats, settings: VerdictSettings) -> float:
    """Share of ``rest`` that is like ``words``, the remainder being like ``strangers``: float64[., c] each.

    An adjusted count (Forman, Data Mining and Knowledge Discovery 17, 2008): the mean score of a classifier lies
    between those of what it was taught, each measured on the half that it did not see. What looks like neither counts
    as far as it looks like the words. 0 where there are too few of a sort, or the two cannot be told apart.
    """
    if min(len(rest), len(words), len(strangers)) < settings.rest_least:
        return 0.0
    found = []
    for half in (0, 1):
        taught = [part[half::2] for part in (words, strangers)]
        score = LogisticRegression(C=0.3, class_weight="balanced", max_iter=1000)
        centre, spread = np.mean(taught[1], 0), np.std(taught[1], 0) + 1e-9
        sort = np.repeat([1, 0], [len(part) for part in taught])
        score.fit((np.concatenate(taught) - centre) / spread, sort)
        own, other, asked = (
            float(score.predict_proba((part - centre) / spread)[:, 1].mean())
            for part in (words[1 - half :: 2], strangers[1 - half :: 2], rest)
        )
        found.append((asked - other) / (own - other) if own - other >= settings.rest_clear else 0.0)
    return float(np.clip(np.mean(found), 0.0, 1.0))
