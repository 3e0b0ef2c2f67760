"""Every kind of evidence, found by itself, put through the same checks."""

from __future__ import annotations

import math
import re
import tracemalloc
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from iolaus.findings import QUESTIONS, Evidence
from iolaus.link.cohort import Cohort
from iolaus.link.kinds import Kind, kinds
from iolaus.link.population import Holders, Population
from iolaus.link.settings import LinkSettings

from . import factories

SETTINGS = LinkSettings()
KINDS = list(kinds())
FAMILIES = ("wording", "allocation", "time", "network", "identity", "lifecycle", "content", "consumption")
THIN_MOST = 0.3
"""Largest |log10 Bayes factor| that 3 honest accounts of 2 conversations may show."""

MEMORY_MB = 256
"""Bound on what one kind may allocate for 2,000 accounts of 50 conversations."""

every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.KIND)


def honest() -> tuple[Cohort, Population]:
    return factories.made(1)


def queue() -> tuple[Cohort, Population]:
    return factories.made(2, queue=True)


def suspended() -> tuple[Cohort, Population]:
    """A queue some of whose accounts were suspended half-way, so that lifecycles have something to say."""
    found, everyone = factories.made(3, queue=True)
    reason = [None] * len(everyone)
    at: list[int | None] = [None] * len(everyone)
    for number in found.numbers[:8]:
        reason[number], at[number] = "abuse", factories.START + 3 * factories.DAY
    known = {"suspended_reason": reason, "suspended_at": at}
    accounts = everyone.accounts
    for name, values in known.items():
        place = accounts.column_names.index(name)
        accounts = accounts.set_column(place, name, factories.pa.array(values, accounts.schema.field(name).type))
    everyone = replace(everyone, accounts=accounts)
    return replace(found, accounts=accounts.take(factories.pa.array(found.numbers))), everyone


def harvest() -> tuple[Cohort, Population]:
    return factories.harvest(7)


CASES = {"honest": honest, "queue": queue, "suspended": suspended, "harvest": harvest}
every_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)
Case = Callable[[], tuple[Cohort, Population]]


def alike(one: Evidence | None, other: Evidence | None) -> bool:
    """Equal but for the rounding of sums in another order."""
    if one is None or other is None:
        return one is other
    numbers = {**one.numbers, "log10_bf": one.log10_bf}
    others = {**other.numbers, "log10_bf": other.log10_bf}
    return numbers.keys() == others.keys() and all(
        math.isclose(numbers[name], others[name], rel_tol=1e-5, abs_tol=2e-5) for name in numbers
    )


def test_kinds_are_found_and_have_names_of_their_own() -> None:
    names = [kind.KIND for kind in KINDS]
    assert len(names) >= 10
    assert len(set(names)) == len(names)


@every_kind
def test_kind_says_what_it_is(kind: Kind) -> None:
    assert kind.FAMILY in FAMILIES
    assert kind.QUESTION in QUESTIONS
    text = kind.__doc__ or ""
    for part in ("Sees:", "Must spare:", "An analyst next:", "Source:"):
        assert part in text, f"{kind.KIND}: its docstring does not say '{part}'"


@every_kind
@every_case
def test_kind_is_pure(kind: Kind, case: Case) -> None:
    found, everyone = case()
    again, _ = case()
    first = kind.weigh(found, everyone, SETTINGS)
    assert kind.weigh(found, everyone, SETTINGS) == first
    assert found.conversations.equals(again.conversations)
    assert found.accounts.equals(again.accounts)
    for name in ("numbers", "topics", "topic_rows"):
        assert np.array_equal(getattr(found, name), getattr(again, name)), f"{kind.KIND} changed {name}"
    _, untouched = case()
    assert everyone.accounts.equals(untouched.accounts)
    assert np.array_equal(everyone.hourly, untouched.hourly)
    for name, held in everyone.holders.items():
        assert np.array_equal(held.values, untouched.holders[name].values)
        assert np.array_equal(held.accounts, untouched.holders[name].accounts)


@every_kind
@every_case
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_row_order_changes_nothing(kind: Kind, case: Case, seed: int) -> None:
    found, everyone = case()
    one = kind.weigh(found, everyone, SETTINGS)
    other = kind.weigh(factories.shuffled(found, seed), everyone, SETTINGS)
    assert alike(one, other), f"{kind.KIND}: {one} became {other} when rows came in another order"


@every_kind
@every_case
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_renaming_accounts_changes_nothing(kind: Kind, case: Case, seed: int) -> None:
    found, everyone = case()
    one = kind.weigh(found, everyone, SETTINGS)
    other = kind.weigh(*factories.renamed(found, everyone, seed), SETTINGS)
    assert alike(one, other), f"{kind.KIND}: {one} became {other} when accounts were renamed"


def spoiled() -> dict[str, tuple[Cohort, Population]]:
    """What real logs look like at their worst."""
    found, everyone = factories.made(4)
    empty = factories.first(found, 0)
    nobody = replace(empty, numbers=found.numbers[:0], accounts=found.accounts.slice(0, 0))
    everyone_is_in_it = factories.made(5, others=0)
    silent = replace(everyone, hourly=np.zeros(0, np.int64), samples={})
    nothing = Holders.of(np.zeros(0, np.int32), np.zeros(0, np.int64))
    unheld = replace(everyone, holders=dict.fromkeys(everyone.holders, nothing))
    return {
        "null accounts": factories.unknown(found, everyone),
        "no account table": factories.unknown(found, everyone, absent=True),
        "no conversations": (empty, everyone),
        "no accounts": (nobody, everyone),
        "one conversation": (factories.first(found, 1), everyone),
        "one account": (factories.alone(found), everyone),
        "one account of one": (factories.alone(factories.first(found, 1)), everyone),
        "nobody else": everyone_is_in_it,
        "empty population": (found, silent),
        "no identifiers": (found, unheld),
        "nothing readable": (unreadable(found), everyone),
        "all the same": (constant(found), everyone),
    }


def unreadable(found: Cohort) -> Cohort:
    place = found.conversations.column_names.index("readable")
    table = found.conversations.set_column(
        place, "readable", factories.pa.array(np.zeros(len(found.conversations), bool))
    )
    return replace(
        found,
        conversations=table,
        topics=found.topics[:0],
        names=found.names[:0],
        topic_rows=found.topic_rows[:0],
        words=(),
    )


def constant(found: Cohort) -> Cohort:
    """One text at one moment, again and again."""
    table = found.conversations
    for name, value in (("ts", factories.START), ("text", 5)):
        place = table.column_names.index(name)
        table = table.set_column(place, name, factories.pa.array(np.full(len(table), value)))
    return replace(found, conversations=table, topics=np.ones_like(found.topics))


@every_kind
@pytest.mark.parametrize("name", spoiled())
def test_missing_data_is_no_crash(kind: Kind, name: str) -> None:
    found = kind.weigh(*spoiled()[name], SETTINGS)
    if found is not None:
        assert sound(found), found


@every_kind
@pytest.mark.parametrize("name", ["no conversations", "no accounts", "one conversation", "one account of one"])
def test_next_to_nothing_is_no_evidence(kind: Kind, name: str) -> None:
    if getattr(kind, "NEEDS_CONTROL", False):
        pytest.skip("counted only beside control, which the other kinds must show")
    found = kind.weigh(*spoiled()[name], SETTINGS)
    assert found is None or abs(found.log10_bf) <= THIN_MOST, found


def sound(found: Evidence) -> bool:
    return bool(found.sentence) and all(map(math.isfinite, [found.log10_bf, *found.numbers.values()]))


@every_kind
def test_thin_data_is_no_evidence(kind: Kind) -> None:
    if getattr(kind, "NEEDS_CONTROL", False):
        pytest.skip("counted only beside control, which the other kinds must show")
    weights = []
    for seed in range(60):
        found = kind.weigh(*factories.made(seed, accounts=3, uses=2, others=120), SETTINGS)
        weights.append(0.0 if found is None else abs(found.log10_bf))
    assert max(weights) <= THIN_MOST, f"{kind.KIND}: {max(weights)} from 3 accounts of 2 conversations"


@every_kind
@every_case
def test_evidence_is_finite_and_capped(kind: Kind, case: Case) -> None:
    found = kind.weigh(*case(), SETTINGS)
    if found is None:
        return
    assert sound(found), found
    assert abs(found.log10_bf) <= SETTINGS.cap
    tighter = kind.weigh(*case(), SETTINGS.model_copy(update=dict.fromkeys(caps(), 0.01)))
    assert tighter is None or abs(tighter.log10_bf) <= 0.01, f"{kind.KIND} minds no cap of the settings"


def caps() -> list[str]:
    return [name for name in LinkSettings.model_fields if name == "cap" or name.endswith("_cap")]


@every_kind
@every_case
def test_evidence_explains_itself_and_names_nobody(kind: Kind, case: Case) -> None:
    found, everyone = case()
    piece = kind.weigh(found, everyone, SETTINGS)
    if piece is None:
        return
    assert piece.kind == kind.KIND
    assert piece.family == kind.FAMILY
    assert piece.question == kind.QUESTION
    assert len(piece.sentence.split()) >= 5
    assert piece.sentence.endswith(".")
    assert piece.numbers, f"{kind.KIND} shows no number"
    said = " ".join([piece.sentence, *piece.numbers])
    for secret in ("acct-", *factories.SECRET_WORDS, "card-", "device-", "198.51."):
        assert secret not in said, f"{kind.KIND} tells {secret!r}: {said}"
    assert not re.search(r"\bnan\b|\binf\b", piece.sentence), piece.sentence


@pytest.fixture(scope="module")
def large() -> tuple[Cohort, Population]:
    return factories.made(6, accounts=2_000, uses=50, others=500, queue=True, dimensions=32)


@every_kind
def test_memory_is_bounded(kind: Kind, large: tuple[Cohort, Population]) -> None:
    found, everyone = large
    _ = found.member, everyone.directions
    tracemalloc.start()
    try:
        kind.weigh(found, everyone, SETTINGS)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < MEMORY_MB * 2**20, f"{kind.KIND} took {peak / 2**20:.0f} MB for 100,000 conversations"
