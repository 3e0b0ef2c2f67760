"""The campaign stage: cohorts are judged, campaigns that are one are joined, and members are measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from iolaus.campaign.apart import Declared, declared, set_apart
from iolaus.campaign.claims import claimed_once
from iolaus.campaign.cleared import cleared_accounts
from iolaus.campaign.grown import MORE_LIKELY
from iolaus.campaign.join import Joiner
from iolaus.campaign.judge import judge
from iolaus.campaign.judged import Judged, Outcome, Settings
from iolaus.campaign.measured import Measuring
from iolaus.campaign.publish import published
from iolaus.campaign.said import let_know
from iolaus.campaign.wordless import Sections, without, wordless
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
        cohorts = Measuring(joiner, assembly, engine, settings, known).of(judged)
        more, tried = _beyond_words(others, cohorts, assembly, engine, settings, known)
        cohorts = claimed_once([*cohorts, *more], len(assembly.population.accounts))
        cohorts = published(cohorts, exchanges, shared, assembly, engine, settings)
        tick(sum(found.members is not None for found in cohorts))
    cohorts.sort(key=lambda found: (-found.judgement.probability, found.tested.candidate.id))
    return Outcome(cohorts, assembly.population, assembly.uses, count + tried)


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
        judged += Measuring(joiner, assembly, engine, by, known).of(joiner.found(some))
    return judged, len(many) + len(handfuls)
