"""One campaign, one id over time: which campaigns of this scan are those that earlier scans accused.

Two are the same where they share words, so that a campaign that has replaced every account keeps its id, or where
accounts that both hold make most of the exchanges of both. Where one splits the larger part keeps the id; where several
merge the oldest survives; the others stand in the lineage. An id is minted at the first alarm.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from iolaus.campaign.grown import MORE_LIKELY
from iolaus.campaign.judged import Judged, Outcome
from iolaus.campaign.timeline import by_account
from iolaus.findings import LineageEvent
from iolaus.link.uses import Uses


@dataclass(frozen=True)
class Identity:
    """A campaign as it is known by its id.

    words: hashes of its phrases' shingles, and of configurations that are phrases. members: account id -> exchanges.
    The alarms are ends of scans, as text (UTC).
    """

    id: str
    first_alarm_at: str
    last_alarm_at: str
    words: frozenset[int]
    members: Mapping[str, int]
    lineage: tuple[LineageEvent, ...] = field(default=())

    @property
    def exchanges(self) -> int:
        """How large it is."""
        return sum(self.members.values())


@dataclass(frozen=True)
class Sameness:
    """words, members: shares (0 to 1) from which two campaigns are one."""

    words: float
    members: float

    def of(self, one: Identity, other: Identity) -> float:
        """By how much of either share the two are above what is wanted; below 1 they are two."""
        return max(shared_words(one, other) / self.words, shared_members(one, other) / self.members)


def shared_words(one: Identity, other: Identity) -> float:
    """Share of the fewer words of the two that both have."""
    fewer = min(len(one.words), len(other.words))
    return len(one.words & other.words) / fewer if fewer else 0.0


def shared_members(one: Identity, other: Identity) -> float:
    """Share of the exchanges of both that are of accounts in both."""
    both = one.members.keys() & other.members.keys()
    return sum(one.members[name] + other.members[name] for name in both) / max(one.exchanges + other.exchanges, 1)


def identify(
    found: Sequence[Identity], known: Sequence[Identity], same: Sameness
) -> tuple[list[Identity], list[Identity]]:
    """(campaigns of this scan with the ids that they keep or get, in their order; all that are known from now on).

    ``found`` carry the ids that would be minted for them.
    """
    likeness = np.array([[same.of(one, other) for other in known] for one in found]).reshape(len(found), len(known))
    size = [one.exchanges for one in found]
    holder = {}
    for place in range(len(known)):
        claims = [row for row in range(len(found)) if likeness[row, place] >= 1]
        if claims:
            holder[place] = max(claims, key=lambda row: (size[row], found[row].id))
    taken = {other.id for other in known} | {event.id for other in known for event in other.lineage}
    named = []
    for row, one in enumerate(found):
        kept = sorted((known[place] for place, held in holder.items() if held == row), key=_age)
        one = _continued(one, kept) if kept else _minted(one, likeness[row], known, taken)
        taken.add(one.id)
        named.append(one)
    dormant = [other for place, other in enumerate(known) if place not in holder]
    return named, sorted([*named, *dormant], key=_age)


def _age(identity: Identity) -> tuple[str, str]:
    return identity.first_alarm_at, identity.id


def _continued(one: Identity, kept: Sequence[Identity]) -> Identity:
    """It goes on under the oldest of the ids that it holds."""
    oldest = kept[0]
    merged = [LineageEvent(event="merged_with", id=other.id, at=one.last_alarm_at) for other in kept[1:]]
    return replace(one, id=oldest.id, first_alarm_at=oldest.first_alarm_at, lineage=(*oldest.lineage, *merged))


def _minted(one: Identity, likeness: Sequence[float], known: Sequence[Identity], taken: Collection[str]) -> Identity:
    """It gets an id of its own; where it is a smaller part of a known one, that one stands in its lineage."""
    name, number = one.id, 2
    while name in taken:
        name, number = f"{one.id}-{number}", number + 1
    best = int(np.argmax(likeness)) if len(known) else -1
    if best < 0 or likeness[best] < 1:
        return replace(one, id=name)
    return replace(one, id=name, lineage=(LineageEvent(event="split_from", id=known[best].id, at=one.last_alarm_at),))


def accused(outcome: Outcome, sketch: Path, minted: Mapping[str, str], at: str) -> list[Identity]:
    """The campaigns of a scan, in the order of the outcome, that are not known yet.

    sketch: its folder. minted: candidate id -> the id that would be minted. at: end of the scan.
    """
    table = pq.read_table(sketch / "phrase_shingles.parquet")
    shingles = {phrase: set[int]() for phrase in table["phrase"].to_pylist()}
    for phrase, shingle in zip(table["phrase"].to_pylist(), table["shingle"].to_pylist(), strict=True):
        shingles[phrase].add(shingle)
    names = outcome.population.accounts["account_id"]
    return [
        Identity(
            id=minted[judged.tested.candidate.id],
            first_alarm_at=at,
            last_alarm_at=at,
            words=frozenset[int]().union(
                *(shingles.get(phrase, {phrase}) for phrase in judged.tested.candidate.phrases)
            ),
            members=_members(judged, outcome.uses, names),
        )
        for judged in outcome.campaigns
    ]


def _members(judged: Judged, uses: Uses, names: pa.ChunkedArray) -> dict[str, int]:
    """Account id -> exchanges in the campaign's conversations, of accounts that are rather of it than not."""
    if judged.members is None:
        return {}
    sure = judged.members.numbers[judged.members.membership >= MORE_LIKELY]
    accounts, exchanges = by_account(uses, judged.tested.candidate.phrases, sure)
    return dict(zip(names.take(pa.array(accounts)).to_pylist(), exchanges.tolist(), strict=True))
