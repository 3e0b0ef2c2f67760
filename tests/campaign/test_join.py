"""Joining: a campaign keeps its words, drops strangers that use them too, and casts no second accusation."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest

from iolaus.campaign.join import Joiner, Pair
from iolaus.campaign.judge import judge
from iolaus.campaign.settings import CampaignSettings, VerdictSettings
from iolaus.findings import Explanation
from iolaus.link import run as linking
from iolaus.link.assemble import Assembly
from iolaus.link.candidates import Candidate
from iolaus.link.cohort import Cohort
from iolaus.link.population import Population
from iolaus.link.settings import LinkSettings
from link import factories

LINK, CAMPAIGN = LinkSettings(), CampaignSettings()
VERDICT = VerdictSettings(accuse_probability=0.5, yes=0.4)
OWN, OTHER = 11, 12

Accounts = npt.NDArray[np.int32]


class World:
    """A hydra among people, cut by account as the assembly cuts it."""

    def __init__(self) -> None:
        self.hydra, self.population = factories.made(3, accounts=40, uses=20, queue=True)

    def cut(self, candidate: Candidate) -> Cohort:
        """The part of the hydra's cohort that the candidate names."""
        rows = np.flatnonzero(np.isin(self.hydra.column("account"), candidate.accounts))
        numbers = np.intersect1d(self.hydra.numbers, candidate.accounts).astype(np.int32)
        topics = np.isin(self.hydra.topic_rows, rows)
        return replace(
            self.hydra,
            numbers=numbers,
            accounts=self.population.accounts.take(pa.array(numbers)),
            conversations=self.hydra.conversations.take(pa.array(rows)),
            topics=self.hydra.topics[topics],
            names=self.hydra.names[topics],
            topic_rows=np.searchsorted(rows, self.hydra.topic_rows[topics]),
        )

    def pair(self, name: str, accounts: Accounts, phrases: tuple[int, ...] = (OWN,), verdict: str = "campaign") -> Pair:
        """A candidate with what it would be judged; the verdict is set, since joining is what is tested."""
        candidate = Candidate(name, ("words",), phrases, accounts.astype(np.int32), False, 100)
        cohort = self.cut(candidate)
        tested = linking.Tested(candidate, cohort, linking.weigh(cohort, self.population, LINK))
        judged = judge(tested, self.population, CAMPAIGN, VERDICT)
        return tested, replace(judged, verdict=verdict, probability=0.99)  # type: ignore[arg-type]

    def joiner(self) -> Joiner:
        assembly = cast(Assembly, SimpleNamespace(population=cast(Population, self.population), cut=self.cut))
        return Joiner(assembly, LINK, CAMPAIGN, VERDICT)


@pytest.fixture
def world() -> World:
    return World()


def named(pairs: list[Pair], name: str) -> Pair:
    return next(pair for pair in pairs if pair[0].candidate.id == name)


def test_second_cohort_of_the_same_accounts_is_no_second_campaign(world: World) -> None:
    whole = world.pair("whole", world.hydra.numbers)
    part = world.pair("part", world.hydra.numbers[:30], phrases=(OTHER,))
    (found,) = world.joiner().join([whole, part])
    assert found[1].verdict == "campaign"
    assert set(found[0].candidate.phrases) == {OWN, OTHER}
    assert len(found[0].candidate.accounts) >= 35


def test_remainder_that_stands_alone_joins_the_campaign(world: World) -> None:
    first, rest = world.hydra.numbers[:24], world.hydra.numbers[12:]
    joined = world.joiner().join([world.pair("first", first), world.pair("rest", rest)])
    accused = [pair for pair in joined if pair[1].verdict == "campaign"]
    held = np.unique(np.concatenate([pair[0].candidate.accounts for pair in accused]))
    assert len(held) >= 35, f"the hydra's 40 accounts belong to campaigns, {len(held)} do"


def test_undetermined_cohort_of_a_campaign_s_accounts_is_its_shadow(world: World) -> None:
    unsettled = world.pair("unsettled", world.hydra.numbers[:25], verdict="undetermined")
    joined = world.joiner().join([world.pair("hydra", world.hydra.numbers), unsettled])
    assert named(joined, "unsettled")[1].verdict == "explained"


def test_a_pool_within_a_cohort_that_honest_people_may_be_is_a_part_of_it(world: World) -> None:
    everyone = world.hydra.numbers
    school = Explanation(name="one workplace", held=True, log10_bf=1.5, sentence="")
    whole, pool = world.pair("whole", everyone, verdict="undetermined"), everyone[:20]
    asked = (whole[0], replace(whole[1], explanations=(school,), question_to_ask="Whose office?"))
    for known, verdict in ((asked, "undetermined"), (whole, "concealed_pool")):
        left = world.joiner().join([known, world.pair("pool", pool, verdict="concealed_pool")])
        assert named(left, "pool")[1].verdict == verdict
    part = named(world.joiner().join([asked, world.pair("pool", pool, verdict="concealed_pool")]), "pool")[1]
    assert part.question_to_ask == "Whose office?" and part.probability <= VERDICT.undetermined_most


def test_cohort_elsewhere_keeps_its_verdict(world: World) -> None:
    others = np.setdiff1d(np.arange(len(world.population)), world.hydra.numbers)[:20]
    apart = world.pair("hydra", world.hydra.numbers)
    candidate = replace(apart[0].candidate, id="apart", accounts=others.astype(np.int32))
    unsettled = (replace(apart[0], candidate=candidate), replace(apart[1], verdict="undetermined"))
    joined = world.joiner().join([apart, unsettled])
    assert named(joined, "apart")[1].verdict == "undetermined"


def half_fit(
    cohort: Cohort, population: Population, settings: LinkSettings, body: npt.NDArray[np.bool_] | None = None
) -> npt.NDArray[np.float64]:
    """Every second account is a stranger."""
    return np.where(np.arange(len(cohort.numbers)) % 2 == 0, 1.0, -1.0)


def test_cohort_of_mostly_strangers_accuses_nobody(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("iolaus.campaign.join.account_fit", half_fit)
    monkeypatch.setattr("iolaus.campaign.join.topic_fit", half_fit)
    (found,) = world.joiner().join([world.pair("mixed", world.hydra.numbers)])
    assert found[1].verdict == "undetermined"
    assert found[1].question_to_ask, "a person is told what to ask"
    assert found[1].probability <= VERDICT.undetermined_most


def test_what_one_half_of_the_topics_selects_the_other_judges(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The evidence on a refined cohort looks at no conversation by which an account was kept."""
    seen: list[Cohort] = []

    def remembered(cohort: Cohort, population: Population, settings: LinkSettings) -> npt.NDArray[np.float64]:
        seen.append(cohort)
        return np.where(np.arange(len(cohort.numbers)) == 0, -1.0, 1.0)

    monkeypatch.setattr("iolaus.campaign.join.account_fit", remembered)
    monkeypatch.setattr("iolaus.campaign.join.topic_fit", remembered)
    (found,) = world.joiner().join([world.pair("hydra", world.hydra.numbers)])
    chosen_by = seen[-1].column("conversation")[seen[-1].topic_rows]
    used = [p.numbers["conversations"] for p in found[0].evidence if p.kind == "interchangeability"]
    judged = found[0].cohort.half(True)
    assert used == [len(judged.topic_rows)]
    assert not np.isin(judged.column("conversation")[judged.topic_rows], chosen_by).any()
    assert len(found[0].candidate.accounts) == len(world.hydra.numbers) - 1


def test_two_that_are_not_one_are_both_left_to_be_measured(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """One of them is no shadow before it is known whose the accounts are."""
    monkeypatch.setattr(Joiner, "_united", lambda self, known, pair: None)
    part = world.pair("part", world.hydra.numbers[:30], phrases=(OTHER,))
    joined = world.joiner().join([world.pair("whole", world.hydra.numbers), part])
    assert [pair[1].verdict for pair in joined] == ["campaign", "campaign"]


def test_of_heavy_users_the_accounts_are_taken_and_not_their_words(world: World) -> None:
    """Everybody else who uses these words would be a user of the campaign's."""
    whole = world.pair("whole", world.hydra.numbers)
    tested, judged = world.pair("part", world.hydra.numbers[:30], phrases=(OTHER,))
    heavy = (replace(tested, candidate=replace(tested.candidate, core=True)), judged)
    (found,) = world.joiner().join([whole, heavy])
    assert found[1].verdict == "campaign"
    assert found[0].candidate.phrases == (OWN,)


def test_what_is_left_beside_a_campaign_is_judged_by_itself(world: World) -> None:
    joiner, numbers = world.joiner(), world.hydra.numbers
    pair = world.pair("part", numbers)
    left = joiner.beside(pair, numbers[:10])
    assert left is not None
    assert left[0].candidate.accounts.tolist() == numbers[10:].tolist()
    assert left[0].cohort.numbers.tolist() == numbers[10:].tolist()
    assert joiner.beside(pair, np.zeros(0, np.int32)) is pair, "nothing was taken from it"
    assert joiner.beside(pair, numbers[3:]) is None, "three accounts are no cohort"
