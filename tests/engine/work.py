"""Work for engines to do, of which servers' workers find this module."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from iolaus.errors import InputError


@dataclass(frozen=True)
class Doubling:
    """Writes twice a number into a file of its name. wanting: what is missing on a worker; '' where nothing is."""

    place: Path
    wanting: str = ""
    sent_along: bool = False

    def __call__(self, item: int) -> int:
        if item < 0:
            raise ValueError("somebody's private text")
        if item > 99:
            raise InputError(f"{item}: too large. Give a smaller one.")
        (self.place / str(item)).write_text(f"{2 * item} {'away' if self.sent_along else 'here'}")
        return item

    def sent(self) -> Doubling:
        return Doubling(self.place, self.wanting, True)

    def opened(self) -> Doubling:
        if self.wanting:
            raise InputError(f"{self.wanting}: No such file or directory. Put it there.")
        return self
