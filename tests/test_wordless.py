"""Scans of small worlds in which no words are common: keys with one private template, and a pool that is but tied."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from iolaus.campaign.judged import Judged, Outcome
from iolaus.ingest.inputs import Inputs
from iolaus.progress import Progress
from iolaus.scan import scan
from iolaus.settings import load
from iolaus.simulate import simulate

CROWDS = """
name = "small"
days = 5

[[crowd]]
kind = "individuals"
accounts = 330

[[crowd]]
kind = "heavy_developers"
accounts = 12

[[crowd]]
kind = "several_keys"
accounts = 15
"""
KEYS = """
[[campaign]]
id = "keys"
look_like = "high_tier"
accounts = 5
exchanges = 12000
dealing = "modulo"
pacing = "paced"
apps = { python_bare = 1.0 }

[[campaign.templates]]
items = "maths"
family = "articulate"
share = 1.0

[campaign.identity]
shared_cards = 0.0
burst_share = 0.0
"""
POOL = """
[[campaign]]
id = "pool"
look_like = "developers"
accounts = 40
exchanges = 4000
pacing = "paced"
apps = { python_bare = 1.0 }

[[campaign.templates]]
items = "maths"
family = ""
share = 1.0

[campaign.identity]
shared_cards = 0.6
shared_devices = 0.3

[campaign.network]
pool = 30
kind = "cloud"
share = 0.9
lease_hours = 24
"""


def scanned(folder: Path, campaign: str) -> tuple[Outcome, Path]:
    (folder / "small.toml").write_text(CROWDS + campaign, "utf-8")
    world = folder / "world"
    simulate(str(folder / "small.toml"), world, seed=71)
    inputs = Inputs((str(world / "exchanges"),), world / "accounts.parquet", world / "account_events.parquet", None)
    return scan(inputs, load(None, {}), folder / "out", Progress(False)), folder


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[Outcome, Path]:
    return scanned(tmp_path_factory.mktemp("keys"), KEYS)


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> tuple[Outcome, Path]:
    return scanned(tmp_path_factory.mktemp("pool"), POOL)


def crowds_of(folder: Path) -> dict[str, tuple[str, bool]]:
    truth = pq.read_table(folder / "world" / "truth" / "accounts.parquet").to_pylist()
    return {row["account_id"]: (row["crowd"], row["campaign_id"] is not None) for row in truth}


def accused(folder: Path) -> set[str]:
    table = pq.read_table(folder / "out" / "accounts.parquet").to_pylist()
    return {row["account_id"] for row in table if row["accused"]}


def selected(outcome: Outcome, by: str) -> list[Judged]:
    return [judged for judged in outcome.cohorts if by in judged.tested.candidate.kinds]


def names(outcome: Outcome, judged: Judged) -> set[str]:
    return set(outcome.population.accounts["account_id"].take(judged.tested.candidate.accounts).to_pylist())


def test_five_keys_with_one_private_template_are_found_and_nobody_else(keys: tuple[Outcome, Path]) -> None:
    outcome, folder = keys
    hostile = {name for name, (_, theirs) in crowds_of(folder).items() if theirs}
    assert len(hostile) == 5
    assert accused(folder) == hostile
    assert [judged.tested.candidate.kinds for judged in outcome.campaigns] == [("private",)]


def test_cohorts_without_common_words_count_among_those_that_were_tested(keys: tuple[Outcome, Path]) -> None:
    """Each is a chance to be wrong, so that the level of a campaign must know of them."""
    outcome, _ = keys
    joined = sum(judged.judgement.verdict == "campaign" for judged in outcome.cohorts)
    assert outcome.tested >= len(outcome.cohorts) - joined
    assert len(selected(outcome, "private")) >= 2


def test_honest_handfuls_are_asked_or_explained(keys: tuple[Outcome, Path]) -> None:
    outcome, folder = keys
    crowds = crowds_of(folder)
    shops = [
        judged
        for judged in selected(outcome, "private")
        if all(crowds[name][0] == "several_keys" for name in names(outcome, judged))
    ]
    assert len(shops) >= 2, "the shops' keys were not even looked at"
    for judged in shops:
        assert judged.judgement.verdict in ("undetermined", "explained")
        if judged.judgement.verdict == "undetermined":
            assert judged.judgement.question_to_ask


def test_a_private_template_is_never_shown(keys: tuple[Outcome, Path]) -> None:
    outcome, folder = keys
    assert all(not any(judged.published.values()) for judged in selected(outcome, "private"))
    for name in ("campaigns.json", "cohorts.json", "report.html"):
        said = (folder / "out" / name).read_text("utf-8").lower()
        for words in ("chain of thought that an expert", "complete internal reasoning", "lay open each intermediate"):
            assert words not in said, f"{name} shows a template of five keys"


def test_a_pool_without_common_words_is_a_cohort_by_its_ties(pool: tuple[Outcome, Path]) -> None:
    outcome, folder = pool
    crowds = crowds_of(folder)
    tied = selected(outcome, "ties")
    assert tied, "no block was found"
    theirs = max(tied, key=lambda judged: sum(crowds[name][1] for name in names(outcome, judged)))
    mine = [crowds[name][1] for name in names(outcome, theirs)]
    assert sum(mine) / len(mine) > 0.8, "strangers stand in the pool's block"
    assert sum(mine) >= 20, "less than half of the pool was found"
    counted = {piece.family for piece in theirs.judgement.evidence if piece.counted and piece.question == "control"}
    assert not counted & {"identity", "network", "lifecycle"}, "ties selected the block and prove it too"


def test_no_honest_account_is_accused_beside_a_pool(pool: tuple[Outcome, Path]) -> None:
    _, folder = pool
    crowds = crowds_of(folder)
    assert {name for name in accused(folder) if not crowds[name][1]} == set()
