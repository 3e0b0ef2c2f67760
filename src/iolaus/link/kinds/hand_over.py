"""Hand-over: does work of one account go on in another?

Sees: conversations begun in one account and continued in another, signed reasoning that two accounts replay, requests
that failed in one and were answered in the next: one pool of keys behind one programme.
Must spare: somebody with two keys, friends who send each other chats (few each, and in small circles),
a class that goes on from one link, strangers who all write the same first message or replay one public example. A
firm's gateway over its own keys: accounts that are openly of one organisation hand each other nothing over.
An analyst next: reads one such conversation in the order of its turns, and asks who switched the key.
Source: Poisson surplus over the rate of everybody else, see :mod:`iolaus.link.handed`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from iolaus.findings import Evidence, Family, Question
from iolaus.link.cohort import Cohort
from iolaus.link.handed import CONTINUED, REPLAYED, RETRIED
from iolaus.link.population import Floats, Holders, Numbers, Population
from iolaus.link.settings import LinkSettings
from iolaus.link.weights import piece, poisson_surplus

KIND = "hand_over"
FAMILY: Family = "allocation"
QUESTION: Question = "control"


def weigh(cohort: Cohort, population: Population, settings: LinkSettings) -> Evidence | None:
    """Surplus of hands that accounts of the cohort pass work to over those that people have, and strangers."""
    holders = population.holders.get("handed")
    if holders is None or len(cohort.everyone) == 0:
        return None
    inside = np.zeros(len(population), bool)
    inside[cohort.everyone] = True
    mine = _hands(holders, inside, population, settings)
    others = _hands(holders, ~inside, population, settings)
    back = population.holders.get("handed_back")
    chance = 0.0 if back is None else _hands(back, inside, population, settings).links
    related = len(mine.accounts) * settings.hand_over_friends / 2
    expected = chance + max(related, *_rates(others.links, inside, population))
    # What some of a cohort hand over says nothing of the rest, who may differ as people do.
    part = len(mine.accounts) / len(cohort.everyone)
    sorts = np.bincount(mine.sorts, minlength=RETRIED + 1)
    return piece(
        KIND,
        FAMILY,
        QUESTION,
        min(poisson_surplus(mine.links, expected, settings.links_deviation), settings.hand_over_cap) * part,
        settings.hand_over_cap,
        f"{len(mine.sorts)} conversations, replayed reasonings or failed requests of {len(mine.accounts)} accounts went"
        f" on in another of them, which links {mine.links:.0f} pairs ({expected:.1f} expected of as many others).",
        handed=len(mine.sorts),
        links=mine.links,
        expected=expected,
        continued=float(sorts[CONTINUED]),
        replayed=float(sorts[REPLAYED]),
        retried=float(sorts[RETRIED]),
        linked_accounts=len(mine.accounts),
        accounts=len(cohort.everyone),
    )


@dataclass(frozen=True)
class Hands:
    """What some accounts hand to each other: the sort of each thing, the accounts that have part in any, and links."""

    sorts: npt.NDArray[np.int8]
    accounts: npt.NDArray[np.int32]
    links: float


def _hands(holders: Holders, among: npt.NDArray[np.bool_], population: Population, settings: LinkSettings) -> Hands:
    """What accounts ``among`` all (bool by number) hand over to accounts that are not openly of their organisation.

    Links are pairs of accounts: a friend to whom much is sent makes one, and a thing that c accounts hold c - 1.
    Circles in which all know each other are small: only accounts that are linked, one by one, to more than
    ``hand_over_circle`` count. What many hold was published, and no hand passed it on; of a conversation each turn was
    one account's alone.
    """
    everyone = np.searchsorted(distinct := np.unique(holders.values), holders.values)
    held = np.bincount(everyone, minlength=len(distinct))[everyone]
    kept = among[holders.accounts] & ((holders.sorts == CONTINUED) | (held <= settings.hand_over_holders))
    accounts, place, sorts = holders.accounts[kept], everyone[kept], holders.sorts[kept]
    entity = population.entities[accounts]
    parties = np.unique(np.stack([place, entity], 1), axis=0)[:, 0]
    several = np.bincount(parties, minlength=len(distinct)) > 1
    accounts, entity, sorts, place = (each[several[place]] for each in (accounts, entity, sorts, place))
    pairs, circle = _pairs(place, accounts, entity)
    wide = circle > settings.hand_over_circle
    _, first, count = np.unique(place[wide], return_index=True, return_counts=True)
    links = min(float((count - 1).sum()), float(pairs[wide].sum() / 2))
    return Hands(sorts[wide][first], np.unique(accounts[wide]), links)


def _pairs(place: Numbers, accounts: npt.NDArray[np.int32], entity: Numbers) -> tuple[Floats, Numbers]:
    """Of each account, where it first stands: others of other entities with which it holds a thing, else 0; and of each
    row how many accounts are reached from it by such pairs, itself among them."""
    who, first, column = np.unique(accounts, return_index=True, return_inverse=True)
    things = np.unique(place, return_inverse=True)[1]
    held = csr_matrix((np.ones(len(things), np.int32), (things, column)), (things.max(initial=0) + 1, len(who)))
    both = (held.T @ held).tocoo()
    strange = entity[first][both.row] != entity[first][both.col]
    others = np.zeros(len(accounts))
    others[first] = np.bincount(both.row[strange], minlength=len(who))
    label = connected_components(both, directed=False)[1] if len(who) else np.zeros(0, np.int64)
    return others, np.bincount(label)[label][column] if len(who) else np.zeros(0, np.int64)


def _rates(strange: float, inside: npt.NDArray[np.bool_], population: Population) -> tuple[float, float]:
    """Links expected of the cohort if it had as many an account as others, or as many a conversation."""
    had = population.numbers("conversations")
    accounts = strange * inside.sum() / max(((had > 0) & ~inside).sum(), 1)
    return float(accounts), float(strange * had[inside].sum() / max(had[~inside].sum(), 1.0))
