"""What a list of requests weighs as content: no more than something else bears out.

That requests are all different and all alike is worth training on where they are a list of work; but whoever automates
anything sends such requests. Advertisers fill one text with as many names, a firm's desk answers tickets. So what they
are for must tell, the more the more they are one text and their answers short, and that one hand deals them. Whoever
buys answers to train on seldom buys shorter ones than others do; an advertisement is short.
"""

from __future__ import annotations

import math

import msgspec

from iolaus.campaign.settings import VerdictSettings
from iolaus.findings import Evidence
from iolaus.link.kinds import intents, narrowness, sweep
from iolaus.link.weights import along

BORNE_OUT = "No more of it counts than what says that they are dealt, or what they are for, bears out."


def borne_out(evidence: tuple[Evidence, ...], settings: VerdictSettings) -> tuple[Evidence, ...]:
    """The evidence; a sweep and narrowness weigh no more than what bears out that they are a list of work.

    Many different requests that are all alike weigh a part of what says that one hand deals them. Where some come back
    that were not plainly dealt, as in a harvest of several answers each and at a desk of one firm, it is what they are
    for that must tell; and of one text with other names whose answers are short it bears out both.
    """
    found = {piece.kind: piece for piece in evidence}
    weights = {kind: found[kind].log10_bf for kind in (sweep.KIND, narrowness.KIND) if kind in found}
    meant = max(found[intents.KIND].log10_bf, 0.0) if intents.KIND in found else 0.0
    alike = weights.get(narrowness.KIND, 0.0)
    if sweep.KIND in weights:
        dealt = max([0.0, *(piece.log10_bf for piece in evidence if piece.family == "allocation" and piece.counted)])
        if alike >= settings.narrow_list:
            weights[sweep.KIND] = min(weights[sweep.KIND], settings.sweep_dealing * dealt)
        if not found[sweep.KIND].numbers.get("once", 1.0):
            weights[sweep.KIND] = min(weights[sweep.KIND], meant)
    both = sum(max(weight, 0.0) for weight in weights.values())
    if both > meant:
        shorter = -math.log10(found[narrowness.KIND].numbers.get("answers", 1.0)) if alike > 0 else 0.0
        one_text = along(alike, *settings.one_text) * along(shorter, *settings.short_answers)
        part = 1 - one_text * (1 - meant / both)
        weights = {kind: weight * part if weight > 0 else weight for kind, weight in weights.items()}
    return tuple(_weighed(piece, weights.get(piece.kind, piece.log10_bf)) for piece in evidence)


def _weighed(piece: Evidence, weight: float) -> Evidence:
    said = piece.sentence if weight >= piece.log10_bf - 1e-6 else f"{piece.sentence} {BORNE_OUT}"
    return msgspec.structs.replace(piece, log10_bf=round(weight, 6), sentence=said)
