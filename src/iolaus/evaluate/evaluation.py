"""The whole of an evaluation, pooled over worlds: what --out writes and what tables and pages show."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from iolaus.evaluate.baselines import shallow
from iolaus.evaluate.calibration import Calibration, membership_calibration, probability_calibration
from iolaus.evaluate.crowds import HonestAccused, honest_accused
from iolaus.evaluate.detection import Detection, detection
from iolaus.evaluate.detectors import RATES, Detector, LeftOut, detectors, left_out, measurable
from iolaus.evaluate.exchanges import Exchanges, exchanges
from iolaus.evaluate.leak import CurvePoint, Leak, OverLooks, leak_curve, leaks, over_looks
from iolaus.evaluate.matching import Matching, matching
from iolaus.evaluate.replay import Replay
from iolaus.evaluate.roles import RoleMatch, role_matches
from iolaus.evaluate.shares import ShareError, share_errors
from iolaus.evaluate.sheet import Facts, Sheet
from iolaus.evaluate.weakest import weakest

SCHEMA_VERSION = 1
CALIBRATION_SEED = 1000
"""Honest worlds with this seed or a higher one calibrate thresholds, and are in no figure."""


class WorldLine(msgspec.Struct, frozen=True, kw_only=True):
    """One world of the evaluation."""

    world: str
    days: int
    exchanges: int
    accounts: int
    hostile: int
    calibration: bool


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """Every figure. ``calibrated_in_sample``: no calibration world was given, so thresholds saw what they judge."""

    schema_version: int
    worlds: list[WorldLine]
    accounts: Detection
    honest: HonestAccused
    campaigns: Matching
    exchanges: Exchanges
    roles: list[RoleMatch]
    shares: list[ShareError]
    membership: Calibration
    probability: Calibration
    calibrated_in_sample: bool
    detectors: list[Detector]
    leave_one_crowd_out: list[LeftOut]
    leaks: list[Leak]
    leak_curve: list[CurvePoint]
    over_looks: OverLooks
    weakest: list[str]


def assess(sheet: Sheet, facts: Sequence[Facts], replays: Sequence[Replay], accuse: float) -> Evaluation:
    """Every metric over judged worlds. ``accuse`` is the setting verdict.accuse_probability."""
    sheet = shallow.scored(sheet)
    apart = {fact.world for fact in facts if _calibrates(fact)}
    judged = [fact for fact in facts if fact.world not in apart] or list(facts)
    rows = np.isin(sheet.names("world"), [fact.world for fact in judged])
    base = sheet.where(np.isin(sheet.names("world"), list(apart)))
    shown, in_sample = sheet.where(rows), not apart or len(judged) == len(facts)
    learnt = shown if in_sample else base
    sizes = [int((~each.flags("hostile")).sum()) for each in (shown, learnt)]
    finest = next((each for each in sorted(RATES) if measurable(each, sizes)), max(RATES))
    found = Evaluation(
        schema_version=SCHEMA_VERSION,
        worlds=[_line(fact, fact.world in apart and not in_sample) for fact in facts],
        accounts=detection(shown),
        honest=honest_accused(shown),
        campaigns=matching(shown, judged),
        exchanges=exchanges(judged),
        roles=role_matches(shown),
        shares=share_errors(shown),
        membership=membership_calibration(shown),
        probability=probability_calibration(judged),
        calibrated_in_sample=in_sample,
        detectors=detectors(shown, learnt),
        leave_one_crowd_out=left_out(shown, learnt, finest),
        leaks=leaks(replays),
        over_looks=over_looks(replays, shown),
        leak_curve=leak_curve(replays, shown, judged, accuse),
        weakest=[],
    )
    return msgspec.structs.replace(found, weakest=weakest(found))


def _calibrates(fact: Facts) -> bool:
    return fact.honest_world and fact.seed >= CALIBRATION_SEED


def _line(fact: Facts, calibration: bool) -> WorldLine:
    return WorldLine(
        world=fact.world, days=fact.days, exchanges=fact.exchanges, accounts=fact.accounts, hostile=fact.hostile,
        calibration=calibration,
    )  # fmt: skip
