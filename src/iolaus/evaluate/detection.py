"""How many of the hostile accounts are accused, and how many of the accused are hostile."""

from __future__ import annotations

import msgspec
import numpy as np

from iolaus.evaluate.rates import Rate, rate
from iolaus.evaluate.sheet import Flags, Sheet

PREVALENCES = (0.01, 0.001, 0.0001)
"""Shares of hostile accounts to which precision is re-weighted: worlds hold far more than providers do."""

SHARE_EDGES = (0.0, 0.075, 0.175, 0.375, 0.75, 0.999)
"""Lower ends of the bands of an account's true share of campaign conversations."""


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Recall over one group of hostile accounts: a campaign, a role or a band of shares."""

    name: str
    recall: Rate
    assessed: Rate


class Reweighted(msgspec.Struct, frozen=True, kw_only=True):
    """Precision if ``prevalence`` of the accounts were hostile; ``low`` takes the worse bounds of both rates."""

    prevalence: float
    precision: float | None
    low: float


class Detection(msgspec.Struct, frozen=True, kw_only=True):
    """Accounts accused against accounts hostile."""

    precision: Rate
    recall: Rate
    false_positives: Rate
    by_campaign: list[Group]
    by_role: list[Group]
    by_share: list[Group]
    reweighted: list[Reweighted]


def detection(sheet: Sheet) -> Detection:
    """Precision and recall of accusations, overall and by campaign, role and true share.

    Accounts without any traffic are left out: nobody could see them.
    """
    sheet = sheet.where(sheet.numbers("exchanges") > 0)
    hostile, accused = sheet.flags("hostile"), sheet.flags("accused")
    recall = rate(int((hostile & accused).sum()), int(hostile.sum()))
    false = rate(int((~hostile & accused).sum()), int((~hostile).sum()))
    had = np.maximum(sheet.numbers("conversations"), 1)
    band = np.searchsorted(SHARE_EDGES, sheet.numbers("taken_conversations") / had, "right") - 1
    return Detection(
        precision=rate(int((hostile & accused).sum()), int(accused.sum())),
        recall=recall,
        false_positives=false,
        by_campaign=_groups(sheet, sheet.names("campaign"), hostile),
        by_role=_groups(sheet, sheet.names("true_role"), hostile),
        by_share=_groups(sheet, np.array([_band(b) for b in range(len(SHARE_EDGES))], object)[band], hostile),
        reweighted=[reweighted(recall, false, prevalence) for prevalence in PREVALENCES],
    )


def _band(place: int) -> str:
    ends = (*SHARE_EDGES[1:], 1.0)
    return f"{SHARE_EDGES[place] * 100:g} to {ends[place] * 100:g} %"


def _groups(sheet: Sheet, names: np.ndarray, hostile: Flags) -> list[Group]:
    accused, assessed = sheet.flags("accused"), sheet.flags("assessed")
    found = []
    for name in sorted(set(names[hostile].tolist())):
        rows = hostile & (names == name)
        size = int(rows.sum())
        found.append(
            Group(
                name=name or "unknown",
                recall=rate(int((rows & accused).sum()), size),
                assessed=rate(int((rows & assessed).sum()), size),
            )
        )
    return found


def reweighted(recall: Rate, false: Rate, prevalence: float) -> Reweighted:
    """Bayes: what share of the accused would be hostile at another prevalence."""

    def precision(caught: float, wrong: float) -> float | None:
        right, wrongly = prevalence * caught, (1 - prevalence) * wrong
        return round(right / (right + wrongly), 6) if right + wrongly > 0 else None

    return Reweighted(
        prevalence=prevalence,
        precision=precision(recall.value or 0.0, false.value or 0.0),
        low=precision(recall.low, false.high) or 0.0,
    )
