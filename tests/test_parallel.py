"""Work side by side gives what it would give one after the other, errors included."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from iolaus.parallel import AT_ONCE, abreast, ahead


def counted(until: int, fails: bool = False) -> Iterator[int]:
    yield from range(until)
    if fails:
        raise KeyError("broken")


@pytest.mark.parametrize("until", [0, 1, 7])
def test_everything_comes_in_its_order(until: int) -> None:
    assert list(ahead(counted(until))) == list(range(until))
    assert list(abreast(lambda number: number * number, counted(until))) == [number**2 for number in range(until)]


def test_what_fails_is_raised_after_what_came_before() -> None:
    seen = []
    with pytest.raises(KeyError):
        for number in ahead(counted(3, fails=True)):
            seen.append(number)
    assert seen == [0, 1, 2]


def test_what_work_raises_is_raised_in_its_turn() -> None:
    seen = []
    with pytest.raises(ZeroDivisionError):
        for found in abreast(lambda number: 6 // (2 - number), counted(5)):
            seen.append(found)
    assert seen == [3, 6]


def test_items_are_worked_on_at_once_and_taken_as_needed() -> None:
    together = threading.Barrier(AT_ONCE, timeout=20)
    taken = []

    def items() -> Iterator[int]:
        for number in range(2 * AT_ONCE):
            taken.append(number)
            yield number

    found = abreast(lambda number: (together.wait(), number)[1], items())
    assert next(found) == 0
    assert len(taken) == AT_ONCE + 1, "no more is taken than is worked on, and one that waits"
    assert list(found) == [1, 2, 3]


def test_who_stops_early_leaves_no_thread() -> None:
    before = threading.active_count()
    found = ahead(counted(100))
    assert next(found) == 0
    found.close()  # type: ignore[attr-defined]
    assert threading.active_count() == before
