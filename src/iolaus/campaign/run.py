"""The campaign stage: cohorts are judged, campaigns that are one are joined, and members are measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from iolaus.campaign.apart import Declared, declared, set_apart
from iolaus.campaign.claims import claimed_once
from iolaus.campaign.cleared import cleared_accounts
from iolaus.campaign.grown import MORE_LIKELY, grown
from iolaus.campaign.join import Joiner, Pair, shadow
from iolaus.campaign.judge import judge
from iolaus.campaign.judged import Judged, Outcome, Settings
from iolaus.campaign.members import Members
from iolaus.campaign.publish import published
from iolaus.campaign.said import let_know
from iolaus.campaign.unread import with_unread
from iolaus.campaign.wordless import WORDLESS, Sections, without, wordless
from iolaus.engine import Engine
from iolaus.key import load as load_key
from iolaus.link.assemble import Assembly
from iolaus.link.candidates import Candidate, find
from iolaus.link.passages import SharedWords
from iolaus.link.releases import with_releases
from iolaus.link.run import test
from iolaus.link.strata import with_baseline
from iolaus.progress import Progress
from iolaus.workspace import Workspace


def run(work: Workspace, settings: Settings, engine: Engine, progress: Progress, has_accounts: bool) -> Outcome:
    """Find candidates, weigh, judge and join them."""
    exchanges = work.folder("ingest") / "exchanges"
    with progress.stage("candidates", "candidates") as tick:
        key = load_key(settings.sketch.key_file)
        assembly = Assembly(work, engine, settings.link, key, has_accounts)
        assembly.population = with_baseline(assembly.population, engine, settings.link, key)
        assembly.population = with_releases(assembly.population, engine, work.folder("ingest"), settings.link, key)
        cleared = cleared_accounts(settings.campaign.cleared, assembly.population.accounts)
        assembly.population = replace(assembly.population, cleared=cleared)
        known = declared(assembly.population, engine, settings.campaign)
        candidates = set_apart(find(engine, settings.link), known, settings.campaign, settings.link.least_accounts)
        others = wordless(engine, assembly.population, known, settings.link, settings.campaign)
        assembly.admit(others)
        shared = SharedWords.load(work.folder("sketch"), key)
        let_know(assembly, work, engine, [*candidates, *others], settings.link, shared)
        tick(len(candidates))
    judged = []
    with progress.stage("evidence", "cohorts") as tick:
        for tested in test(assembly, candidates, settings.link):
            judged.append((tested, judge(tested, assembly.population, settings.campaign, settings.verdict)))
            tick(1)
        count = len(judged)
        joiner = Joiner(assembly, settings.link, settings.campaign, settings.verdict)
        judged = joiner.join(judged)
    with progress.stage("members", "campaigns") as tick:
        cohorts = list(_measured(judged, joiner, assembly, engine, settings, known))
        more, tried = _beyond_words(others, cohorts, assembly, engine, settings, known)
        cohorts = claimed_once([*cohorts, *more], len(assembly.population.accounts))
        cohorts = published(cohorts, exchanges, shared, assembly, engine, settings)
        tick(sum(found.members is not None for found in cohorts))
    cohorts.sort(key=lambda found: (-found.judgement.probability, found.tested.candidate.id))
    return Outcome(cohorts, assembly.population, assembly.uses, count + tried)


def _measured(
    judged: Iterable[Pair], joiner: Joiner, assembly: Assembly, engine: Engine, settings: Settings, known: Declared
) -> Iterator[Judged]:
    """Each cohort, campaigns with their members; one whose accounts an earlier campaign holds is its shadow.

    One that could be an earlier cohort by its accounts, and was not joined with it, is judged once more without those
    that turned out to be the earlier campaign's.
    """
    earlier: list[Pair] = []
    before: list[Pair] = []
    for pair in judged:
        if pair[1].verdict != "campaign":
            yield Judged(*pair, {})
            continue
        holder = joiner.nearest(pair, earlier)
        rival = holder or joiner.nearest(pair, before)
        before.append(pair)
        if rival is not None:
            alone = None if holder else joiner.beside(pair, _accounts(earlier))
            if alone is None:
                yield Judged(*shadow(pair, rival), {})
                continue
            pair = alone
        found = grown(pair, assembly, engine, settings, known)
        if found.members is not None and not WORDLESS & {*found.tested.candidate.kinds}:
            found = _with_unread(found, found.members, assembly, settings, known)
        if found.members is not None:
            sure = found.members.membership >= settings.verdict.accuse_membership
            earlier.append(_of_accounts(found, found.members.numbers[sure]))
        yield found


def _of_accounts(found: Judged, accounts: npt.NDArray[np.int32]) -> Pair:
    """The campaign with none but these of its accounts."""
    return replace(found.tested, candidate=replace(found.tested.candidate, accounts=accounts)), found.judgement


def _accounts(campaigns: Sequence[Pair]) -> npt.NDArray[np.int32]:
    """All accounts of these campaigns."""
    return np.concatenate([np.zeros(0, np.int32), *(found[0].candidate.accounts for found in campaigns)])


def _beyond_words(
    candidates: Sequence[Candidate],
    found: Sequence[Judged],
    assembly: Assembly,
    engine: Engine,
    settings: Settings,
    known: Declared,
) -> tuple[list[Judged], int]:
    """Cohorts that need no common words, without the accounts that a campaign of common words holds already.

    Returns them, and how many were tested before any were joined.
    """
    held = [judged.members.numbers[judged.members.membership >= MORE_LIKELY] for judged in found if judged.members]
    many, handfuls = without(candidates, held, settings.link)
    assembly.admit([*many, *handfuls])
    assembly.turn_to_admitted()
    of_few = Sections.of_few(settings.sketch, settings.link, settings.campaign, settings.verdict)
    judged: list[Judged] = []
    for some, by in ((many, settings), (handfuls, of_few)):
        joiner = Joiner(assembly, by.link, by.campaign, by.verdict)
        judged += _measured(joiner.found(some), joiner, assembly, engine, by, known)
    return judged, len(many) + len(handfuls)


def _with_unread(found: Judged, members: Members, assembly: Assembly, settings: Settings, known: Declared) -> Judged:
    """The campaign with accounts of which no text was kept, and whose ties are those of its own."""
    members = with_unread(
        members,
        assembly.population,
        known,
        found.judgement.probability,
        settings.verdict.accuse_membership,
        settings.link,
    )
    more = members.numbers[(members.membership >= MORE_LIKELY) & (members.used == 0)]
    candidate = found.tested.candidate
    everyone = replace(candidate, accounts=np.union1d(candidate.accounts, more).astype(np.int32))
    return replace(found, tested=replace(found.tested, candidate=everyone), members=members)
