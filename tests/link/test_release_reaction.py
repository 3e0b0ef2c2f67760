"""Who moves to a new model together is seen; what a program does for all its users, and what others do too, is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from iolaus.engine import EngineSettings
from iolaus.engine.embedded import Embedded
from iolaus.key import BYTES, Key
from iolaus.link.kinds import release_reaction
from iolaus.link.population import HOUR, Adoption, Population
from iolaus.link.releases import with_releases
from iolaus.link.settings import LinkSettings
from iolaus.tables import RELEASES

from . import factories

SETTINGS = LinkSettings()
COUNT, MEMBERS = 600, 60


def said(moved: npt.NDArray[np.bool_], client: npt.NDArray[np.int64]) -> tuple[float, float] | None:
    """Weight and expected moves of the first 60 of 600 accounts."""
    seen = factories.asked(np.random.default_rng(0), factories.each(COUNT, 2), np.zeros((COUNT, 8)))
    everyone = factories.population(seen, COUNT)
    programs = np.stack([client, np.zeros(COUNT, np.int64), np.zeros(COUNT, np.int64)], 1)
    found = Population(
        everyone.accounts, everyone.holders, everyone.hourly, everyone.origin, True,
        releases=(Adoption(np.arange(COUNT, dtype=np.int32), moved, programs),),
    )  # fmt: skip
    told = release_reaction.weigh(factories.cohort(found, seen, np.arange(MEMBERS, dtype=np.int32)), found, SETTINGS)
    return None if told is None else (told.log10_bf, told.numbers["expected"])


def moving(inside: float, outside: float) -> npt.NDArray[np.bool_]:
    """The first of the cohort and the first of the others, by share."""
    place = np.concatenate([np.arange(MEMBERS) / MEMBERS, np.arange(COUNT - MEMBERS) / (COUNT - MEMBERS)])
    return place < np.where(np.arange(COUNT) < MEMBERS, inside, outside)


ONE_CLIENT = np.full(COUNT, 5)


def test_half_a_cohort_moves_where_few_others_do() -> None:
    found = said(moving(0.5, 0.08), ONE_CLIENT)
    assert found is not None
    assert 0.4 < found[0] <= -np.log10(SETTINGS.release_alike)


@pytest.mark.parametrize(("inside", "outside"), [(0.08, 0.08), (0.14, 0.08), (0.0, 0.08), (0.5, 0.45)])
def test_who_moves_as_others_do_says_nothing(inside: float, outside: float) -> None:
    found = said(moving(inside, outside), ONE_CLIENT)
    assert found is not None and found[0] == pytest.approx(0, abs=0.1)


def test_a_program_that_moves_all_its_users_explains_its_share_of_the_cohort() -> None:
    """Half of the cohort and some others have a client whose users all move."""
    moved = moving(0.5, 0.08)
    found = said(moved, np.where(moved, 9, 5))
    assert found is not None
    assert found[0] == 0
    assert found[1] >= MEMBERS / 2


def test_users_of_a_program_that_nobody_else_has_are_not_judged() -> None:
    assert said(moving(1.0, 0.08), np.where(np.arange(COUNT) < MEMBERS, 9, 5)) is None


def test_without_releases_it_cannot_look() -> None:
    found, everyone = factories.made(1)
    assert release_reaction.weigh(found, everyone, SETTINGS) is None


def test_who_moved_is_told_by_what_is_asked_after_the_first_try(tmp_path: Path) -> None:
    start = datetime(2026, 1, 5, tzinfo=UTC)
    asked = {
        0: [(10, "old"), (50, "new"), (55, "new"), (60, "old")],  # moved
        1: [(10, "old"), (50, "new"), (55, "old"), (60, "old")],  # tried it
        2: [(10, "old"), (50, "old"), (90, "new"), (91, "new")],  # moved too late
        3: [(50, "new"), (55, "new")],  # not there before
        4: [(10, "old"), (120, "new")],  # silent when it came
        5: [(10, "old"), (60, "old"), (110, "new")],  # tried nothing in time
    }
    key = Key(bytes(range(BYTES)))
    rows = [
        (account, factories.START + hour * HOUR, key.hash(model.encode()))
        for account, talks in asked.items()
        for hour, model in talks
    ]
    account, ts, model = (np.array(column) for column in zip(*rows, strict=True))
    table = pa.table({"account": account, "ts": ts, "model": model, "conversation": np.arange(len(rows))})
    for name in ("agent", "system", "tools"):
        table = table.append_column(name, pa.array(account + 1))
    given = {"model": ["new", "never", "new"], "released_at": [start + timedelta(hours=h) for h in (48, 2, 2000)]}
    pq.write_table(pa.table(given, RELEASES.schema), tmp_path / "releases.parquet")
    engine = Embedded(EngineSettings(), tmp_path / "scratch")
    engine.register("conversations", table)
    nobody = Population(pa.table({}), {}, np.ones(130, np.int64), factories.START, False)
    try:
        (found,) = with_releases(nobody, engine, tmp_path, SETTINGS, key).releases
    finally:
        engine.close()
    assert dict(zip(found.accounts.tolist(), found.moved.tolist(), strict=True)) == {
        0: True,
        1: False,
        2: False,
        5: False,
    }
    assert found.programs[:, 0].tolist() == [1, 2, 3, 6]
