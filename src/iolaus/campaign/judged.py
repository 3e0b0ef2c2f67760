"""What the campaign stage hands on: cohorts with what is believed of them, and everybody.

Beside it the sections of the settings that the stage reads.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from iolaus.campaign.judge import Judgement
from iolaus.campaign.members import Members
from iolaus.campaign.settings import CampaignSettings, VerdictSettings
from iolaus.findings import Level
from iolaus.link.population import Population
from iolaus.link.run import Tested
from iolaus.link.settings import LinkSettings
from iolaus.link.uses import Uses
from iolaus.sketch.settings import SketchSettings


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

    level: what it had to reach and reached, once it was held to one. own_words: whether hardly anybody but its accounts
    uses the words by which its members were told.
    """

    tested: Tested
    judgement: Judgement
    published: dict[int, str]
    members: Members | None = None
    level: Level | None = None
    own_words: bool = False


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
