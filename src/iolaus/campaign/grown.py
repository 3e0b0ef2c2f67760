"""A campaign with its members: words that strangers use as well are dropped, words that are its own are taken up.

Words are taken up by how much of their use is the campaign's. One that many strangers use seldom, as those of a
framework, passes that, and with it the words are no longer the campaign's own: then it stays as it was before, or,
where thousands use them and ties told too few whom to count strangers against, each account is told from these by
itself.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from iolaus.campaign.apart import Declared
from iolaus.campaign.brought import plain_strangers_use, users_of
from iolaus.campaign.fits import Fits, fits_of
from iolaus.campaign.join import Pair, mixed
from iolaus.campaign.judged import Judged, Settings
from iolaus.campaign.members import Members, fitting_words, measure, own_words, users
from iolaus.campaign.owners import are_owned
from iolaus.campaign.rest import rest_of_campaign
from iolaus.campaign.wordless import WORDLESS
from iolaus.engine import Engine
from iolaus.link.assemble import Assembly
from iolaus.link.candidates import Candidate

GROWTHS = 5
"""Times that a campaign may take up words of its members' own, or drop some."""

MORE_LIKELY = 0.5
"""Membership from which an account is counted as the campaign's: more likely than not."""


def grown(
    pair: Pair, assembly: Assembly, engine: Engine, settings: Settings, known: Declared, fits: Fits | None = None
) -> Judged:
    """A campaign with its members. Words that strangers use as well are dropped, and words that are its own taken up.

    Where nothing is left that mostly its own accounts use, or too few can be told from strangers, nobody is accused.
    fits: those of the candidate as it is (:func:`fits_of`), where they are known already.
    """
    (tested, judgement), candidate = pair, pair[0].candidate
    dropped = set[int]()
    found: Judged | None = None
    counted = False
    for _ in range(GROWTHS):
        if fits is None:
            fits = fits_of(candidate, assembly, engine, settings.link, settings.verdict, known)
        own, words = fits.exclusive(settings.verdict), _exclusive(candidate, fits, engine, settings)
        if found and not own:
            many = not counted and fits.tested.sum() > settings.verdict.own_most
            if many and not _proven(found, fits, engine, settings):
                # Among thousands hundreds of strangers do not show: then no words are trusted, whichever are left.
                words = candidate.phrases
            elif {*fits.strange} & {*found.tested.candidate.phrases}:
                # Words that seemed its own bring strangers, beside better words that were taken up since.
                found = None
            elif _no_more(words, candidate, found):
                break
        if words != candidate.phrases:
            dropped |= {*candidate.phrases} - {*words}
            candidate, fits = replace(candidate, phrases=words), None
            continue
        if fits.share < settings.campaign.least_members:
            break
        members = _members(candidate, fits, judgement.probability, assembly, engine, settings)
        candidate = replace(candidate, accounts=members.numbers[members.membership >= MORE_LIKELY])
        found = Judged(replace(tested, candidate=candidate), judgement, {}, members, own_words=own)
        counted = fits.counted_by_ties
        if not own or WORDLESS & {*candidate.kinds}:
            break
        taken = {*own_words(engine, candidate.accounts, settings.campaign.own_words)} - dropped | {*candidate.phrases}
        if len(taken) == len(candidate.phrases):
            break
        candidate, fits = replace(candidate, phrases=tuple(sorted(taken))), None
    return found if found and _told(found, settings) else Judged(*mixed(tested, judgement, settings.verdict), {})


def _members(
    candidate: Candidate, fits: Fits, probability: float, assembly: Assembly, engine: Engine, settings: Settings
) -> Members:
    """The members of a campaign with the words of a candidate, that is one with this ``probability``."""
    likely, verdict = fits.likely(settings.verdict), settings.verdict
    owned = are_owned(assembly, candidate.phrases, likely, settings.link, verdict.owned_rest)
    own = replace(candidate, accounts=likely)
    rest = None if owned else rest_of_campaign(assembly, own, fits.numbers, verdict)
    return measure(engine, candidate.phrases, fits, probability, verdict, owned, rest)


def _proven(found: Judged, fits: Fits, engine: Engine, settings: Settings) -> bool:
    """Whether strangers who show plainly among the users of more words hardly use those that were there before."""
    accounts = fits.numbers[fits.tested]
    before = users_of(engine, found.tested.candidate.phrases, accounts)
    use = np.isin(accounts, np.concatenate(list(before.values())))
    plain, least = settings.verdict.strange_plain, settings.link.least_accounts
    rarer = plain_strangers_use(use, fits.by_account.usual[fits.tested], plain, least)
    return rarer is not None and rarer <= settings.verdict.strange_use


def _no_more(words: tuple[int, ...], candidate: Candidate, found: Judged) -> bool:
    """Whether nothing is left to take up: none of the words can be told from the others, or only old ones are left."""
    return words == candidate.phrases or {*words} <= {*found.tested.candidate.phrases}


def _told(found: Judged, settings: Settings) -> bool:
    """Whether as many accounts are told from strangers as make a cohort at all."""
    if found.members is None:
        return False
    accused = found.members.membership >= settings.verdict.accuse_membership
    return int(accused.sum()) >= settings.link.least_accounts


def _exclusive(candidate: Candidate, fits: Fits, engine: Engine, settings: Settings) -> tuple[int, ...]:
    """The phrases without those that too many strangers use; all of them where that leaves none, or few accounts."""
    phrases, least = candidate.phrases, settings.campaign.least_members
    if fits.share < least:
        return fitting_words(engine, phrases, fits, least) or phrases
    if fits.exclusive(settings.verdict):
        return phrases
    words = fitting_words(engine, phrases, fits, settings.campaign.own_words)
    words = tuple(word for word in words if word not in fits.strange)
    # Of the campaign's accounts: with words of another campaign's many more fit than are its own.
    likely = np.intersect1d(fits.numbers[fits.fitting], candidate.accounts)
    kept = settings.campaign.kept_members * len(likely)
    return words if words and users(engine, words, likely) >= kept else phrases
