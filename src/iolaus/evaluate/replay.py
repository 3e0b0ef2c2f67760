"""Replay: a world is scanned as days pass, and by hours over the day of the first alarm of each campaign."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from iolaus.engine.embedded import Embedded
from iolaus.evaluate.matching import matching
from iolaus.evaluate.prefix import write_prefix
from iolaus.evaluate.scanning import scan_once
from iolaus.evaluate.sheet import write_down
from iolaus.evaluate.worlds import World
from iolaus.settings import Settings
from iolaus.workspace import write_atomically

Times = npt.NDArray[np.int64]

HOUR, DAY = 3_600_000_000, 86_400_000_000
"""Microseconds."""

THRESHOLDS = (0.05, 0.2, 0.5, 0.8, 0.95, 0.99, 0.999)
"""Probabilities of a cohort at which the leak's curve is read."""

MOST_SCANS = 60
"""Scans of one replay: three weeks by day, and the hours of several campaigns."""


class Floor(msgspec.Struct, frozen=True, kw_only=True):
    """Leak of a detector that knows every hostile account at once, but looks only at the end of each window
    and speaks only of at least ``k`` accounts. ``alarm`` is None where it never may."""

    window_hours: int
    k: int
    alarm: int | None
    leaked: int


class AtThreshold(msgspec.Struct, frozen=True, kw_only=True):
    """Leak until the first daily scan with a cohort of at least this probability that is mostly the campaign's."""

    threshold: float
    alarm: int | None
    leaked: int


class CampaignReplay(msgspec.Struct, frozen=True, kw_only=True):
    """One true campaign in a replay. Times are UTC microseconds; without an alarm everything leaked."""

    campaign: str
    accounts: int
    exchanges: int
    began: int
    alarm: int | None
    leaked: int
    floors: list[Floor]
    curve: list[AtThreshold]


class Replay(msgspec.Struct, frozen=True, kw_only=True):
    """The replay of one world. ``complete`` is false where ``MOST_SCANS`` ran out.

    ``false_campaigns``: those that daily looks reported although most of their accused are honest, summed over
    ``looks``. A world without campaigns is looked at every day to the end.
    """

    world: str
    scenario: str
    scans: int
    looks: int
    false_campaigns: int
    complete: bool
    campaigns: list[CampaignReplay]


@dataclass(frozen=True)
class Taken:
    """The exchanges of one true campaign, ascending in time: int64[n] times, and the account of each."""

    times: Times
    accounts: npt.NDArray[np.int64]

    def before(self, end: int | None) -> int:
        """How many had been served by ``end``; all where there was no alarm."""
        return len(self.times) if end is None else int(np.searchsorted(self.times, end))


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What one scan of a prefix said: alarmed campaigns, the best probability of a cohort of each, false campaigns."""

    alarmed: list[str]
    best: dict[str, float]
    false: int = 0


def replay_world(world: World, settings: Settings, place: Path) -> Replay:
    """Replay a world by daily prefixes until every campaign stands out, then by hours over its day of alarm.

    Hours are found by bisection: at most five scans a campaign. That assumes that what a scan sees at an hour
    it sees at the next hours of that day too.
    """
    taken = campaigns_of(world, settings, place)
    start = int(datetime.fromisoformat(world.meta.start).timestamp() * 1e6)
    scans = _Scans(world, settings, place)
    days: dict[int, Look] = {}
    for day in range(1, world.meta.days + 1):
        end = start + day * DAY
        waiting = [name for name in taken if not _settled(name, days)]
        if scans.left == 0 or (taken and not waiting):
            break
        if not taken or any(taken[name].before(end) for name in waiting):
            days[end] = scans.look(end)
    alarms = {name: _first_hour(name, days, start, scans) for name in taken}
    campaigns = [_told(name, theirs, alarms[name], days, start, settings.sketch.k) for name, theirs in taken.items()]
    shutil.rmtree(place, ignore_errors=True)
    return Replay(
        world=world.label,
        scenario=world.meta.scenario,
        scans=scans.done,
        looks=len(days),
        false_campaigns=sum(look.false for look in days.values()),
        complete=scans.left > 0,
        campaigns=campaigns,
    )


def campaigns_of(world: World, settings: Settings, place: Path) -> dict[str, Taken]:
    """Every true campaign's exchanges."""
    engine = Embedded(settings.engine, place / "scratch")
    try:
        engine.view("true_exchanges", world.path / "truth" / "exchanges.parquet")
        engine.view("sent", world.exchanges)
        rows = engine.table(
            "SELECT campaign_id AS campaign, epoch_us(ts) AS ts, account_id FROM sent"
            " JOIN (SELECT * FROM true_exchanges WHERE campaign_id IS NOT NULL) AS t USING (exchange_id)"
            " ORDER BY campaign, ts, account_id"
        )
    finally:
        engine.close()
    names = rows["campaign"].to_numpy(zero_copy_only=False)
    accounts = rows["account_id"].combine_chunks().dictionary_encode().indices.to_numpy()
    times = rows["ts"].to_numpy()
    return {name: Taken(times[names == name], accounts[names == name]) for name in sorted(set(names.tolist()))}


class _Scans:
    """Scans of prefixes, each done once, at most ``MOST_SCANS``; finished looks are kept on disk."""

    def __init__(self, world: World, settings: Settings, place: Path) -> None:
        self._world, self._settings, self._place = world, settings, place
        self._looks: dict[int, Look] = {}

    @property
    def done(self) -> int:
        return len(self._looks)

    @property
    def left(self) -> int:
        return MOST_SCANS - self.done

    def look(self, end: int) -> Look:
        """What a scan of everything before ``end`` says."""
        if end not in self._looks:
            kept = self._place / f"look-{end}.json"
            if not kept.exists():
                write_atomically(kept, msgspec.json.encode(self._scan(end)))
            self._looks[end] = msgspec.json.decode(kept.read_bytes(), type=Look)
        return self._looks[end]

    def _scan(self, end: int) -> Look:
        inputs = write_prefix(self._world, end, self._place / "prefix")
        if not any((self._place / "prefix" / "exchanges").iterdir()):
            return Look(alarmed=[], best={})
        results = scan_once(inputs, self._settings, self._place / "results")
        engine = Embedded(self._settings.engine, self._place / "scratch")
        try:
            sheet, facts = write_down(self._world, results, engine)
        finally:
            engine.close()
        best: dict[str, float] = {}
        for cohort in facts.cohorts:
            if cohort.is_mainly_one and cohort.may_alarm:
                best[cohort.main_campaign] = max(best.get(cohort.main_campaign, 0.0), cohort.probability)
        accused = sheet.where(sheet.flags("accused"))
        alarmed = alarms(accused.table.select(["found", "campaign"]))
        false = sum(found.false for found in matching(sheet, [facts]).found)
        shutil.rmtree(self._place / "prefix")
        shutil.rmtree(results)
        return Look(alarmed=alarmed, best=best, false=false)


def alarms(accused: pa.Table) -> list[str]:
    """True campaigns to which at least half of the accused of one found campaign belong.

    accused: found and campaign (null for honest) of every accused account.
    """
    counted: dict[str, list[str | None]] = {}
    for found, campaign in zip(accused["found"].to_pylist(), accused["campaign"].to_pylist(), strict=True):
        counted.setdefault(found, []).append(campaign)
    return sorted({c for theirs in counted.values() for c in theirs if c and 2 * theirs.count(c) >= len(theirs)})


def _settled(name: str, days: dict[int, Look]) -> bool:
    """Whether a campaign was alarmed and passed every threshold of the curve: no later day can tell more."""
    alarmed = any(name in look.alarmed for look in days.values())
    return alarmed and any(look.best.get(name, 0.0) >= THRESHOLDS[-1] for look in days.values())


def _first_hour(name: str, days: dict[int, Look], start: int, scans: _Scans) -> int | None:
    """End of the first hour whose scan alarms the campaign; the day's end where no scans are left."""
    alarmed = min((end for end, look in days.items() if name in look.alarmed), default=None)
    if alarmed is None:
        return None
    low, high = alarmed - DAY, alarmed
    while high - low > HOUR and scans.left > 0:
        middle = low + (high - low) // HOUR // 2 * HOUR
        if name in scans.look(middle).alarmed:
            high = middle
        else:
            low = middle
    return high


def _told(name: str, theirs: Taken, alarm: int | None, days: dict[int, Look], start: int, k: int) -> CampaignReplay:
    curve = []
    for limit in THRESHOLDS:
        first = min((end for end, look in days.items() if look.best.get(name, 0.0) >= limit), default=None)
        curve.append(AtThreshold(threshold=limit, alarm=first, leaked=theirs.before(first)))
    return CampaignReplay(
        campaign=name,
        accounts=len(np.unique(theirs.accounts)),
        exchanges=len(theirs.times),
        began=int(theirs.times[0]),
        alarm=alarm,
        leaked=theirs.before(alarm),
        floors=[floor(theirs, start, hours, k) for hours in (1, 24)],
        curve=curve,
    )


def floor(theirs: Taken, start: int, hours: int, k: int) -> Floor:
    """The floor of a perfect detector with windows of ``hours`` from ``start``."""
    _, first = np.unique(theirs.accounts, return_index=True)
    if len(first) < k:
        return Floor(window_hours=hours, k=k, alarm=None, leaked=len(theirs.times))
    seen = int(np.sort(theirs.times[first])[k - 1])
    end = start + ((seen - start) // (hours * HOUR) + 1) * hours * HOUR
    return Floor(window_hours=hours, k=k, alarm=end, leaked=theirs.before(end))
