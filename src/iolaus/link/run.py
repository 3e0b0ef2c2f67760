"""The link stage: block, compare, score. Every candidate is cut out and put before every kind of evidence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from iolaus.findings import Evidence
from iolaus.link.assemble import Assembly
from iolaus.link.candidates import Candidate
from iolaus.link.cohort import Cohort
from iolaus.link.kinds import kinds
from iolaus.link.population import Population
from iolaus.link.settings import LinkSettings


@dataclass(frozen=True)
class Tested:
    """A candidate with what every kind of evidence said of it."""

    candidate: Candidate
    cohort: Cohort
    evidence: tuple[Evidence, ...]


def weigh(cohort: Cohort, population: Population, settings: LinkSettings) -> tuple[Evidence, ...]:
    """What every kind of evidence says, by name of the kind; kinds that cannot look are left out.

    Kinds that say they are ``COSTLY`` look only where the accounts do not differ as people do: elsewhere what they
    would say decides nothing.
    """
    plain = [kind for kind in kinds() if not getattr(kind, "COSTLY", False)]
    found = [piece for kind in plain if (piece := kind.weigh(cohort, population, settings)) is not None]
    if max((piece.log10_bf for piece in found if piece.family == "allocation"), default=1.0) > 0:
        costly = [kind for kind in kinds() if getattr(kind, "COSTLY", False)]
        found += [piece for kind in costly if (piece := kind.weigh(cohort, population, settings)) is not None]
    return tuple(sorted(found, key=lambda piece: piece.kind))


def test(assembly: Assembly, candidates: list[Candidate], settings: LinkSettings) -> Iterator[Tested]:
    """Cut and weigh each candidate in turn; one cohort is in memory at a time."""
    for candidate in candidates:
        cohort = assembly.cut(candidate)
        if len(cohort.numbers) >= 2 and len(cohort.conversations):
            yield Tested(candidate, cohort, weigh(cohort, assembly.population, settings))
