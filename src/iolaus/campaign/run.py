"""The campaign stage: cohorts are judged, campaigns that are one are joined, and members are measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
import pyarrow as pa

from iolaus.campaign.apart import Declared, declared, set_apart
from iolaus.campaign.cleared import cleared_accounts
from iolaus.campaign.excerpts import excerpt
from iolaus.campaign.fits import Fits, fits_of
from iolaus.campaign.join import Joiner, Pair, mixed, overlap, shadow
from iolaus.campaign.judge import Judgement, judge
from iolaus.campaign.members import Members, fitting_words, measure, own_words, users
from iolaus.campaign.owners import are_owned
from iolaus.campaign.rest import rest_of_campaign
from iolaus.campaign.said import let_know
from iolaus.campaign.settings import CampaignSettings, VerdictSettings
from iolaus.campaign.unread import with_unread
from iolaus.campaign.wordless import WORDLESS, Sections, without, wordless
from iolaus.engine import Engine
from iolaus.findings import Level
from iolaus.key import load as load_key
from iolaus.link.assemble import Assembly
from iolaus.link.candidates import Candidate, find
from iolaus.link.passages import SharedWords
from iolaus.link.population import Population
from iolaus.link.readings import read
from iolaus.link.releases import with_releases
from iolaus.link.run import Tested, test
from iolaus.link.settings import LinkSettings
from iolaus.link.strata import with_baseline
from iolaus.link.uses import Uses
from iolaus.progress import Progress
from iolaus.sketch.settings import SketchSettings
from iolaus.workspace import Workspace

SHOWN_PHRASES = 12

GROWTHS = 3
"""Times that a campaign may take up words of its members' own."""

MORE_LIKELY = 0.5
"""Membership from which an account is counted as the campaign's: more likely than not."""


class Settings(Protocol):
    """The sections of the settings that this stage reads."""

    @property
    def sketch(self) -> SketchSettings:
        """How text became phrases."""
        ...

    @property
    def link(self) -> LinkSettings:
        """Candidates and evidence."""
        ...

    @property
    def campaign(self) -> CampaignSettings:
        """Honest explanations and joining."""
        ...

    @property
    def verdict(self) -> VerdictSettings:
        """When a cohort is called what."""
        ...


@dataclass(frozen=True)
class Judged:
    """A cohort, what is believed of it, its published words by phrase, and its members where it is accused.

    level: what it had to reach and reached, once it was held to one.
    """

    tested: Tested
    judgement: Judgement
    published: dict[int, str]
    members: Members | None = None
    level: Level | None = None


@dataclass(frozen=True)
class Outcome:
    """Every judged cohort, the strongest first, everybody, and which conversations use which phrases.

    tested: how many cohorts were tested before any were joined.
    """

    cohorts: list[Judged]
    population: Population
    uses: Uses
    tested: int

    @property
    def campaigns(self) -> list[Judged]:
        """Those that are accused."""
        return [judged for judged in self.cohorts if judged.judgement.verdict == "campaign"]


def run(work: Workspace, settings: Settings, engine: Engine, progress: Progress, has_accounts: bool) -> Outcome:
    """Find candidates, weigh, judge and join them."""
    exchanges = work.folder("ingest") / "exchanges"
    with progress.stage("candidates", "candidates") as tick:
        key = load_key(settings.sketch.key_file)
        assembly = Assembly(work, engine, settings.link, has_accounts)
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
        cohorts = list(_measured(judged, assembly, engine, settings, known))
        cohorts += _beyond_words(others, cohorts, assembly, engine, settings, known)
        cohorts = _published(cohorts, exchanges, shared, assembly, engine, settings)
        tick(sum(found.members is not None for found in cohorts))
    cohorts.sort(key=lambda found: (-found.judgement.probability, found.tested.candidate.id))
    return Outcome(cohorts, assembly.population, assembly.uses, count)


def _measured(
    judged: Iterable[Pair], assembly: Assembly, engine: Engine, settings: Settings, known: Declared
) -> Iterator[Judged]:
    """Each cohort, campaigns with their members; one whose accounts an earlier campaign holds is its shadow."""
    earlier: list[Pair] = []
    for pair in judged:
        if pair[1].verdict != "campaign":
            yield Judged(*pair, {})
            continue
        nearest = max(earlier, key=lambda found: overlap(pair, found), default=None)
        if nearest is not None and overlap(pair, nearest) >= settings.campaign.same_campaign:
            yield Judged(*shadow(pair, nearest), {})
            continue
        found = _grown(pair, assembly, engine, settings, known)
        if found.members is not None:
            if not WORDLESS & {*found.tested.candidate.kinds}:
                found = _with_unread(found, found.members, assembly, settings, known)
            earlier.append((found.tested, found.judgement))
        yield found


def _beyond_words(
    candidates: Sequence[Candidate],
    found: Sequence[Judged],
    assembly: Assembly,
    engine: Engine,
    settings: Settings,
    known: Declared,
) -> list[Judged]:
    """Cohorts that need no common words, without the accounts that a campaign of common words holds already."""
    held = [judged.members.numbers[judged.members.membership >= MORE_LIKELY] for judged in found if judged.members]
    many, handfuls = without(candidates, held, settings.link)
    assembly.admit([*many, *handfuls])
    assembly.turn_to_admitted()
    of_few = Sections.of_few(settings.sketch, settings.link, settings.campaign, settings.verdict)
    return [
        judged
        for candidates, by in ((many, settings), (handfuls, of_few))
        for judged in _measured(
            Joiner(assembly, by.link, by.campaign, by.verdict).found(candidates), assembly, engine, by, known
        )
    ]


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


def _grown(pair: Pair, assembly: Assembly, engine: Engine, settings: Settings, known: Declared) -> Judged:
    """A campaign with its members. Words that strangers use as well are dropped, and words that are its own taken up.

    Where nothing is left that mostly its own accounts use, or too few can be told from strangers, nobody is accused.
    """
    (tested, judgement), candidate = pair, pair[0].candidate
    least, dropped = settings.campaign.least_members, set[int]()
    found: Judged | None = None
    for _ in range(GROWTHS):
        fits = fits_of(candidate, assembly, engine, settings.link, settings.verdict, known)
        strange = fits.share < least
        words = _exclusive(candidate.phrases, fits, engine, settings, strange)
        if words != candidate.phrases:
            dropped |= {*candidate.phrases} - {*words}
            candidate = replace(candidate, phrases=words)
            continue
        if strange:
            break
        likely, owned_rest = fits.likely(settings.verdict), settings.verdict.owned_rest
        owned = are_owned(assembly, candidate.phrases, likely, settings.link, owned_rest)
        own = replace(candidate, accounts=likely)
        rest = 0.0 if owned else rest_of_campaign(assembly, own, fits.numbers, settings.verdict)
        members = measure(engine, candidate.phrases, fits, judgement.probability, settings.verdict, owned, rest)
        candidate = replace(candidate, accounts=members.numbers[members.membership >= MORE_LIKELY])
        found = Judged(replace(tested, candidate=candidate), judgement, {}, members)
        if not fits.exclusive(settings.verdict) or WORDLESS & {*candidate.kinds}:
            break
        taken = {*own_words(engine, candidate.accounts, settings.campaign.own_words)} - dropped | {*candidate.phrases}
        if len(taken) == len(candidate.phrases):
            break
        candidate = replace(candidate, phrases=tuple(sorted(taken)))
    return found if found and _told(found, settings) else Judged(*mixed(tested, judgement, settings.verdict), {})


def _told(found: Judged, settings: Settings) -> bool:
    """Whether as many accounts are told from strangers as make a cohort at all."""
    if found.members is None:
        return False
    accused = found.members.membership >= settings.verdict.accuse_membership
    return int(accused.sum()) >= settings.link.least_accounts


def _exclusive(
    phrases: tuple[int, ...], fits: Fits, engine: Engine, settings: Settings, strange: bool
) -> tuple[int, ...]:
    """The phrases without those that too many strangers use; all of them where that leaves none, or few members.

    ``strange``: too few users fit to go on with all of them.
    """
    if strange:
        return fitting_words(engine, phrases, fits, settings.campaign.least_members) or phrases
    if fits.exclusive(settings.verdict):
        return phrases
    words = fitting_words(engine, phrases, fits, settings.campaign.own_words)
    likely = fits.numbers[fits.fitting]
    kept = settings.campaign.kept_members * len(likely)
    return words if words and users(engine, words, likely) >= kept else phrases


def _published(
    cohorts: Sequence[Judged],
    exchanges: Path,
    shared: SharedWords,
    assembly: Assembly,
    engine: Engine,
    settings: Settings,
) -> list[Judged]:
    """Add the words that may be shown of every cohort that is not simply explained."""
    shown = {
        judged.tested.candidate.id: top_phrases(engine, judged.tested.candidate)
        for judged in cohorts
        if judged.judgement.verdict != "explained"
    }
    asked = [
        Candidate(f"{name}/{phrase}", (), (phrase,), judged.tested.candidate.accounts, False, 0)
        for judged in cohorts
        for name in [judged.tested.candidate.id]
        for phrase in shown.get(name, ())
    ]
    words = read(exchanges, engine, assembly.uses, asked, settings.link, shared)
    entity = _entities(assembly.population.accounts)
    return [
        replace(
            judged,
            published={
                phrase: excerpt(
                    words.get(f"{judged.tested.candidate.id}/{phrase}", ()), entity, settings.sketch.publish_k
                )
                for phrase in shown.get(judged.tested.candidate.id, ())
            },
        )
        for judged in cohorts
    ]


def top_phrases(engine: Engine, candidate: Candidate) -> tuple[int, ...]:
    """The most used phrases of a candidate."""
    table = engine.table(
        "SELECT phrase FROM phrases"
        f" WHERE phrase IN ({','.join(map(str, candidate.phrases))}) AND kind = 'words'"
        f" ORDER BY conversations DESC, phrase LIMIT {SHOWN_PHRASES}"
    )
    return tuple(table["phrase"].to_pylist())


def _entities(accounts: pa.Table) -> dict[int, str]:
    """Account number -> its legal entity, else the account itself."""
    legal = accounts["legal_entity_id"].to_pylist() if "legal_entity_id" in accounts.column_names else []
    return {
        number: (f"entity:{legal[number]}" if legal and legal[number] is not None else f"account:{number}")
        for number in range(len(accounts))
    }
