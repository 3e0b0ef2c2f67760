"""How much of what the accounts of a campaign do besides its words is the campaign's too.

It may be the rest of the harvest in other words, what the operator sends as cover, or the requests of customers whom he
resells to; all three are dealt to accounts at random. Customers are people of all kinds: together they ask much of what
strangers ask. A list of work is one person's choice, and however long it is, most of what strangers ask is not on it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingClassifier

from iolaus.campaign.settings import VerdictSettings
from iolaus.link.assemble import Assembly
from iolaus.link.besides import Besides
from iolaus.link.candidates import Candidate
from iolaus.link.population import Floats, Population
from iolaus.link.weights import along

ROUNDS = 60
"""Trees of a classifier; more tell no more of some thousand requests."""


STEPS = 250
"""Steps that a feature is told in: a classifier looks at 255 at most."""


def rest_of_campaign(
    assembly: Assembly, candidate: Candidate, users: npt.NDArray[np.int32], settings: VerdictSettings
) -> float | None:
    """Share of what the accounts of ``candidate`` do without its phrases that is the campaign's.

    By keyed samples of conversations. users: numbers of everyone who uses the words; strangers are the others. None
    where too little is done besides to tell.
    """
    own = assembly.besides(candidate.accounts, candidate.phrases)
    if len(own.member) < settings.rest_least:
        return None
    others = assembly.besides(assembly.readable_but(users), candidate.phrases)
    seen = [
        _seen(assembly.population, each, most)
        for each, most in ((own, settings.rest_per_account), (others, settings.rest_per_stranger))
    ]
    if min(len(each) for each in seen) < settings.rest_least:
        return None
    return 1 - along(reach(*seen), settings.rest_overlap, settings.rest_reach)


def reach(rest: Floats, strangers: Floats) -> float:
    """How much of what is least like ``rest`` in what strangers ask it holds as well: float64[., c] each.

    1 where both ask alike, and 0 where the half of the strangers' requests that is least like the rest holds none of
    it. Requests are ranked by a classifier of the one against the other, which was taught by every second one of each
    sort and ranks those that it did not see.
    """
    found = []
    for half in (0, 1):
        taught, sort = _sorted(rest[half::2], strangers[half::2])
        edges = np.quantile(taught, np.linspace(0, 1, STEPS + 1)[1:-1], axis=0)
        model = HistGradientBoostingClassifier(max_iter=ROUNDS, class_weight="balanced", random_state=0)
        model.fit(_stepped(taught, edges), sort)
        own, other = (model.predict_proba(_stepped(part[1 - half :: 2], edges))[:, 1] for part in (rest, strangers))
        found.append(float((own <= np.median(other)).mean()) / 0.5)
    return float(np.mean(found))


def _stepped(features: Floats, edges: Floats) -> Floats:
    """The features by place among their ``edges`` (float64[STEPS - 1, c]).

    A classifier that weighs its rows sorts all of them for each of its bins, unless there are no more values than bins.
    """
    columns = [np.searchsorted(at, column) for at, column in zip(edges.T, features.T, strict=True)]
    return np.stack(columns, 1).astype(np.float64)


def _sorted(rest: Floats, strangers: Floats) -> tuple[Floats, npt.NDArray[np.int64]]:
    return np.concatenate([rest, strangers]), np.repeat([1, 0], [len(rest), len(strangers)])


def _seen(population: Population, asked: Besides, most: int) -> Floats:
    """float64[b, c + 1]: direction of the topic of each request, and log of its words; ``most`` of each account."""
    first = np.arange(len(asked.member)) - np.searchsorted(asked.member, asked.member) < most
    topics = population.projected(asked.topics[first])
    length = np.maximum(np.linalg.norm(topics, axis=1, keepdims=True), 1e-9)
    return np.concatenate([topics / length, np.log1p(np.maximum(asked.words[first], 0))[:, None]], 1)
