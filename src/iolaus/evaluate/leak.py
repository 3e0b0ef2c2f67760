"""Leak before the first alarm, beside the floor of a perfect detector, and its price in false alarms."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from iolaus.evaluate.rates import LEVEL, clopper_pearson
from iolaus.evaluate.replay import THRESHOLDS, CampaignReplay, Replay
from iolaus.evaluate.sheet import Facts, Sheet


class Leak(msgspec.Struct, frozen=True, kw_only=True):
    """One campaign over the worlds in which it was replayed. Without an alarm everything leaked."""

    campaign: str
    worlds: int
    alarmed: int
    exchanges: int
    leaked: int
    leaked_share: float
    median_hours: float | None
    floor_hourly: int
    floor_hourly_share: float
    floor_daily: int
    floor_daily_share: float
    floor_k: int


class CurvePoint(msgspec.Struct, frozen=True, kw_only=True):
    """Leak by daily scans if cohorts of ``threshold`` or more were alarms, and the false ones among all cohorts.

    ``accuses`` marks the scan's own threshold. False cohorts overlap, so they are more than false campaigns.
    """

    threshold: float
    accuses: bool
    exchanges: int
    leaked: int
    leaked_share: float
    false_cohorts: int
    account_weeks: int
    false_per_million: float | None
    false_per_million_high: float


class OverLooks(msgspec.Struct, frozen=True, kw_only=True):
    """False campaigns of replayed honest worlds over all daily looks: a provider scans again every day.

    One that is reported on three days counts three times.
    """

    worlds: int
    looks: int
    false_campaigns: int
    account_weeks: int
    per_million: float | None
    per_million_high: float


def over_looks(replays: Sequence[Replay], sheet: Sheet) -> OverLooks:
    """False campaigns per million active account-weeks over all looks, with the Clopper-Pearson upper bound."""
    honest = [replay for replay in replays if not replay.campaigns]
    rows = np.isin(sheet.names("world"), [replay.world for replay in honest])
    weeks = int(sheet.numbers("weeks")[rows].sum())
    false = sum(replay.false_campaigns for replay in honest)
    high = clopper_pearson(min(false, weeks), weeks, LEVEL)[1] if weeks else 1.0
    return OverLooks(
        worlds=len(honest),
        looks=sum(replay.looks for replay in honest),
        false_campaigns=false,
        account_weeks=weeks,
        per_million=round(1e6 * false / weeks, 3) if weeks else None,
        per_million_high=round(1e6 * high, 3),
    )


def leaks(replays: Sequence[Replay]) -> list[Leak]:
    """By true campaign, pooled over worlds."""
    by_name: dict[str, list[CampaignReplay]] = {}
    for replay in replays:
        for campaign in replay.campaigns:
            by_name.setdefault(campaign.campaign, []).append(campaign)
    return [_leak(name, theirs) for name, theirs in sorted(by_name.items())]


def _leak(name: str, theirs: Sequence[CampaignReplay]) -> Leak:
    whole = sum(each.exchanges for each in theirs)
    leaked = sum(each.leaked for each in theirs)
    hourly, daily = (sum(each.floors[place].leaked for each in theirs) for place in (0, 1))
    hours = [(each.alarm - each.began) / 3.6e9 for each in theirs if each.alarm is not None]
    return Leak(
        campaign=name,
        worlds=len(theirs),
        alarmed=len(hours),
        exchanges=whole,
        leaked=leaked,
        leaked_share=round(leaked / whole, 6),
        median_hours=round(float(np.median(hours)), 2) if hours else None,
        floor_hourly=hourly,
        floor_hourly_share=round(hourly / whole, 6),
        floor_daily=daily,
        floor_daily_share=round(daily / whole, 6),
        floor_k=theirs[0].floors[0].k,
    )


def leak_curve(replays: Sequence[Replay], sheet: Sheet, facts: Sequence[Facts], accuse: float) -> list[CurvePoint]:
    """Leak against false alarms by threshold. False ones are counted over honest worlds, else over all of them."""
    campaigns = [campaign for replay in replays for campaign in replay.campaigns]
    if not campaigns:
        return []
    honest = [fact for fact in facts if fact.honest_world] or list(facts)
    rows = np.isin(sheet.names("world"), [fact.world for fact in honest])
    weeks = int(sheet.numbers("weeks")[rows & ~sheet.flags("hostile")].sum())
    whole = sum(campaign.exchanges for campaign in campaigns)
    points = []
    for place, limit in enumerate(THRESHOLDS):
        leaked = sum(campaign.curve[place].leaked for campaign in campaigns)
        false = sum(
            cohort.probability >= limit and cohort.may_alarm and not cohort.true
            for fact in honest
            for cohort in fact.cohorts
        )
        high = clopper_pearson(min(false, weeks), weeks, LEVEL)[1] if weeks else 1.0
        points.append(
            CurvePoint(
                threshold=limit,
                accuses=limit == accuse,
                exchanges=whole,
                leaked=leaked,
                leaked_share=round(leaked / whole, 6),
                false_cohorts=false,
                account_weeks=weeks,
                false_per_million=round(1e6 * false / weeks, 3) if weeks else None,
                false_per_million_high=round(1e6 * high, 3),
            )
        )
    return points
