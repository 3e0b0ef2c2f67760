"""Work side by side on two cores: the next item is made ahead, and parts are worked on two at a time.

Compiled kernels and the reading and writing of files leave the interpreter to others; only that is gained. Results come
in the order of the items, so that nothing hangs on which was done first.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

AT_ONCE = 2
"""Items that are worked on at once: while one waits for the disk or for the interpreter the other is read."""


def ahead(items: Iterator[Item]) -> Iterator[Item]:
    """The items in their order, each made in a thread of its own before it is asked for; at most one waits.

    What making one raises is raised where it would have been given. Who stops early waits for one.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="ahead") as pool:
        upcoming = pool.submit(_next, items)
        while (found := upcoming.result()) is not None:
            upcoming = pool.submit(_next, items)
            yield found[0]


def _next(items: Iterator[Item]) -> tuple[Item] | None:
    for item in items:
        return (item,)
    return None


def abreast(work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """``work`` of each item, :data:`AT_ONCE` of them at once, in the order of the items, which are taken as needed."""
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="abreast") as pool:
        begun: deque[Future[Result]] = deque()
        for item in items:
            begun.append(pool.submit(work, item))
            if len(begun) > AT_ONCE:
                yield begun.popleft().result()
        for left in begun:
            yield left.result()
