"""Long work shows itself: stages with counts on a terminal, silence elsewhere, seconds for timings.json."""

from __future__ import annotations

import contextlib
import logging
import sys
import time
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.progress import Progress as Bars
from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

log = logging.getLogger("iolaus")

Tick = Callable[[int], None]
"""Called with how many more units are done."""


class Progress:
    """Names the stage that runs and counts its units; keeps the seconds of each."""

    def __init__(self, shown: bool | None = None) -> None:
        self.seconds: dict[str, float] = {}
        self._shown = sys.stderr.isatty() if shown is None else shown

    @contextlib.contextmanager
    def stage(self, name: str, unit: str = "exchanges") -> Iterator[Tick]:
        """Run a block as the stage ``name``; yields a function that counts finished units."""
        began = time.perf_counter()
        done = 0
        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        with Bars(*columns, console=Console(stderr=True), disable=not self._shown) as bars:
            task = bars.add_task(name, total=None)

            def tick(units: int) -> None:
                nonlocal done
                done += units
                bars.update(task, description=f"{name}: {done:,} {unit}")

            yield tick
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - began
        log.info("%s: %s %s in %.1f s", name, f"{done:,}", unit, self.seconds[name])
