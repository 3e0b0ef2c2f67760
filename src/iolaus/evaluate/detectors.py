"""Detectors side by side: the scan and each baseline as one score an account, at thresholds fixed beforehand.

Thresholds are learnt on honest accounts of calibration worlds (seeds from 1000) and reported on the others.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from scipy.stats import rankdata

from iolaus.evaluate.rates import Rate, rate
from iolaus.evaluate.sheet import Flags, Floats, Sheet

SCORE, OWN = "score:", "own:"
"""Prefixes of the sheet's columns that hold a detector's score and its own verdict."""

SCAN = "scan"
RATES = (0.01, 0.001)
"""False-positive rates at which recall is stated."""

NEEDED = 100
"""Honest accounts times the rate below which a recall at that rate is not measurable."""


class AtRate(msgspec.Struct, frozen=True, kw_only=True):
    """Recall at a threshold that ``rate`` of the calibration's honest accounts exceed.

    ``measurable`` is false where there were too few of them, or too few others to state ``false_positives``.
    """

    rate: float
    measurable: bool
    threshold: float | None
    recall: Rate
    false_positives: Rate


class Detector(msgspec.Struct, frozen=True, kw_only=True):
    """One detector: how well its score ranks, what it does at fixed rates and at its own threshold."""

    name: str
    auroc: float | None
    own_precision: Rate
    own_recall: Rate
    own_false_positives: Rate
    at: list[AtRate]


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """Honest accounts of a crowd above a threshold that was learnt without that crowd."""

    detector: str
    crowd: str
    rate: float
    threshold: float
    flagged: Rate


def detector_names(sheet: Sheet) -> list[str]:
    """The scan, then the baselines of the sheet in their order."""
    return [SCAN, *(c.removeprefix(SCORE) for c in sheet.table.column_names if c.startswith(SCORE))]


def scores(sheet: Sheet, name: str) -> Floats:
    """float64[n]; minus infinity where the detector could not say anything."""
    raw = sheet.numbers("membership" if name == SCAN else SCORE + name)
    found: Floats = np.where(np.isnan(raw), -np.inf, raw)
    return found


def verdicts(sheet: Sheet, name: str) -> Flags:
    """bool[n]: what the detector says at its own threshold."""
    return sheet.flags("accused" if name == SCAN else OWN + name)


def detectors(sheet: Sheet, calibration: Sheet) -> list[Detector]:
    """Every detector over ``sheet``, with thresholds from the honest accounts of ``calibration``."""
    sheet, calibration = _seen(sheet), _seen(calibration)
    hostile = sheet.flags("hostile")
    found = []
    for name in detector_names(sheet):
        score, own = scores(sheet, name), verdicts(sheet, name)
        learnt = scores(calibration, name)[~calibration.flags("hostile")]
        found.append(
            Detector(
                name=name,
                auroc=auroc(score, hostile),
                own_precision=rate(int((own & hostile).sum()), int(own.sum())),
                own_recall=rate(int((own & hostile).sum()), int(hostile.sum())),
                own_false_positives=rate(int((own & ~hostile).sum()), int((~hostile).sum())),
                at=[_at(each, score, hostile, learnt) for each in RATES],
            )
        )
    return found


def left_out(sheet: Sheet, calibration: Sheet, wanted: float) -> list[LeftOut]:
    """Leave-one-crowd-out at the false-positive rate ``wanted``, every detector and crowd."""
    sheet, calibration = _seen(sheet), _seen(calibration)
    honest, learnt = ~sheet.flags("hostile"), ~calibration.flags("hostile")
    crowd, learnt_crowd = sheet.names("crowd"), calibration.names("crowd")
    found = []
    for name in detector_names(sheet):
        score, base = scores(sheet, name), scores(calibration, name)
        for each in sorted(set(crowd[honest].tolist())):
            limit = threshold(base[learnt & (learnt_crowd != each)], wanted)
            rows = honest & (crowd == each)
            found.append(
                LeftOut(
                    detector=name,
                    crowd=each,
                    rate=wanted,
                    threshold=_finite(limit),
                    flagged=rate(int((score[rows] > limit).sum()), int(rows.sum())),
                )
            )
    return found


def threshold(honest: Floats, wanted: float) -> float:
    """The smallest score that at most ``wanted`` of ``honest`` exceed; infinity where there is nobody."""
    if len(honest) == 0:
        return float("inf")
    return float(np.sort(honest)[::-1][min(int(wanted * len(honest)), len(honest) - 1)])


def auroc(score: Floats, positive: Flags) -> float | None:
    """Area under the ROC curve, ties counted half; None where one class is missing."""
    count, others = int(positive.sum()), int((~positive).sum())
    if not count or not others:
        return None
    ranks = rankdata(score)
    return round(float((ranks[positive].sum() - count * (count + 1) / 2) / (count * others)), 6)


def measurable(wanted: float, sizes: Sequence[int]) -> bool:
    """Whether every one of ``sizes`` honest populations is large enough for a rate."""
    return all(size * wanted >= NEEDED for size in sizes)


def _at(wanted: float, score: Floats, hostile: Flags, learnt: Floats) -> AtRate:
    limit = threshold(learnt, wanted)
    above = score > limit
    return AtRate(
        rate=wanted,
        measurable=measurable(wanted, (len(learnt), int((~hostile).sum()))),
        threshold=_finite(limit),
        recall=rate(int((above & hostile).sum()), int(hostile.sum())),
        false_positives=rate(int((above & ~hostile).sum()), int((~hostile).sum())),
    )


def _finite(value: float) -> float:
    """JSON has no infinity: beyond every score becomes the largest float."""
    return float(np.clip(round(value, 6) if np.isfinite(value) else value, -1e308, 1e308))


def _seen(sheet: Sheet) -> Sheet:
    return sheet.where(sheet.numbers("exchanges") > 0)
